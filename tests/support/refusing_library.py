"""The loans of an outage, and a library whose simulated Alma refuses some of them."""

from datetime import datetime, timedelta
from random import Random

from procedure.local_time import local
from procedure.simulation.alma.server import FakeAlma
from procedure.simulation.alma.world import AlmaUser, Desk, Item, Stock, World

EACH = 20  # number of loans that Alma refuses for each reason
Rows = list[tuple[str, str]]


def card(number: int) -> str:
    return str(2070000000 + number)


def barcode(number: int) -> str:
    return str(1060000000 + number)


def library(users: int, items: int, now: datetime) -> FakeAlma:
    """Return a library's simulated Alma.

    A tenth of the accounts have expired, and a tenth are blocked. A tenth of the items are not for
    loan.
    """
    long_ago = now - timedelta(days=400)
    accounts = [
        AlmaUser(
            f"{number}@eduid.ch",
            (("01", card(number)),),
            blocks=("FINES",) if number % 10 == 1 else (),
            expires=long_ago if number % 10 == 2 else now + timedelta(days=400),
        )
        for number in range(users)
    ]
    stock = [
        Item(barcode(number), f"23{number}", "99", "22", "MAIN", lendable=number % 10 != 1)
        for number in range(items)
    ]
    world = World(Stock(items=stock, users=accounts, desks=[Desk("DESK", "MAIN")]))
    return FakeAlma(world, now=lambda: now)


def loans(count: int, users: int, items: int) -> Rows:
    """Return the card and barcode of each of `count` loans, some of which Alma refuses.

    Alma refuses `EACH` loans for each of four reasons: an expired account, a blocked account, an
    unknown barcode, and an item that is not for loan.
    """
    cards = [card(number) for number in range(users) if number % 10 > 2]
    barcodes = [barcode(number) for number in range(items) if number % 10 != 1]
    rows = list(zip(cards[: count - 4 * EACH], barcodes, strict=False))
    good = iter(barcodes[count:])
    rows += [(card(10 * number + 2), next(good)) for number in range(EACH)]
    rows += [(card(10 * number + 1), next(good)) for number in range(EACH)]
    rows += [(cards[number], f"10699{number:05}") for number in range(EACH)]
    rows += [(cards[number], barcode(10 * number + 1)) for number in range(EACH)]
    Random(1).shuffle(rows)
    return rows


def refused(alma: FakeAlma, rows: Rows) -> set[tuple[str, str]]:
    """Upload the loans in a desk's offline file; return the loans that Alma refused."""
    at = f"{local(alma.now() - timedelta(hours=1)):%Y%m%d%H%M}"
    content = "".join(f"{at}L{item:<80}{patron}\r\n" for patron, item in rows).encode()
    alma.upload("DESK", content)
    made = {loan.item for loan in alma.world.loans.values()}
    return {row for row in rows if row[1] not in made}
