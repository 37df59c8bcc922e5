"""HTML bound to a state, with clicks, forms, and ages that keep counting in the browser."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import panel as pn
import param
from panel.custom import JSComponent
from panel.viewable import Viewer

from dashboard.core.errors import DashboardError
from dashboard.ui.failure_log import log_failure
from dashboard.ui.templating import STATIC, asset_url
from dashboard.ui.view import html_or_failure
from procedure.errors import ProcedureError

MOST_PIECES = 16  # the number of `html_…` parameters of `LiveStack`
PRINTED = "only-print"


def well_formed(text: str) -> str:
    """Replace lone surrogates, which no database can store, with U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class LiveHTMLComponent(JSComponent):
    """Shows a single `LiveHTML`."""

    html = param.String()
    role = param.String()

    # durations.js is included because, in a notebook, no surrounding page loads it.
    _esm = "".join(
        path.read_text("utf-8")
        for path in (STATIC / "durations.js", Path(__file__).with_name("live_html.js"))
    )

    def __init__(self, piece: "LiveHTML", **params: object) -> None:
        sheet = {"stylesheets": [asset_url("relais.css")]}
        linked_params = {name: piece.param[name] for name in ("html", "visible", "css_classes")}
        super().__init__(role=piece.role, **linked_params, **sheet, **params)
        self.piece = piece

    def select(self, selector: Any = None) -> list[Any]:
        return [*super().select(selector), *self.piece.select(selector)]

    def _handle_msg(self, data: object) -> None:
        self.piece.receive(data)


class LiveHTML(Viewer):
    """Escaped HTML from `dashboard.ui.templating.render`, with features that a plain pane lacks.

    - Ages (the `age` filter) keep counting in the browser. The pane has the class `is-cut` while
      the connection to the server is lost.
    - A click on `data-act="name" data-value="…"` calls `on_act(name, value)`. Within a form, it
      calls `on_form(name, fields)` instead. Enter does not submit a form, because the key may come
      from a scanner.
    - When the content is replaced, text typed into a form is kept, and the focus and open details
      are restored by their `data-key`.
    - `data-title` sets the title of the tab.
    - `data-remember` stores a value in a cookie. With `data-lasts="session"`, the cookie lasts only
      until the browser is closed.
    - When content with `data-printing="name"` is drawn, the page is printed, and then
      `on_act(name, "")` is called. Ctrl+P clicks a visible `data-act="print"`.
    - The `role` belongs to the frame, which stays when its content is replaced. The role `status`
      makes the pane a live region.

    `html` may be a method decorated with `param.depends`. The method is called again when one of
    its dependencies changes. If the method raises an exception, the pane shows an error message,
    and other panes bound to the same state are still updated.

    Panel shows each `LiveHTML` as a component of its own. In a `LiveStack`, a `LiveHTML` needs no
    component, which makes the page 20 kB smaller.
    """

    html = param.String(default="", allow_refs=True, doc="The content, already escaped.")
    visible = param.Boolean(default=True, allow_refs=True, doc="Whether the content is shown.")
    css_classes = param.List(default=[], item_type=str, doc="The CSS classes of the frame.")
    role = param.String(default="", doc="The ARIA role of the frame; empty for no role.")

    def __init__(
        self,
        html: object = "",
        on_act: Callable[[str, str], None] | None = None,
        on_form: Callable[[str, Mapping[str, str]], None] | None = None,
        *,
        sizing_mode: str | None = "stretch_width",
        **params: object,
    ) -> None:
        brief = sizing_mode is None  # the HTML is within a line of text
        super().__init__(html=html_or_failure(html, brief=brief), **params)
        self._on_act, self._on_form, self._sizing_mode = on_act, on_form, sizing_mode

    @cached_property
    def _component(self) -> LiveHTMLComponent:
        return LiveHTMLComponent(self, sizing_mode=self._sizing_mode)

    def __panel__(self) -> LiveHTMLComponent:
        return self._component

    def select(self, selector: Any = None) -> "list[LiveHTML]":
        is_taken = isinstance(selector, type) and isinstance(self, selector)
        is_taken = is_taken or (not isinstance(selector, type) and (not selector or selector(self)))
        return [self] if is_taken else []

    @param.depends("html", "visible")
    def shown_html(self) -> str:
        return self.html if self.visible else ""

    def receive(self, data: object) -> None:
        """Process a message from the browser; malformed messages are ignored.

        A browser may send actions and values that the page does not offer. Such messages change
        nothing, and an error that they cause is only logged.

        Raises:
            DashboardError, ProcedureError: the action is refused.
        """
        if not isinstance(data, Mapping):
            return
        act, value, fields = data.get("act"), data.get("value"), data.get("fields")
        if not isinstance(act, str) or not isinstance(value, str):
            return
        try:
            self._process(act, value, fields)
        except (DashboardError, ProcedureError):
            raise
        except Exception as error:
            log_failure(error)

    def _process(self, act: str, value: str, fields: object) -> None:
        if isinstance(fields, Mapping) and self._on_form is not None:
            form = {str(name): well_formed(str(text)) for name, text in fields.items()}
            self._on_form(act, form)
        elif self._on_act is not None:
            self._on_act(act, well_formed(value))


