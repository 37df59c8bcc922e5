"""The line between a page and the server: how the page knows that its readings still arrive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent


class Connection(JSComponent):
    """A beat every few seconds on the way down, short messages on the way up.

    Without a beat for seven and a half seconds the page calls itself cut off and turns every
    reading grey.
    `address` is the query that the page shows in its address, without the leading `?`. A message
    from the page is a mapping with a `kind`; anything else is dropped.
    """

    beat = param.Integer(default=0, doc="Grows with every beat.")
    to_bring = param.Dict(
        default={}, doc="`count`, empty for none, and `said`: the loans to bring into Alma."
    )
    address = param.String(default="", doc="What the page's address says after the `?`.")

    _esm = Path(__file__).with_suffix(".js")

    def __init__(self, on_message: Callable[[Mapping[str, Any]], None], **params: Any) -> None:
        super().__init__(**params)
        self._on_message = on_message

    def _handle_msg(self, data: Any) -> None:
        if isinstance(data, Mapping) and isinstance(data.get("kind"), str):
            self._on_message(data)
