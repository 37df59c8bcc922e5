"""Several pieces of live HTML below each other as one component."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent
from panel.viewable import Viewer

from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import asset_url

MOST = 16  # pieces of a stack


class LiveStack(JSComponent):
    """Shows what `LiveHTML`s show, each with its role and its CSS classes, and passes on its acts.

    A component costs the server 6 ms and 100 kB whatever it shows, so a page shall have few. Only
    the HTML that changes is sent again; what is not visible is empty.
    """

    frames = param.List(doc="The `role` and the `classes` of each piece.")
    # One parameter a piece: a list would be sent as a whole whenever one of them changes.
    locals().update({f"html_{number}": param.String() for number in range(MOST)})

    # Read here: of a path, each component would keep a text of its own.
    _esm = Path(__file__).with_name("live_html.js").read_text("utf-8")

    def __init__(self, parts: Sequence[Viewer | LiveHTML], **params: Any) -> None:
        pieces = [part if isinstance(part, LiveHTML) else part.__panel__() for part in parts]
        if len(pieces) > MOST:
            raise ValueError(f"{len(pieces)} pieces in a stack that has {MOST} at most")
        shown = {f"html_{number}": piece.shown_html for number, piece in enumerate(pieces)}
        frames = [{"role": piece.role, "classes": " ".join(piece.css_classes)} for piece in pieces]
        sheet = {"stylesheets": [asset_url("relais.css")], "sizing_mode": "stretch_width"}
        super().__init__(frames=frames, **shown, **sheet, **params)
        self.pieces = tuple(pieces)

    def select(self, selector: Any = None) -> list[Any]:
        """Return it and its pieces, or those of them that the selector takes."""
        pieces = [piece for part in self.pieces for piece in part.select(selector)]
        return [*super().select(selector), *pieces]

    def _handle_msg(self, data: Any) -> None:
        number = data.get("piece") if isinstance(data, dict) else None
        if isinstance(number, int) and 0 <= number < len(self.pieces):
            self.pieces[number].receive(data)
