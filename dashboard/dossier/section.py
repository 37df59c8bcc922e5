"""A section of a dossier: lines and a table of plain text."""

from dataclasses import dataclass

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, with lines and a table below it; either may be empty."""

    heading: str
    lines: tuple[str, ...] = ()
    head: Row = ()
    rows: tuple[Row, ...] = ()
