"""HTML bound to a state, with clicks, forms and running ages in the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import param
from panel.custom import JSComponent

from dashboard.ui.failure import catch_failures
from dashboard.ui.templating import STATIC, asset_url
from dashboard.ui.text import well_formed


class LiveHTML(JSComponent):
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
    """

    html = param.String(default="", doc="The content, already escaped.")
    role = param.String(default="", doc="The ARIA role of the frame; empty for none.")

    # A notebook has no page around it that brings the durations.
    _esm = "".join(
        path.read_text("utf-8")
        for path in (STATIC / "durations.js", Path(__file__).with_suffix(".js"))
    )

    def __init__(
        self,
        html: Any = "",
        on_act: Callable[[str, str], None] | None = None,
        on_form: Callable[[str, Mapping[str, str]], None] | None = None,
        **params: Any,
    ) -> None:
        params.setdefault("sizing_mode", "stretch_width")
        params.setdefault("stylesheets", [asset_url("relais.css")])
        brief = params["sizing_mode"] is None  # it stands within a line
        super().__init__(html=catch_failures(html, brief=brief), **params)
        self._on_act, self._on_form = on_act, on_form

    @param.depends("html", "visible")
    def shown_html(self) -> str:
        """Return what it shows, nothing while it is not visible."""
        return self.html if self.visible else ""

    def _handle_msg(self, data: Any) -> None:
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
