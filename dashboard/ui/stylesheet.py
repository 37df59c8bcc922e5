"""The page's one style sheet, `relais.css`, made of the files in `assets/css/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "css"
STYLESHEET = "relais.css"
# In this order: of two rules that weigh the same, the later one holds.
PARTS = (
    *("tokens", "base", "components", "widgets", "shell"),
    *("monitoring", "guide", "outage", "loans", "reconciliation", "history", "print"),
)


@cache
def stylesheet() -> bytes:
    """Return the whole style, in UTF-8.

    It is one sheet because every component has a shadow root, and each of these names it anew.
    """
    return b"\n".join((FOLDER / f"{part}.css").read_bytes() for part in PARTS)
