"""The connection between a page and the server; the page detects its loss."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent


class Connection(JSComponent):
    """A heartbeat to the page every few seconds, and short messages from it.

    After seven and a half seconds without a heartbeat, the page shows that it is cut off and greys
    out every reading. `address` is the query string that the page shows in its URL, without the
    leading `?`. A message from the page is a mapping with a `kind`; anything else is ignored.
    """

    beat = param.Integer(default=0, doc="Incremented with every heartbeat.")
    to_bring = param.Dict(
        default={},
        doc="The `count` of loans to transfer to Alma, and the text `said`; empty if none.",
    )
    editions = param.Integer(
        default=0,
        doc="Incremented with each new handbook, because the frame shows its desks and contacts.",
    )
    address = param.String(default="", doc="The query string of the page's address.")

    _esm = Path(__file__).with_suffix(".js").read_text("utf-8")

    def __init__(
        self, on_message: Callable[[Mapping[str, object]], None], **params: object
    ) -> None:
        super().__init__(**params)
        self._on_message = on_message

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, Mapping) and isinstance(data.get("kind"), str):
            self._on_message(data)
