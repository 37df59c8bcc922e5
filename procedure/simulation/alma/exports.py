"""What the simulation exports: accounts as XML, and pages of reports of accounts and of items.

[D] A page has the XML that the documentation and public clients show; only the first one has the
token with which the others are asked for. [I] Which reports there are is the library's: here any
path whose last part is Accounts or Items.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from xml.sax.saxutils import escape, quoteattr

from procedure.simulation.alma.calls import BASE, ApiAnswer, ApiCall
from procedure.simulation.alma.refusals import ApiRefusal
from procedure.simulation.alma.world import AlmaUser, World

ACCOUNT_COLUMNS = ("Primary Identifier", "Barcode", "Expiry Date", "Blocks")
ITEM_COLUMNS = ("Barcode", "Item Policy", "Not for loan", "Requested")
Row = tuple[str, ...]


def users_xml(world: World) -> Iterator[str]:
    """Yield the export of users, in pieces [D: version 2 is the object of the users API]."""
    yield '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<users>\n'
    for user in _accounts(world):
        yield _user_xml(user)
    yield "</users>\n"


def items_csv(world: World) -> Iterator[str]:
    """Yield a report of items as CSV, in pieces."""
    yield ",".join(ITEM_COLUMNS) + "\r\n"
    for row in _item_rows(world):
        yield ",".join(row) + "\r\n"


def _accounts(world: World) -> Iterator[AlmaUser]:
    return iter({id(user): user for user in world.users.values()}.values())


def _user_xml(user: AlmaUser) -> str:
    identifiers = "".join(
        f"<user_identifier><id_type>{escape(kind)}</id_type><value>{escape(value)}</value>"
        "<status>ACTIVE</status></user_identifier>"
        for kind, value in user.identifiers
    )
    blocks = "".join(
        f"<user_block><block_type>GENERAL</block_type><block_description>{escape(code)}"
        "</block_description><block_status>ACTIVE</block_status></user_block>"
        for code in user.blocks
    )
    expires = f"<expiry_date>{user.expires:%Y-%m-%d}Z</expiry_date>" if user.expires else ""
    return (
        f"<user><primary_id>{escape(user.primary_id)}</primary_id>"
        f"<first_name>{escape(user.first_name)}</first_name>"
        f"<last_name>{escape(user.last_name)}</last_name>{expires}<status>ACTIVE</status>"
        f"<user_identifiers>{identifiers}</user_identifiers>"
        f"<user_blocks>{blocks}</user_blocks></user>\n"
    )


def _account_rows(world: World) -> Iterator[Row]:
    for user in _accounts(world):
        expires = f"{user.expires:%Y-%m-%d}" if user.expires else ""
        for _, value in user.identifiers or (("", ""),):
            yield user.primary_id, value, expires, ", ".join(user.blocks)


def _item_rows(world: World) -> Iterator[Row]:
    for item in world.items.values():
        yield item.barcode, item.policy, _flag(not item.lendable), _flag(bool(item.waits_for))


def _flag(is_set: bool) -> str:  # noqa: FBT001
    return "Yes" if is_set else ""


_TOKEN = re.compile(r"(Accounts|Items)-([0-9]+)-([0-9]+)")


def report_page(world: World, call: ApiCall, parts: Sequence[str]) -> ApiAnswer:
    """Return a page of a report; the token is good for one page after the other.

    Raises:
        ApiRefusal: INVALID_REQUEST, there is no such report or token; 401652, the limit is none.
    """
    del parts
    token = call.query.get("token", "")
    name, limit = call.query.get("path", "").rpartition("/")[2], _limit(call)
    if token:
        given = _TOKEN.fullmatch(token)
        if given is None or token not in world.report_places:
            raise ApiRefusal("INVALID_REQUEST")
        name, limit = given[1], int(given[2])
    rows = {"Accounts": _account_rows, "Items": _item_rows}.get(name)
    if rows is None:
        raise ApiRefusal("INVALID_REQUEST")
    first = not token
    token = token or f"{name}-{limit}-{len(world.report_places)}"
    start = world.report_places.get(token, 0)
    page = list(islice(rows(world), start, start + limit + 1))
    world.report_places[token] = start + limit
    columns = ACCOUNT_COLUMNS if name == "Accounts" else ITEM_COLUMNS
    is_finished = len(page) <= limit
    return ApiAnswer({}, xml=_page_xml(columns, page[:limit], token if first else "", is_finished))


def _limit(call: ApiCall) -> int:
    text = call.query.get("limit", "25")
    if not re.fullmatch(r"[0-9]{2,4}", text) or int(text) % 25 or int(text) > 1000:
        raise ApiRefusal("401652")
    return int(text)


def _page_xml(columns: Sequence[str], rows: Sequence[Row], token: str, is_finished: bool) -> str:  # noqa: FBT001
    # A value that is missing has no element; Column0 is a column of Analytics' own.
    schema = "".join(
        f'<xsd:element name="Column{number}" type="xsd:string" '
        f"saw-sql:columnHeading={quoteattr(heading)}/>"
        for number, heading in enumerate(("0", *columns))
    )
    cells = (
        "".join(
            f"<Column{number}>{escape(text)}</Column{number}>"
            for number, text in enumerate(row, start=1)
            if text
        )
        for row in rows
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><report><QueryResult>'
        + (f"<ResumptionToken>{token}</ResumptionToken>" if token else "")
        + f"<IsFinished>{str(is_finished).lower()}</IsFinished><ResultXml>"
        '<rowset xmlns="urn:schemas-microsoft-com:xml-analysis:rowset">'
        '<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" '
        'xmlns:saw-sql="urn:saw-sql"><xsd:complexType name="Row"><xsd:sequence>'
        f"{schema}</xsd:sequence></xsd:complexType></xsd:schema>"
        + "".join(f"<Row><Column0>0</Column0>{row}</Row>" for row in cells)
        + "</rowset></ResultXml></QueryResult></report>"
    )


REPORTS = re.compile(BASE + "/analytics/reports")
