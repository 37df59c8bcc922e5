"""What each frame of the records and each of its columns is: `frames.md`, as values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TEXT = Path(__file__).with_name("frames.md")
_FRAME = re.compile(r"^## ([a-z_]+)\n(.*?)\n(?=\n).*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_COLUMN = re.compile(r"^\| `(\w+)` \| `([^`]+)` \| (\S.*) \|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class FrameText:
    """A frame in words; of each column its dtype and what it means, in their order."""

    about: str
    columns: Mapping[str, tuple[str, str]]


@cache
def dictionary() -> Mapping[str, FrameText]:
    """Return the frames of `Records` by their names, in the order of the text."""
    return {
        found[1]: FrameText(
            found[2], {name: (dtype, text) for name, dtype, text in _COLUMN.findall(found[0])}
        )
        for found in _FRAME.finditer(TEXT.read_text("utf-8"))
    }
