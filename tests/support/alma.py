"""Runs the simulated Alma as a server."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

from procedure.simulation.alma.server import FakeAlma


@asynccontextmanager
async def listening(alma: FakeAlma) -> AsyncIterator[int]:
    """Serve the simulated Alma in this event loop; yield its port."""
    server, port = alma.listen(0)
    try:
        yield port
    finally:
        server.stop()
        await server.close_all_connections()


@contextmanager
def serving(alma: FakeAlma) -> Iterator[int]:
    """Serve the simulated Alma in a thread; yield its port."""
    ready = threading.Event()
    place: dict[str, Any] = {}

    async def serve() -> None:
        async with listening(alma) as place["port"]:
            place["loop"], place["end"] = asyncio.get_running_loop(), asyncio.Event()
            ready.set()
            await place["end"].wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait()
    yield place["port"]
    place["loop"].call_soon_threadsafe(place["end"].set)
    thread.join()
