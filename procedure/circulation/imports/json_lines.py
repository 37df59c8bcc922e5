"""JSON lines: one transaction a line, as the desk page saves them.

    {"kind": "loan", "id": UUID, "at": ISO time with offset, "desk": CODE, "patron": …, "item": …,
     "workstation": …, "sequence": 12, "made_at": ISO time, "skew_s": 0.4, "overridden": false,
     "told": [{"reason": "card_blocked", "as_of": ISO time, "days": null}]}
    {"kind": "return", "id": UUID, "at": …, "desk": CODE, "item": …, "cart": …}
    {"kind": "void", "id": UUID, "at": …, "loan": UUID, "reason": …}
    {"kind": "waiting", "id": UUID, "at": …, "desk": CODE, "item": …, "note": …}
    {"kind": "complete", "id": UUID, "at": …, "waiting": UUID, "patron": …}

`at` and what a kind is made of are needed; a line without `kind` is a loan. `made_at` is the time
on the workstation's clock where `at` is corrected by `skew_s`. Other keys of an
object are ignored, so that the lines of `relais loans list --json` can be read too.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

import msgspec

from procedure.circulation.imports.file_text import CUT, is_ended
from procedure.circulation.imports.local_times import LocalTimeReader
from procedure.circulation.imports.named_fields import OPTIONAL, OWN, REQUIRED, row_of
from procedure.circulation.imports.row import ImportRow, ImportSheet, UnreadableLine
from procedure.circulation.list_advice import read_advice
from procedure.circulation.offline_files.offline_rows import LONGEST_LINE, lines


def read_json_lines(content: bytes) -> ImportSheet:
    """Read one object a line; blank lines are passed over."""
    rows: list[ImportRow] = []
    bad: list[UnreadableLine] = []
    clock = LocalTimeReader()
    last = 0 if is_ended(content) else content.count(b"\n") + 1
    for number, text in enumerate(lines(content), start=1):
        if not text.strip("\0\x1a\t "):
            continue
        try:
            values = _values(text)
            row = row_of(number, _fields(values), clock)
            rows.append(replace(row, told=read_advice(values.get("told", ()))))
        except ValueError as fault:
            is_cut = number == last and text.lstrip()[:1] == "{" and text.rstrip()[-1:] != "}"
            bad.append(UnreadableLine(number, CUT if is_cut else str(fault)))
    return ImportSheet(tuple(rows), tuple(bad))


def _values(text: str) -> Mapping[str, object]:
    if len(text) > LONGEST_LINE:
        raise ValueError("is far too long for one transaction")
    try:
        value: object = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        raise ValueError("is no JSON object") from None
    if not isinstance(value, dict):
        raise ValueError("is no JSON object")  # noqa: TRY004 - wrong content, not a wrong call
    values = cast("Mapping[str, object]", value)
    if values.get("state") == "void":
        raise ValueError("is a loan that was void where it was listed")
    return values


def _fields(values: Mapping[str, object]) -> Mapping[str, str]:
    return {name: _text(name, values.get(name)) for name in (*REQUIRED, *OPTIONAL, *OWN)}


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if type(value) in _PLAIN.get(name, ()):
        return str(value).lower()
    # A number has lost its leading zeros: a barcode is a text.
    raise ValueError(f"has in {name} what is no text")


# What is no text where the pages of Relais write it.
_PLAIN: Mapping[str, tuple[type, ...]] = {
    "sequence": (int,),
    "skew_s": (int, float),
    "overridden": (bool,),
}
