"""What the parts of a page show, as plain HTML without any model."""

from collections.abc import Iterable
from typing import Any

import panel as pn
from panel.viewable import Viewer

from dashboard.ui.live_html import LiveHTML, LiveHTMLComponent
from dashboard.ui.live_stack import LiveStack

PRINTED = "only-print"


def plain_html(part: Any) -> str:
    """Return the HTML that a part shows now on a screen, laid out as in the browser.

    Parts that are not visible, and those that are not made of `LiveHTML`, are left out.
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
        return _element(("stack", *part.css_classes), *map(plain_html, part.pieces))
    if isinstance(part, pn.Column):
        return _element(part.css_classes, *map(plain_html, part.objects))
    return ""


def _element(classes: Iterable[str], *content: str) -> str:
    inner = "".join(content)
    return f'<div class="{" ".join(classes)}">{inner}</div>' if inner else ""
