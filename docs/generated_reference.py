"""A Sphinx extension: the tables in the reference that are generated from the code."""

from __future__ import annotations

import inspect
import re
import tomllib
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from itertools import takewhile
from pathlib import Path
from typing import Any, ClassVar, cast

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from procedure.handbook.json_schema import schemas
from procedure.io.database.entry_kinds import ENTRY_KINDS

HANDBOOK = Path(__file__).parent.parent / "procedure" / "handbook"
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


def term_lines() -> Iterable[str]:
    """Yield Markdown with a table of the terms in each language."""
    text = (Path(__file__).parent.parent / "tests/dashboard/terms.toml").read_text("utf-8")
    yield from _table(
        ("Français", "English", "Deutsch", "what it is"),
        (
            (term["fr"], term["en"], term["de"], term.get("is", ""))
            for term in tomllib.loads(text)["term"]
        ),
    )


def _default(field: Field[Any]) -> str:
    if field.default_factory is not MISSING:
        return f"`{field.default_factory()!r}`"
    return "required" if field.default is MISSING else f"`{field.default!r}`"


def _type(annotation: Any) -> str:
    if isinstance(annotation, type) and not typing.get_args(annotation):
        return annotation.__name__
    return re.sub(r"\b(\w+\.)+", "", str(annotation))


def handbook_lines() -> Iterable[str]:
    """Yield Markdown with a section for every file in a handbook: the keys that it may have."""
    for name, schema in schemas().items():
        file = "words/*.toml" if name == "words" else f"{name}.toml"
        yield from (f"## {file}", "", *_head_of(HANDBOOK / f"{name}.toml"))
        yield from _table(("key", "value", "needed"), _keys(schema, ""))
        yield ""


def _head_of(file: Path) -> Iterable[str]:
    """Yield the comment at the top of a file in the packaged handbook, unchanged."""
    if file.exists():
        lines = takewhile(lambda line: line.startswith("#"), file.read_text("utf-8").splitlines())
        yield from ("```text", *(line.removeprefix("#").removeprefix(" ") for line in lines))
        yield from ("```", "")


def _keys(
    schema: Mapping[str, Any], place: str, *, needed: bool = False
) -> Iterable[Sequence[str]]:
    """Yield each key below a place with its possible values; `…` stands for any other key."""
    if schema.get("type") == "array" and schema["items"].get("type") == "object":
        schema, place = schema["items"], f"{place}[]"
    properties: Mapping[str, Any] = schema.get("properties", {})
    patterns: Mapping[str, Any] = schema.get("patternProperties", {})
    others = schema.get("additionalProperties")
    own = next(iter(patterns.values()), others)
    below = {**properties, "…": own} if isinstance(own, dict) else properties
    if not below:
        yield f"`{place}`", _value(schema), "yes" if needed else ""
    for name, child in below.items():
        inside = f"{place}.{name}" if place else name
        yield from _keys(child, inside, needed=name in schema.get("required", ()))


def _value(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(map(_value, schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {_value(schema['items'])}"
    words = {"string": "text", "boolean": "true or false", "integer": "whole number"}
    kind = str(schema.get("type", "any"))
    bounds = [str(schema[name]) for name in ("minimum", "maximum") if name in schema]
    return " ".join([words.get(kind, kind), *([f"({' to '.join(bounds)})"] if bounds else [])])


def address_lines() -> Iterable[str]:
    """Yield Markdown with a table for each group of addresses in docs/openapi.yaml."""
    described = yaml.safe_load((Path(__file__).parent / "openapi.yaml").read_text("utf-8"))
    operations = [
        (method.upper(), path, operation)
        for path, item in described["paths"].items()
        for method, operation in item.items()
        if method in {"get", "post"}
    ]
    for tag in described["tags"]:
        yield from (f"## {tag['name']}", "", tag["description"], "")
        rows = (
            (f"`{method} {path}`", operation["summary"], ", ".join(operation["responses"]))
            for method, path, operation in operations
            if tag["name"] in operation["tags"]
        )
        yield from _table(("request", "what it does", "status"), rows)
        yield ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    for cells in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


class Generated(SphinxDirective):
    """`:::{generated} entries`: the Markdown that a function of this module yields."""

    required_arguments = 1
    sources: ClassVar[dict[str, Callable[[], Iterable[str]]]] = {
        "entries": entry_lines,
        "terms": term_lines,
        "handbook": handbook_lines,
        "addresses": address_lines,
    }

    def run(self) -> list[nodes.Node]:
        """Return the parsed nodes."""
        text = "\n".join(self.sources[self.arguments[0]]())
        return self.parse_text_to_nodes(text, allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive."""
    app.add_directive("generated", Generated)
    return {"parallel_read_safe": True}
