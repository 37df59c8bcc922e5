"""Actions on an outage become entries; the functions take and return plain values."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from procedure.errors import OutageRefused, ProcedureError
from procedure.io.handbook_files import load_handbook
from procedure.outages import outage_acts
from procedure.outages.outage_acts import Occasion
from procedure.outages.outage_entries import OutageLog, OutageRecord
from procedure.records.sources import PACKAGED_HANDBOOK
from tests.support import make

AT = datetime(2026, 11, 24, 8, 21, tzinfo=UTC)


def ids() -> Iterator[UUID]:
    yield from (UUID(int=number) for number in range(1, 9))


@pytest.fixture
def occasion() -> Occasion:
    rules = load_handbook(PACKAGED_HANDBOOK).scans
    return Occasion(
        now=AT, new_id=ids().__next__, rules=rules, workstation="pc-1", operator="A. Favre"
    )


def test_declaration_with_a_message_is_two_entries(occasion: Occasion) -> None:
    declared, news = outage_acts.declare(
        OutageLog(),
        " Alma  EU03 ",
        occasion,
        begun="09:12",
        message="Prêtez en secours.",
        news="10:00",
    )
    by = {"workstation": "pc-1", "operator": "A. Favre"}
    begun = AT - timedelta(minutes=9)
    assert declared == make.outage(1, "Alma EU03", at=AT, begun=begun, internal=True, **by)
    due = AT + timedelta(minutes=39)
    assert news == make.news(
        news.id,
        UUID(int=1),
        "Prêtez en secours.",
        at=AT,
        next_news=due,
        lending=True,
        internal=True,
        **by,
    )


def test_declaration_without_a_message_is_one_entry(occasion: Occasion) -> None:
    (declared,) = outage_acts.declare(
        OutageLog(), "Alma", occasion, planned=True, suspected="planned"
    )
    assert (declared.begun, declared.planned, declared.suspected) == (AT, True, "planned")


def test_message_without_text_may_only_lift_c1(occasion: Occasion) -> None:
    record = OutageRecord(make.outage(UUID(int=9), "Alma", at=AT))
    lifted = outage_acts.send_message(record, "", occasion, lending=False)
    assert (lifted.message, lifted.lending) == ("", False)
    with pytest.raises(OutageRefused) as refusal:
        outage_acts.send_message(record, " ", occasion, lending=True)
    assert refusal.value.reason == "message_missing"


def test_open_outage_refuses_without_an_outage() -> None:
    with pytest.raises(ProcedureError) as refusal:
        outage_acts.open_outage(OutageLog())
    assert isinstance(refusal.value, OutageRefused)
    assert refusal.value.reason == "none_stands"
