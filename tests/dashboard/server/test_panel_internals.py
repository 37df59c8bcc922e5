"""Relais makes Bokeh change pages on the event loop."""

import asyncio
import threading

from bokeh.document import Document
from bokeh.server.session import ServerSession
from tornado.ioloop import IOLoop

from dashboard.server.panel_internals import change_pages_on_the_loop


def test_page_is_changed_on_the_event_loop() -> None:
    change_pages_on_the_loop()

    async def changed() -> bool:
        session = ServerSession("a-page", Document(), io_loop=IOLoop.current())  # type: ignore[arg-type]
        return await session.with_document_locked(threading.get_ident) == threading.get_ident()  # type: ignore[misc]

    assert asyncio.run(changed())
