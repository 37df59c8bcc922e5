"""The page's style sheet `relais.css`, composed of the files in `assets/css/`, and its colours."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "assets" / "css"
STYLESHEET = "relais.css"
# The order matters: of two rules with the same specificity, the later one applies.
PARTS = (
    "tokens",
    "base",
    "components",
    "widgets",
    "shell",
    "monitoring",
    "guide",
    "readiness",
    "outage",
    "loans",
    "reconciliation",
    "history",
    "drill",
    "print",
)


@cache
def stylesheet() -> bytes:
    """Return the style sheet, in UTF-8.

    It is a single file, because every component has a shadow root of its own, and every shadow root
    needs its own link.
    """
    return b"\n".join((FOLDER / f"{part}.css").read_bytes() for part in PARTS)


@cache
def colours(*, dark: bool = False) -> Mapping[str, str]:
    """Return the colours in `tokens.css` as `#rrggbb`, keyed by name without the prefix `--r-`."""
    light, _, changed = (FOLDER / "tokens.css").read_text("utf-8").partition("@media")
    return dict(re.findall(r"--r-([a-z0-9-]+): *(#[0-9a-f]{6})", light + changed * dark))
