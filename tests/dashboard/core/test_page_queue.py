"""The server serves desks before pages, and pages one at a time."""

import asyncio

from dashboard.core.page_queue import PageQueue


async def test_pages_are_made_one_at_a_time_after_desks() -> None:
    turns, order = PageQueue(), list[str]()

    async def page(name: str) -> None:
        async with turns.next():
            order.append(f"{name} begins")
            await asyncio.sleep(0)
            order.append(f"{name} ends")

    async def desk() -> None:
        with turns.desk():
            await asyncio.sleep(0.05)
            order.append("answered")

    await asyncio.gather(desk(), page("first"), page("second"))
    assert order == ["answered", "first begins", "first ends", "second begins", "second ends"]
