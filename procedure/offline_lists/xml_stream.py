"""Incremental parsing of XML without entities, with limits on nesting and text."""

from collections.abc import Iterator
from functools import lru_cache
from typing import IO, NoReturn, Protocol
from xml.parsers.expat import ExpatError, ParserCreate

from procedure.errors import OfflineListError

DEEPEST = 64
LONGEST = 4096  # characters: longer names are refused, and longer text may be cut off
LONGEST_TOKEN = 1 << 20  # bytes of a tag or comment
_PIECE = 1 << 16


class XmlHandler(Protocol):
    """Receives the elements of a document; their names have no capitals, prefixes or `_`."""

    def start(self, name: str) -> None:
        """Handle the start of an element."""

    def end(self, name: str, text: str) -> None:
        """Handle the end of an element; `text` is the trimmed text since the last tag."""


def parse_in_pieces(stream: IO[bytes], handler: XmlHandler) -> Iterator[None]:
    """Pass a document to the handler, yielding after each piece.

    Raises:
        OfflineListError: the document is not XML, is cut off, has a DOCTYPE (which may declare
            entities), is nested too deeply, or has a tag or a name that is too long.
    """
    parser = ParserCreate()
    parser.buffer_text = True
    bounded = _BoundedElements(handler)
    parser.StartElementHandler = bounded.start
    parser.EndElementHandler = bounded.end
    parser.CharacterDataHandler = bounded.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        without_event = 0
        while piece := stream.read(_PIECE):
            events = bounded.events
            parser.Parse(piece)
            without_event = 0 if bounded.events > events else without_event + len(piece)
            if without_event > LONGEST_TOKEN:
                raise OfflineListError(f"has a tag of more than {LONGEST_TOKEN >> 20} MB")
            yield
        parser.Parse(b"", True)
        yield
    except ExpatError as fault:
        raise OfflineListError(
            "is not XML or was cut off: export it again", line=fault.lineno
        ) from None


def _refuse_doctype(*_: object) -> NoReturn:
    raise OfflineListError("declares entities, which exports from library systems never do")


@lru_cache(maxsize=4096)
def _plain_name(name: str) -> str:
    """Return an element's name in the form used for comparison: `user_id` becomes `userid`."""
    return name.rpartition(":")[2].replace("_", "").lower()


class _BoundedElements:
    def __init__(self, handler: XmlHandler) -> None:
        self._handler = handler
        self._depth = 0
        self._kept = ""
        self.events = 0

    def start(self, name: str, _: object) -> None:
        self.events += 1
        self._depth += 1
        if len(name) > LONGEST:
            raise OfflineListError(f"has a tag with a name of more than {LONGEST} characters")
        self._kept = ""
        if self._depth > DEEPEST:
            raise OfflineListError(f"has elements nested more than {DEEPEST} deep")
        self._handler.start(_plain_name(name))

    def text(self, piece: str) -> None:
        self.events += 1
        if len(self._kept) < LONGEST:
            self._kept += piece

    def end(self, name: str) -> None:
        self.events += 1
        self._depth -= 1
        kept, self._kept = self._kept, ""
        self._handler.end(_plain_name(name), kept.strip())
