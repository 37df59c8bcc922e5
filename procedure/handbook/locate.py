"""Line numbers of keys in a TOML file, which `tomllib` does not provide."""

import re
from collections import Counter
from collections.abc import Mapping

_PART = r"""(?:"[^"\n]*"|'[^'\n]*'|[\w-]+)"""
_KEY = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*\[(\[?)\s*({_KEY})\s*\]")
_ENTRY = re.compile(rf"\s*({_KEY})\s*=")
_LONG_TEXT = re.compile(r'"""|\'\'\'')


def lines_of_keys(text: str) -> Mapping[str, int]:
    """Return the line number (from 1) of each table and entry, by path, such as `A1.answers`.

    The path of a table in an array includes its number, as in `front.telephones[1]`. Entries in
    inline tables are not listed.
    """
    lines, counts = dict[str, int](), Counter[str]()
    section = quote = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not quote:
            if header := _HEADER.match(line):
                section = _path(header[2])
                if header[1]:
                    counts[section] += 1
                    section = f"{section}[{counts[section]}]"
                lines.setdefault(section, number)
            elif entry := _ENTRY.match(line):
                path = _path(entry[1])
                lines.setdefault(f"{section}.{path}" if section else path, number)
        for mark in _LONG_TEXT.findall(line):
            quote = "" if quote == mark else quote or mark
    return lines


def line_of(lines: Mapping[str, int], key: str) -> int:
    """Return the line of a key, or of the innermost table that contains it, or 1."""
    while key and key not in lines:
        key = key.rpartition("[" if key.endswith("]") else ".")[0]
    return lines.get(key, 1)


def _path(key: str) -> str:
    return ".".join(part.strip("\"'") for part in re.findall(_PART, key))
