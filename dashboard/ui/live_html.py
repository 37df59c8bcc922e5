"""HTML bound to a state, with clicks, forms and running ages in the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent
from panel.viewable import Viewer

from dashboard.ui.part import catch_failures
from dashboard.ui.templating import STATIC, asset_url
from dashboard.ui.text import well_formed


class LiveHTMLComponent(JSComponent):
    """Shows one `LiveHTML` by itself."""

    html = param.String()
    role = param.String()

    # A notebook has no page around it that brings the durations.
    _esm = "".join(
        path.read_text("utf-8")
        for path in (STATIC / "durations.js", Path(__file__).with_name("live_html.js"))
    )

    def __init__(self, piece: LiveHTML, **params: Any) -> None:
        sheet = {"stylesheets": [asset_url("relais.css")]}
        shown = {name: piece.param[name] for name in ("html", "visible", "css_classes")}
        super().__init__(role=piece.role, **shown, **sheet, **params)
        self.piece = piece

    def select(self, selector: Any = None) -> list[Any]:
        """Return it and what it shows, or those of them that the selector takes."""
        return [*super().select(selector), *self.piece.select(selector)]

    def _handle_msg(self, data: Any) -> None:
        self.piece.receive(data)


class LiveHTML(Viewer):
    """Escaped HTML from `dashboard.ui.templating.render`, with what a plain pane lacks.

    Ages (the filter `age`) are counted on in the browser; the pane has the class `is-cut` while the
    connection to the server is cut; a click on `data-act="name" data-value="…"` calls `on_act(name,
    value)`; the focus and open details are restored by their `data-key` when the content is
    replaced. A `data-title` sets the title of the tab. The `role` is on the frame, which stays
    while its content changes: `status` makes the pane a live region.
    A click within a form calls `on_form(name, fields)` instead; what is typed there stays when the
    content is replaced, and no Enter submits it: it may be a scanner's. `data-remember` stores a
    value in a cookie, with `data-lasts="session"` until the browser is closed.
    `data-print="selector"` prints the text of a part of it by the module that `data-with` names.
    Content with `data-printing="name"` prints the page once it is drawn, and calls
    `on_act(name, "")` afterwards; Ctrl+P clicks a visible `data-act="print"`.
    `html` may be a method under `param.depends`: it is called again when one of these parameters
    changes. One that raises leaves an error message in the pane, and other panes of the same state
    are still updated.

    It becomes a component of its own where Panel shows it; in a `LiveStack` it needs none, which
    saves a page 20 kB each.
    """

    html = param.String(default="", allow_refs=True, doc="The content, already escaped.")
    visible = param.Boolean(default=True, allow_refs=True, doc="Whether it is shown.")
    css_classes = param.List(default=[], item_type=str, doc="The classes of the frame.")
    role = param.String(default="", doc="The ARIA role of the frame; empty for none.")

    def __init__(
        self,
        html: Any = "",
        on_act: Callable[[str, str], None] | None = None,
        on_form: Callable[[str, Mapping[str, str]], None] | None = None,
        *,
        sizing_mode: str | None = "stretch_width",
        **params: Any,
    ) -> None:
        brief = sizing_mode is None  # it stands within a line
        super().__init__(html=catch_failures(html, brief=brief), **params)
        self._on_act, self._on_form, self._sizing_mode = on_act, on_form, sizing_mode

    @cached_property
    def _component(self) -> LiveHTMLComponent:
        return LiveHTMLComponent(self, sizing_mode=self._sizing_mode)

    def __panel__(self) -> LiveHTMLComponent:
        return self._component

    def select(self, selector: Any = None) -> list[LiveHTML]:
        """Return it in a list, or an empty one where a type or a function does not take it."""
        is_taken = isinstance(selector, type) and isinstance(self, selector)
        is_taken = is_taken or (not isinstance(selector, type) and (not selector or selector(self)))
        return [self] if is_taken else []

    @param.depends("html", "visible")
    def shown_html(self) -> str:
        """Return what it shows, nothing while it is not visible."""
        return self.html if self.visible else ""

    def receive(self, data: Any) -> None:
        """Process a message of the browser; what is malformed is ignored."""
        if not isinstance(data, Mapping):
            return
        act, value, fields = data.get("act"), data.get("value"), data.get("fields")
        if not isinstance(act, str) or not isinstance(value, str):
            return
        if isinstance(fields, Mapping) and self._on_form is not None:
            form = {str(name): well_formed(str(text)) for name, text in fields.items()}
            self._on_form(act, form)
        elif self._on_act is not None:
            self._on_act(act, well_formed(value))
