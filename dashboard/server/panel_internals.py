"""What Relais uses of Panel and Bokeh that is not public, in one place, each with its reason.

Nothing else of the project imports such a module. When Panel or Bokeh changes one of these, the
tests of `dashboard.server` fail, and this is where to look first.
"""

from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bokeh.protocol.exceptions import ProtocolError  # a websocket whose token does not count
from bokeh.server import session as bokeh_session  # the thread in which a page is changed
from bokeh.server.auth_provider import AuthProvider  # the base of the hook for logins
from bokeh.server.tornado import BokehTornado  # tells Bokeh's application from any other
from bokeh.server.util import check_allowlist  # the rule by which Bokeh itself compares origins
from bokeh.util.paths import bokehjs_path  # the folder of BokehJS
from bokeh.util.token import (  # the token that opens a session, made without making the session
    generate_jwt_token,
    generate_session_id,
    get_session_id,
)
from panel.auth import (  # tell which login Panel was started with
    BasicAuthProvider,
    OAuthLoginHandler,
    OAuthProvider,
)
from panel.io import document as panel_document  # when Panel collects the garbage of closed pages
from panel.io.server import WSHandler  # a page's websocket, which ours has wait for its turn

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
    """Have Bokeh call what changes a page on the event loop, as before Bokeh 3.10.

    From 3.10 it calls each in a thread, several at a time, and Panel then says of none of them that
    it is on the loop: what all pages share would need locks, and no page would be updated.
    """
    if hasattr(bokeh_session, "_run_in_executor"):
        bokeh_session._run_in_executor = _call  # type: ignore[attr-defined] # noqa: SLF001 - see above


async def _call(function: Callable[..., object], *args: object, **more: object) -> Any:
    return function(*args, **more)


def collect_garbage_after(seconds: int) -> None:
    """Have Panel collect garbage once no page was closed for so long."""
    panel_document.GC_DEBOUNCE = seconds


def serve(program: str, arguments: Sequence[str]) -> None:
    """Run the command `panel serve` in this process; `program` is named in its messages."""
    from panel.command.serve import Serve  # noqa: PLC0415 only for this command

    parser = ArgumentParser(prog=program)
    command = Serve(parser=parser)
    command.invoke(parser.parse_args(arguments))
