"""A component whose messages wait until the page can be changed."""

from __future__ import annotations

from functools import partial
from typing import Any

import panel as pn
from panel.custom import JSComponent


class MessageComponent(JSComponent):
    """Calls its method `_receive(data)` for what its script sends by `model.send_msg`.

    What is sent while the page is being drawn is received once it is: until the browser has said
    that its document is ready, Panel drops every change of a component, and the page would go on
    showing what was true when its session was made.
    """

    def _handle_msg(self, data: Any) -> None:
        pn.state.onload(partial(self._receive, data))

    def _receive(self, data: Any) -> None:
        """Take a message; the data are whatever a browser sends."""
        raise NotImplementedError
