"""JSON schemas for the handbook's files, generated from their table models.

An editor with taplo (Even Better TOML) offers the keys and marks what is wrong, from the line
`#:schema .schema/targets.json` at the top of a file. Only `relais check` finds faults across
several files.
"""

from typing import Any, cast

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from procedure.handbook.page import SectionedFile
from procedure.handbook.scans import SCANS
from procedure.handbook.shape import Shape
from procedure.handbook.tables import CONTACTS, DESKS, LIBRARY, LISTS, STEPS, TARGETS
from procedure.handbook.words import WORDS

JsonSchema = dict[str, Any]
DIALECT = "http://json-schema.org/draft-07/schema#"  # the newest version that taplo supports
_FILES: dict[str, SectionedFile | Shape] = {
    "library": LIBRARY,
    "steps": STEPS,
    "targets": TARGETS,
    "contacts": CONTACTS,
    "desks": DESKS,
    "scans": SCANS,
    "lists": LISTS,
    "words": WORDS,
}


class _WithoutDefaults(GenerateJsonSchema):
    """Leaves out defaults: a missing key is None in its model, which TOML cannot express."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchema:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic's own
        return False


def schemas() -> dict[str, JsonSchema]:
    """Return each file's schema by its name without suffix; `words` applies to any language."""
    return {name: _titled(name, layout) for name, layout in _FILES.items()}


def _titled(name: str, layout: SectionedFile | Shape) -> JsonSchema:
    file = name if name == "words" else f"{name}.toml"
    content = _sections(layout) if isinstance(layout, SectionedFile) else _table(layout)
    return content | {"$schema": DIALECT, "title": f"{file} of a handbook of Relais"}


def _sections(layout: SectionedFile) -> JsonSchema:
    """Return the schema of a file of sections, with other keys next to them."""
    head = _table(layout.head)
    others = f"(?!(?:{'|'.join(head['properties'])})$)" if head["properties"] else ""
    return head | {
        "patternProperties": {f"^{others}(?:{layout.key.pattern.pattern})$": _table(layout.section)}
    }


def _table(table: Shape) -> JsonSchema:
    schema = table.model.model_json_schema(schema_generator=_WithoutDefaults)
    return _inlined(schema, schema.pop("$defs", {}))


def _inlined(value: Any, definitions: JsonSchema) -> Any:
    """Return a part of a schema with each reference replaced by its definition."""
    if isinstance(value, list):
        return [_inlined(item, definitions) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    entries = cast("JsonSchema", value)
    if "$ref" in entries:
        return _inlined(definitions[entries["$ref"].rpartition("/")[2]], definitions)
    return {key: _inlined(item, definitions) for key, item in entries.items()}
