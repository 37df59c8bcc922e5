"""Compares the configured layout of Alma's file with a file written by the vendor's utility."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields

from procedure.circulation.imports.file_text import WEB_PAGE, as_utf8, is_web_page
from procedure.circulation.offline_files.alma_layout import ENCODINGS, ITEM_AT, Layout
from procedure.circulation.offline_files.offline_rows import lines
from procedure.errors import OfflineFileError

_LINE = re.compile(r"\d{12}(?P<kind>[LRlr])(?P<item>\S(?:.*?\S)??)(?P<gap> {2,}|$)(?P<patron>.*)")


@dataclass(frozen=True, slots=True)
class Difference:
    """A setting that differs between the configured layout and the file's layout."""

    name: str
    ours: str
    theirs: str


def observed(content: bytes, ours: Layout) -> Layout:
    """Return the layout of a file; settings that cannot be inferred from it keep our values.

    Raises:
        OfflineFileError: the file is a web page, contains no loans, or has inconsistent lines.
    """
    content = as_utf8(content)
    if is_web_page(content):
        raise OfflineFileError(f"This file {WEB_PAGE}.")
    texts = [text for text in lines(content) if text.strip("\0\x1a ")]
    rows = [match for text in texts if (match := _LINE.fullmatch(text))]
    loans = [line for line in rows if line["kind"] in "Ll" and line["patron"].strip()]
    if not loans:
        raise OfflineFileError("No line in this file is a loan: record one in the utility first.")
    starts = Counter(line.start("patron") for line in loans)
    if len(starts) > 1:
        columns = ", ".join(str(start + 1) for start in sorted(starts))
        raise OfflineFileError(f"The user identifier begins in different columns: {columns}.")
    start = next(iter(starts))
    returns = [line for line in rows if line["kind"] in "Rr"]
    return Layout(
        item_width=start - ITEM_AT,
        patron_width=_patron_width([line.string for line in loans], start),
        patron_limit=ours.patron_limit,
        line_end="crlf" if b"\r\n" in content else "lf",
        encoding=_encoding(content, ours),
        pad_returns=_padded([line.string for line in returns], ours),
    )


def differences(ours: Layout, theirs: Layout) -> tuple[Difference, ...]:
    return tuple(
        Difference(field.name, str(getattr(ours, field.name)), str(getattr(theirs, field.name)))
        for field in fields(Layout)
        if getattr(ours, field.name) != getattr(theirs, field.name)
    )


def _patron_width(loans: Sequence[str], start: int) -> int:
    """Return the width to which identifiers are padded, or 0 if they are not padded."""
    lengths = {len(text) for text in loans}
    padded = len(lengths) == 1 and any(text.endswith(" ") for text in loans)
    return lengths.pop() - start if padded else 0


def _encoding(content: bytes, ours: Layout) -> str:
    if content.isascii():
        return ours.encoding
    for encoding in reversed(ENCODINGS):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    return ours.encoding


def _padded(returns: Sequence[str], ours: Layout) -> bool:
    return any(text.endswith(" ") for text in returns) if returns else ours.pad_returns
