"""The page's style sheet `relais.css`, composed of the files in `assets/css/`."""

from __future__ import annotations

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "css"
STYLESHEET = "relais.css"
# In this order: of two rules that weigh the same, the later one holds.
PARTS = (
    *("tokens", "base", "components", "widgets", "shell"),
    *("monitoring", "guide", "readiness", "outage", "loans", "reconciliation", "history"),
    *("drill", "print"),
)


@cache
def stylesheet() -> bytes:
    """Return the style sheet, in UTF-8.

    It is one file because every component has a shadow root, and each of these links it again.
    """
    return b"\n".join((FOLDER / f"{part}.css").read_bytes() for part in PARTS)
