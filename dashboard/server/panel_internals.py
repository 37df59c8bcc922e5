"""What Relais uses of Panel and Bokeh that is not public, in one place, each with its reason.

Nothing else of the project imports such a module. When Panel or Bokeh changes one of these, the
tests of `dashboard.server` fail, and this is where to look first.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path

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
    "WSHandler",
    "check_allowlist",
    "collect_garbage_after",
    "generate_jwt_token",
    "generate_session_id",
    "get_session_id",
    "serve",
]

BOKEHJS = Path(bokehjs_path())


def collect_garbage_after(seconds: int) -> None:
    """Have Panel collect garbage once no page was closed for so long."""
    panel_document.GC_DEBOUNCE = seconds


def serve(program: str, arguments: Sequence[str]) -> None:
    """Run the command `panel serve` in this process; `program` is named in its messages."""
    from panel.command.serve import Serve  # noqa: PLC0415 only for this command

    parser = ArgumentParser(prog=program)
    command = Serve(parser=parser)
    command.invoke(parser.parse_args(arguments))
