"""A line of a spool: a checksum, a journal entry, and the note of a pending loan, if any."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

import msgspec

from procedure.io.database.entry_kinds import DECODERS
from procedure.journal import Entry

_ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Spooled:
    """An entry queued for the database, and a pending loan's note, which has a table of its own."""

    entry: Entry
    note: str | None = field(default=None, repr=False)


class _Content(msgspec.Struct):
    kind: str
    entry: msgspec.Raw
    note: str | None = None


def encode_line(spooled: Spooled) -> bytes:
    """Return the line: a CRC-32 in eight hexadecimal digits, a space, JSON, a newline."""
    entry: Any = msgspec.Raw(_ENCODER.encode(spooled.entry))
    json = _ENCODER.encode(_Content(spooled.entry.KIND, entry, spooled.note))
    return b"%08x %s\n" % (crc32(json), json)


def decode_lines(content: bytes) -> Iterator[Spooled | None]:
    """Yield each complete line's content, or None if it is damaged or from a later version.

    An unterminated last line is left out, because it was torn by a crash and never acknowledged.
    """
    *lines, _ = content.split(b"\n")
    for line in lines:
        yield _decode(line)


def _decode(line: bytes) -> Spooled | None:
    checksum, _, json = line.partition(b" ")
    if checksum != b"%08x" % crc32(json):
        return None
    try:
        content = msgspec.json.decode(json, type=_Content)
        return Spooled(DECODERS[content.kind].decode(content.entry), content.note)
    except (KeyError, msgspec.MsgspecError):
        return None
