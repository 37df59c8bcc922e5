"""Text as a browser sends it."""

from __future__ import annotations


def well_formed(text: str) -> str:
    """Return the text with U+FFFD for each half of a surrogate pair: no database holds one."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