def piece_of(part: Viewer) -> LiveHTML:
    """Return the `LiveHTML` that a part consists of."""
    piece = part if isinstance(part, LiveHTML) else part.__panel__()
    assert isinstance(piece, LiveHTML)
    return piece


class LiveStack(JSComponent):
    """Shows several `LiveHTML`s, each with its role and CSS classes, and passes on their actions.

    A component costs the server 6 ms and 50 kB, whatever the component shows, so a page should have
    few components. A piece is sent again only when its HTML changes. Invisible pieces are empty.

    `places` names a place in the page's frame for each piece, in order. A piece whose place is ""
    stays in the stack.
    """

    frames = param.List(doc="The `role`, the `classes` and the `place` of each piece.")
    # Each piece has its own parameter: a list would be sent as a whole whenever a piece changes.
    html_0 = param.String()
    html_1 = param.String()
    html_2 = param.String()
    html_3 = param.String()
    html_4 = param.String()
    html_5 = param.String()
    html_6 = param.String()
    html_7 = param.String()
    html_8 = param.String()
    html_9 = param.String()
    html_10 = param.String()
    html_11 = param.String()
    html_12 = param.String()
    html_13 = param.String()
    html_14 = param.String()
    html_15 = param.String()

    # Use the text, not the path: given a path, each component would keep a copy of the text.
    _esm = Path(__file__).with_name("live_html.js").read_text("utf-8")

    def __init__(
        self, parts: Sequence[Viewer], places: Sequence[str] = (), **params: object
    ) -> None:
        pieces = [piece_of(part) for part in parts]
        if len(pieces) > MOST_PIECES:
            raise ValueError(f"{len(pieces)} pieces, but a stack has at most {MOST_PIECES}")
        html_params = {f"html_{number}": piece.shown_html for number, piece in enumerate(pieces)}
        frames = [
            {"role": piece.role, "classes": " ".join(piece.css_classes), "place": place}
            for piece, place in zip(pieces, places or [""] * len(pieces), strict=True)
        ]
        sheet = {"stylesheets": [asset_url("relais.css")], "sizing_mode": "stretch_width"}
        super().__init__(frames=frames, **html_params, **sheet, **params)
        self.pieces = tuple(pieces)

    def pieces_of(self, place: str) -> list[LiveHTML]:
        return [
            piece
            for piece, frame in zip(self.pieces, self.frames, strict=True)
            if frame["place"] == place
        ]

    def select(self, selector: Any = None) -> list[Any]:
        pieces = [piece for part in self.pieces for piece in part.select(selector)]
        return [*super().select(selector), *pieces]

    def _handle_msg(self, data: object) -> None:
        number = data.get("piece") if isinstance(data, dict) else None
        if isinstance(number, int) and 0 <= number < len(self.pieces):
            self.pieces[number].receive(data)


def plain_html(part: Any, place: str = "") -> str:
    """Return the HTML that a part currently shows on screen, laid out as in the browser.

    `place` selects the pieces of a stack by their place. Parts that are not visible or do not
    consist of `LiveHTML` are left out.
    """
    if isinstance(part, LiveHTMLComponent):
        part = part.piece
    if isinstance(part, Viewer) and not isinstance(part, LiveHTML):
        return plain_html(part.__panel__())
    if not part.visible or PRINTED in part.css_classes:
        return ""
    if isinstance(part, LiveHTML):
        return _element(("pane", *part.css_classes), part.html)
    if isinstance(part, LiveStack):
        return _element(("stack", *part.css_classes), *map(plain_html, part.pieces_of(place)))
    if isinstance(part, pn.Column):
        return _element(part.css_classes, *map(plain_html, part.objects))
    return ""


def _element(classes: Iterable[str], *content: str) -> str:
    inner = "".join(content)
    return f'<div class="{" ".join(classes)}">{inner}</div>' if inner else ""
