"""JSON schemas for the handbook's files except `contract.toml`, made from their tables' models.

If a file begins with the line `#:schema .schema/targets.json`, an editor with Taplo (Even Better
TOML) completes its keys and marks its errors. Only `relais check` finds faults that involve several
files.
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
DIALECT = "http://json-schema.org/draft-07/schema#"  # the newest version that Taplo supports
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
    """Leaves out the default None, which TOML cannot express."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchema:
        return self.generate_inner(schema["schema"])

    def field_title_should_be_set(self, schema: object) -> bool:  # noqa: ARG002 - pydantic's own
        return False


def schemas() -> dict[str, JsonSchema]:
    """Return the schemas by file name without suffix; the schema `words` is for all languages."""
    return {name: _titled(name, layout) for name, layout in _FILES.items()}


def _titled(name: str, layout: SectionedFile | Shape) -> JsonSchema:
    file = name if name == "words" else f"{name}.toml"
    content = _sections(layout) if isinstance(layout, SectionedFile) else _table(layout)
    return content | {"$schema": DIALECT, "title": f"{file} in a Relais handbook"}


def _sections(layout: SectionedFile) -> JsonSchema:
    head = _table(layout.head)
    others = f"(?!(?:{'|'.join(head['properties'])})$)" if head["properties"] else ""
    return head | {
        "patternProperties": {f"^{others}(?:{layout.key.pattern.pattern})$": _table(layout.section)}
    }


def _table(table: Shape) -> JsonSchema:
    schema = table.model.model_json_schema(schema_generator=_WithoutDefaults)
    return _inlined(schema, schema.pop("$defs", {}))


def _inlined(value: Any, definitions: JsonSchema) -> Any:
    """Return part of a schema with its references replaced by their definitions."""
    if isinstance(value, list):
        return [_inlined(item, definitions) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    entries = cast("JsonSchema", value)
    if "$ref" in entries:
        return _inlined(definitions[entries["$ref"].rpartition("/")[2]], definitions)
    return {key: _inlined(item, definitions) for key, item in entries.items()}
