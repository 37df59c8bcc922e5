"""A long log read in slices: the same as at once, while whoever else waits has a turn."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from uuid import UUID

from dashboard.state.house import House
from dashboard.state.visit import Visit
from dashboard.state.way_back import WayBack
from dashboard.state.way_fold import AT_ONCE, SLICE, WayFold
from procedure.circulation import Export, Loan
from procedure.findings import ReportTaken, Uploaded
from procedure.row_state import RowState

AT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
MANY = 3 * AT_ONCE


def fill(house: House, rows: int = MANY) -> None:
    """Loans, half of them in a file that went up, the first refused."""
    loans = [Loan(UUID(int=n + 1), AT, "MAIL", "207", f"I{n}", sequence=n) for n in range(rows)]
    inside = tuple(one.id for one in loans[: rows // 2])
    file = Export(UUID(int=10**6), AT, "MAIL", inside, "mail.dat", "0")
    refused = ((inside[0], "blocked"),)
    house.journal.append(
        *(*loans, file, Uploaded(UUID(int=10**6 + 1), AT, file.id)),
        ReportTaken(UUID(int=10**6 + 2), AT, file.id, refused),
    )


def fold(house: House) -> WayFold:
    return WayFold(house.journal, house.carts, house.facts)


def told(way: WayFold) -> list[tuple[UUID, RowState]]:
    return [(row.loan.id, row.state) for row in way.standing().rows]


def test_in_slices_it_reads_what_it_reads_at_once(house: House) -> None:
    fill(house)
    sliced, at_once = fold(house), fold(house)
    turns: list[int] = []

    async def others() -> None:
        while sliced.left() is not None:
            turns.append(len(turns))
            await asyncio.sleep(0)

    async def both() -> None:
        await asyncio.gather(sliced.catch_up(), others())

    asyncio.run(both())
    assert len(turns) >= MANY // SLICE, "others had a turn between the slices"
    assert told(sliced) == told(at_once)


def test_an_act_in_the_middle_reads_the_rest_and_the_slices_find_nothing_left(house: House) -> None:
    fill(house)
    way = fold(house)

    async def interrupted() -> None:
        reading = asyncio.create_task(way.catch_up())
        await asyncio.sleep(0)
        assert way.left() is not None
        house.journal.append(Loan(UUID(int=10**7), AT, "CMU", "208", "NEW", sequence=MANY))
        assert len(way.standing().rows) == MANY + 1
        await reading

    asyncio.run(interrupted())
    assert told(way) == told(fold(house))


def test_a_page_tells_how_far_it_is_and_shows_all_once_it_is_read(house: House) -> None:
    fill(house)
    way = WayBack(house=house, visit=Visit(page="back"))

    async def opened() -> None:
        way.refresh()
        assert (way.now, way.reading) == (None, (0, MANY + 3))
        while way.now is None:
            await asyncio.sleep(0)
            way.refresh()

    asyncio.run(opened())
    assert way.now is not None
    assert (len(way.now.rows), way.reading) == (MANY, None)
    assert way.now.tally.states == {
        RowState.UPLOADED: MANY // 2 - 1,
        RowState.REFUSED: 1,
        RowState.RECORDED: MANY - MANY // 2,
    }


def test_where_nothing_came_it_stays_the_same_object(house: House) -> None:
    fill(house, rows=3)
    way = WayBack(house=house, visit=Visit(page="back"))
    way.refresh()
    seen: list[object] = []
    way.param.watch(seen.append, ["now", "ticks", "step", "reading"])
    way.refresh()
    assert seen == []
