"""A Sphinx extension: the tables of the reference that are read from the code."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Callable, Iterable, Sequence
from dataclasses import MISSING, Field, fields
from typing import Any, ClassVar, cast

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from procedure.io.database.entry_kinds import ENTRY_KINDS

SHARED = {"id", "at"}  # fields of every entry


def entry_lines() -> Iterable[str]:
    """Yield Markdown with a section for every kind of entry: its meaning and its fields."""
    for kind, entry in sorted(ENTRY_KINDS.items()):
        types = typing.get_type_hints(entry)
        own = [field for field in fields(cast("Any", entry)) if field.name not in SHARED]
        yield from (f"## {kind}", "", inspect.getdoc(entry) or "", "")
        yield from _table(
            ("field", "type", "default"),
            ((f"`{f.name}`", f"`{_type(types[f.name])}`", _default(f)) for f in own),
        )
        yield ""


def _default(field: Field[Any]) -> str:
    if field.default_factory is not MISSING:
        return f"`{field.default_factory()!r}`"
    return "required" if field.default is MISSING else f"`{field.default!r}`"


def _type(annotation: Any) -> str:
    if isinstance(annotation, type) and not typing.get_args(annotation):
        return annotation.__name__
    return re.sub(r"\b(\w+\.)+", "", str(annotation))


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    for cells in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


class Generated(SphinxDirective):
    """`:::{generated} entries`: the Markdown that a function of this module yields."""

    required_arguments = 1
    sources: ClassVar[dict[str, Callable[[], Iterable[str]]]] = {"entries": entry_lines}

    def run(self) -> list[nodes.Node]:
        """Return the parsed nodes."""
        text = "\n".join(self.sources[self.arguments[0]]())
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("generated", Generated)
    return {"parallel_read_safe": True}
