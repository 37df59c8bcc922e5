"""A world for a drill, in which every item, user and desk of a log of loans exists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from procedure.simulation.alma.world import AlmaUser, Desk, Item, Stock


def stock_of(items: Iterable[str], patrons: Iterable[str], desks: Mapping[str, str]) -> Stock:
    """Return a stock with these item barcodes, user identifiers, and libraries by desk code.

    Every item belongs to the first library; every identifier has an account of its own.
    """
    library = next(iter(desks.values()), "MAIN")
    return Stock(
        items=[
            Item(barcode, f"23{number:08}", f"99{number:08}", f"22{number:08}", library)
            for number, barcode in enumerate(dict.fromkeys(items), start=1)
        ],
        users=[
            AlmaUser(f"{number:012}@eduid.ch", (("01", patron),))
            for number, patron in enumerate(dict.fromkeys(patrons), start=1)
        ],
        desks=[Desk(code, library) for code, library in desks.items()],
    )
