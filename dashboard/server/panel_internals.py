"""The internals of Panel and Bokeh that Relais uses, each with a reason.

No other module imports them. If the tests for `dashboard.server` fail with a new version of Panel
or Bokeh, look here first.
"""

from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bokeh.protocol.exceptions import ProtocolError  # a websocket with an invalid token
from bokeh.server import session as bokeh_session  # the thread in which a page changes
from bokeh.server.auth_provider import AuthProvider  # the base class of the authentication hook
from bokeh.server.tornado import BokehTornado  # tells Bokeh's application from others
from bokeh.server.util import check_allowlist  # Bokeh's own rule for comparing origins
from bokeh.util.paths import bokehjs_path  # the folder of BokehJS
from bokeh.util.token import (  # the token that opens a session, made without creating the session
    generate_jwt_token,
    generate_session_id,
    get_session_id,
)
from panel.auth import (  # show which login Panel was started with
    BasicAuthProvider,
    OAuthLoginHandler,
    OAuthProvider,
)
from panel.io import document as panel_document  # when Panel collects the garbage of closed pages
from panel.io.server import WSHandler  # a page's websocket, which `PageSocket` extends

__all__ = [
    "BOKEHJS",
    "AuthProvider",
    "BasicAuthProvider",
    "BokehTornado",
    "OAuthLoginHandler",
    "OAuthProvider",
    "ProtocolError",
    "WSHandler",
    "change_pages_on_the_loop",
    "check_allowlist",
    "collect_garbage_after",
    "generate_jwt_token",
    "generate_session_id",
    "get_session_id",
    "serve",
]

BOKEHJS = Path(bokehjs_path())


def change_pages_on_the_loop() -> None:
    """Make Bokeh change pages on the event loop, as it did before 3.10.

    Bokeh 3.10 changes several pages at a time, each in a thread, and Panel considers none of these
    threads to be the event loop: shared objects would need locks, and no page would be updated.
    """
    if hasattr(bokeh_session, "_run_in_executor"):
        bokeh_session._run_in_executor = _call  # type: ignore[attr-defined] # noqa: SLF001 - see above


async def _call(function: Callable[..., object], *args: object, **more: object) -> Any:
    return function(*args, **more)


def collect_garbage_after(seconds: int) -> None:
    """Make Panel collect garbage once no page has been closed for this long."""
    panel_document.GC_DEBOUNCE = seconds


def serve(program: str, arguments: Sequence[str]) -> None:
    """Run `panel serve` in this process, under the name `program` in its messages."""
    from panel.command.serve import Serve  # noqa: PLC0415 only for this command

    parser = ArgumentParser(prog=program)
    command = Serve(parser=parser)
    command.invoke(parser.parse_args(arguments))
