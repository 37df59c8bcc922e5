"""What lists are worth: of the loans that Alma refuses, nearly all are known at the scan."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from procedure.circulation.list_advice import ListAdvice, Reason
from procedure.circulation.scan_rules import ScanRules
from procedure.io.offline_lists.list_import import ListImport, import_files
from procedure.io.offline_lists.list_store import ListStore
from procedure.local_time import local, local_day
from procedure.offline_lists.list_layout import ListKind
from procedure.simulation.alma.exports import items_csv, users_xml
from procedure.simulation.alma.server import FakeAlma
from procedure.simulation.alma.world import AlmaUser, Desk, Item, Stock, World
from tests.procedure.offline_lists.lists import BrowserList

NOW = datetime(2026, 11, 29, 9, tzinfo=UTC)
USERS, ITEMS, LOANS, EACH = 3000, 20_000, 1000, 20
SCANS = 20_000
DOUBTS = {
    Reason.CARD_BLOCKED,
    Reason.CARD_EXPIRED,
    Reason.ITEM_NOT_FOR_LOAN,
    Reason.ITEM_REQUESTED,
    Reason.ITEM_UNKNOWN,
}


def card(number: int) -> str:
    return str(2070000000 + number)


def barcode(number: int) -> str:
    return str(1060000000 + number)


def library() -> FakeAlma:
    """A library in which every tenth account is expired, every tenth blocked, as are its items."""
    long_ago = NOW - timedelta(days=400)
    users = [
        AlmaUser(
            f"{number}@eduid.ch",
            (("01", card(number)),),
            blocks=("FINES",) if number % 10 == 1 else (),
            expires=long_ago if number % 10 == 2 else NOW + timedelta(days=400),
        )
        for number in range(USERS)
    ]
    items = [
        Item(barcode(number), f"23{number}", "99", "22", "MAIN", lendable=number % 10 != 1)
        for number in range(ITEMS)
    ]
    world = World(Stock(items=items, users=users, desks=[Desk("DESK", "MAIN")]))
    return FakeAlma(world, now=lambda: NOW)


def loans() -> list[tuple[str, str]]:
    """Cards and barcodes: 20 loans each of an expired and a blocked account, of an unknown barcode
    and of an item not for loan, among others that Alma takes."""
    cards = [card(number) for number in range(USERS) if number % 10 > 2]
    barcodes = [barcode(number) for number in range(ITEMS) if number % 10 != 1]
    rows = list(zip(cards[: LOANS - 4 * EACH], barcodes, strict=False))
    good = iter(barcodes[LOANS:])
    rows += [(card(10 * number + 2), next(good)) for number in range(EACH)]
    rows += [(card(10 * number + 1), next(good)) for number in range(EACH)]
    rows += [(cards[number], f"9{number:07}") for number in range(EACH)]
    rows += [(cards[number], barcode(10 * number + 1)) for number in range(EACH)]
    Random(1).shuffle(rows)
    return rows


def refused(alma: FakeAlma, rows: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """Upload the loans as a desk's offline file, and return those that Alma did not make."""
    at = f"{local(NOW - timedelta(hours=1)):%Y%m%d%H%M}"
    content = "".join(f"{at}L{item:<80}{patron}\r\n" for patron, item in rows).encode()
    alma.upload("DESK", content)
    made = {loan.item for loan in alma.world.loans.values()}
    return {row for row in rows if row[1] not in made}


def is_doubt(*advice: ListAdvice | None) -> bool:
    return any(said is not None and said.reason in DOUBTS for said in advice)


def test_loans_that_alma_refuses_are_known_at_the_scan(tmp_path: Path) -> None:
    alma, rows = library(), loans()
    (tmp_path / "users.xml").write_text("".join(users_xml(alma.world)), "utf-8")
    (tmp_path / "items.csv").write_text("".join(items_csv(alma.world)), "utf-8")
    store = ListStore(tmp_path / "lists")
    files = [tmp_path / "users.xml", tmp_path / "items.csv"]
    outcomes = import_files(store, files, NOW, ListImport(ScanRules()))
    assert [outcome.fault for outcome in outcomes] == ["", ""]
    lists, day = store.current(), local_day(NOW)
    contents = [store.for_browsers(kind) for kind in ListKind]
    accounts, items = (BrowserList(content) for content in contents if content)

    not_taken = refused(alma, rows)
    assert len(not_taken) == 4 * EACH
    at_the_server = {
        row for row in rows if is_doubt(lists.patron(row[0], NOW), lists.item(row[1], NOW))
    }
    assert at_the_server == not_taken
    in_the_browser = {
        row for row in rows if is_doubt(accounts.look_up(row[0], day), items.look_up(row[1], day))
    }
    assert len(in_the_browser & not_taken) >= 78
    assert len(in_the_browser - not_taken) <= 1

    draw = Random(2)
    good_users = [number for number in range(USERS) if number % 10 not in {1, 2}]
    good_items = [number for number in range(ITEMS) if number % 10 != 1]
    scans = [
        (card(draw.choice(good_users)), barcode(draw.choice(good_items))) for _ in range(SCANS)
    ]
    assert not any(is_doubt(lists.patron(one, NOW), lists.item(two, NOW)) for one, two in scans)
    false = sum(is_doubt(accounts.look_up(one, day), items.look_up(two, day)) for one, two in scans)
    assert false <= SCANS // 10_000

    kept = b"".join(path.read_bytes() for path in store.folder.iterdir())
    clear = {code for row in rows for code in row} | {f"{number}@eduid.ch" for number in range(99)}
    assert [code for code in clear if code.encode() in kept] == []
    key = (store.folder / "key").read_bytes()
    others = [path for path in store.folder.iterdir() if path.name != "key"]
    assert [path.name for path in others if key in path.read_bytes()] == []
