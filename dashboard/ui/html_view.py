"""A part of the page that consists of a single pane of live HTML."""

from collections.abc import Sequence
from typing import Any, ClassVar

from dashboard.ui.live_html import LiveHTML
from dashboard.ui.view import View


class HtmlView(View):
    """Shows the HTML returned by its method `_html`, which is decorated with `param.depends`.

    Three methods are optional: buttons in the HTML call `_act(name, value)`, forms call
    `_form(name, fields)`, and `_is_shown` returns whether the view is visible. `role`,
    `css_classes` and `sizing_mode` are passed to the `LiveHTML`.
    """

    role: ClassVar[str] = ""
    css_classes: ClassVar[Sequence[str]] = ()
    sizing_mode: ClassVar[str | None] = "stretch_width"

    _html: Any

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        self._view = LiveHTML(
            self._html,
            getattr(self, "_act", None),
            getattr(self, "_form", None),
            role=self.role,
            css_classes=list(self.css_classes),
            sizing_mode=self.sizing_mode,
            visible=getattr(self, "_is_shown", True),
        )
