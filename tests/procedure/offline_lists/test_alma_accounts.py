"""Reading Alma's exports of users and of their blocks."""

from datetime import date
from io import BytesIO

import pytest
from hypothesis import given, strategies as st

from procedure.errors import OfflineListError
from procedure.offline_lists.alma_accounts import AlmaAccounts
from procedure.offline_lists.list_layout import account_entry
from procedure.offline_lists.listed import Listed

TODAY = date(2026, 11, 29)
BLOCKED = account_entry(None, is_blocked=True)
USERS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<users>
<user>
  <primary_id>111@eduid.ch</primary_id>
  <last_name>Nom</last_name>
  <expiry_date>2027-12-31Z</expiry_date>
  <status desc="Active">ACTIVE</status>
  <user_identifiers>
    <user_identifier segment_type="External">
      <id_type desc="Barcode">01</id_type><value>2070000001</value><status>ACTIVE</status>
    </user_identifier>
    <user_identifier><value>2070000000</value><status>INACTIVE</status></user_identifier>
  </user_identifiers>
  <user_roles><user_role>
    <status>INACTIVE</status><expiry_date>2020-01-01Z</expiry_date>
  </user_role></user_roles>
  <user_blocks/>
  <proxy_for_users><proxy_for_user><primary_id>999@eduid.ch</primary_id></proxy_for_user>
  </proxy_for_users>
</user>
<user>
  <primary_id>222@eduid.ch</primary_id>
  <user_blocks>
    <user_block><block_description>OLD</block_description><block_status>INACTIVE</block_status>
    </user_block>
    <user_block><block_description>PAST</block_description><expiry_date>2026-11-28Z</expiry_date>
    </user_block>
  </user_blocks>
</user>
<user>
  <primary_id>333@eduid.ch</primary_id>
  <user_blocks><user_block><block_type>GENERAL</block_type><block_status>ACTIVE</block_status>
    <expiry_date>2026-11-29Z</expiry_date></user_block></user_blocks>
</user>
<user><primary_id>444@eduid.ch</primary_id><status>INACTIVE</status></user>
</users>"""


def listed(text: str | bytes) -> tuple[list[Listed], bool]:
    content = text if isinstance(text, bytes) else text.encode()
    reader = AlmaAccounts(BytesIO(content), TODAY)
    return [(list(identifiers), packed) for identifiers, packed in reader], reader.is_complete


def test_accounts_in_an_export_of_patrons() -> None:
    accounts, is_complete = listed(USERS)
    assert is_complete
    assert accounts == [
        (["111@eduid.ch", "2070000001"], account_entry(date(2027, 12, 31))),
        (["222@eduid.ch"], account_entry(None)),
        (["333@eduid.ch"], BLOCKED),
        (["444@eduid.ch"], BLOCKED),
    ]


@pytest.mark.parametrize("status", ["DELETED", "Suspended", "Inaktiv"])
def test_account_and_identifier_with_any_status_but_active_are_not_active(status: str) -> None:
    accounts, _ = listed(
        f"<users><user><primary_id>1</primary_id><status>{status}</status><user_identifiers>"
        f"<user_identifier><value>2</value><status>{status}</status></user_identifier>"
        "<user_identifier><value>3</value><status>active</status></user_identifier>"
        "</user_identifiers></user></users>"
    )
    assert accounts == [(["1", "3"], BLOCKED)]


@pytest.mark.parametrize(
    "text",
    [
        "<users><user><userId>1</userId><balance>3.00</balance><blocks><block>"
        "<blockDescription>Overdue</blockDescription></block></blocks></user>"
        "<user><userId>2</userId><balance>3.00</balance><blocks/></user></users>",
        "<x:userBlocksList xmlns:x='urn:x'><x:userBlock><x:balance>3</x:balance>"
        "<x:userId>1</x:userId><x:blockType>Overdue</x:blockType></x:userBlock>"
        "<x:userBlock><x:userId>2</x:userId><x:blockType/></x:userBlock></x:userBlocksList>",
        "<export><date>1</date><list><u><userId>1</userId><user_block>X</user_block></u>"
        "<u><userId>2</userId></u></list></export>",
    ],
)
def test_accounts_in_an_export_of_blocks(text: str) -> None:
    assert listed(text) == ([(["1"], BLOCKED), (["2"], account_entry(None))], False)


@given(st.integers(0, len(USERS) - 1))
def test_cut_off_export_is_refused(length: int) -> None:
    with pytest.raises(OfflineListError, match="was cut off"):
        listed(USERS[:length])


BOMB = (
    '<!DOCTYPE users [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<users><user><primary_id>&b;</primary_id></user></users>"
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, "entities"),
        ("<a>" * 100, "elements nested more than"),
        ("<users></users>", "no account"),
        (
            "<users><user><primary_id>1</primary_id><expiry_date>soon</expiry_date></user></users>",
            "an unreadable date",
        ),
        (
            "<users><user><primary_id>1</primary_id>"
            + "<user_identifier><value>1</value></user_identifier>" * 501
            + "</user></users>",
            "more than 500",
        ),
    ],
)
def test_file_that_is_not_an_export_is_refused(text: str, words: str) -> None:
    with pytest.raises(OfflineListError, match=words):
        listed(text)


def test_text_without_an_end_is_truncated() -> None:
    accounts, _ = listed("<users><user><primary_id>" + "9" * 10**6 + "</primary_id></user></users>")
    assert len(accounts[0][0][0]) < 200_000
