"""A simulated Alma on a thread of its own, as a server would be."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from procedure.simulation.alma.server import FakeAlma


@contextmanager
def serving(alma: FakeAlma) -> Iterator[int]:
    """Serve it and give its port."""
    ready = threading.Event()
    place: dict[str, Any] = {}

    async def serve() -> None:
        server, place["port"] = alma.listen(0)
        place["loop"], place["end"] = asyncio.get_running_loop(), asyncio.Event()
        ready.set()
        await place["end"].wait()
        server.stop()
        await server.close_all_connections()

    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    ready.wait()
    yield place["port"]
    place["loop"].call_soon_threadsafe(place["end"].set)
    thread.join()
