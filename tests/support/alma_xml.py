"""Lets the simulated Alma read and write XML, for clients other than Relais.

`procedure.simulation.alma` explains the marks [C], [D] and [I].
"""

import re
from collections.abc import Mapping
from typing import Any, cast
from xml.etree import ElementTree as ET
from xml.parsers.expat import ExpatError, ParserCreate

from procedure.simulation.alma.refusals import ApiRefusal
from procedure.simulation.alma.shapes import JsonBodies

XML = "application/xml;charset=UTF-8"
# [C: almapiwrapper] The namespace of errors; records have none.
_ERROR = "http://com/exlibris/urm/general/xmlbeans"
# The characters that XML 1.0 does not allow.
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CODED = frozenset({"value", "desc", "link"})
_ATTRIBUTES = frozenset({"total_record_count", "total_sum", "currency", "link"})


class XmlOrJsonBodies(JsonBodies):
    """Reads XML and JSON; answers in XML unless `Accept` or `format=json` asks for JSON [D]."""

    def read(self, content: bytes, content_type: str) -> Mapping[str, Any]:
        """Return the fields of a JSON or XML body; an empty body has no fields.

        Raises:
            ApiRefusal: the body is neither JSON nor XML (code 401652, which is not published [I]).
        """
        is_xml = "xml" in content_type.lower() or content.lstrip().startswith(b"<")
        if not content.strip() or not is_xml:
            return super().read(content, content_type)
        try:
            return _fields(content)
        except (ValueError, ExpatError):
            raise ApiRefusal("401652") from None

    def write(
        self, body: Mapping[str, Any], root: str, accept: str, query_format: str
    ) -> tuple[str, str]:
        """Return the content type and the text; Alma answers `Accept: */*` in XML [C: almapy]."""
        if query_format.lower() == "json" or "json" in accept.lower():
            return super().write(body, root, accept, query_format)
        element = _element(root, body)
        if root == "web_service_result":
            element.set("xmlns", _ERROR)
        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        return XML, head + ET.tostring(element, encoding="unicode")


def _element(name: str, value: object) -> ET.Element:
    """Convert a value to XML.

    A coded value keeps its description as an attribute. A list gets a plural parent element, unless
    it contains the records of a paged answer or the errors of a refusal.
    """
    element = ET.Element(name)
    if not isinstance(value, Mapping):
        element.text = _text(value)
        return element
    fields = cast("Mapping[str, object]", value)
    if "value" in fields and set(fields) <= _CODED:
        element.text = _text(fields["value"])
        attributes = {key: _text(fields[key]) for key in ("desc", "link") if key in fields}
        element.attrib.update(attributes)
        return element
    is_list = "total_record_count" in fields or name == "errorList"
    for key, field in fields.items():
        if key in _ATTRIBUTES:
            element.set(key, _text(field))
        elif isinstance(field, list):
            inside = element if is_list else ET.SubElement(element, f"{key}s")
            inside.extend(_element(key, entry) for entry in cast("list[object]", field))
        elif field is not None:
            element.append(_element(key, field))
    return element


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _UNFIT.sub("\ufffd", str(value))


def _fields(content: bytes) -> dict[str, str]:
    """Return the text of each element, keyed by name; refuse a document type declaration."""
    fields: dict[str, str] = {}
    path: list[str] = []

    def start(name: str, attributes: Mapping[str, str]) -> None:
        del attributes
        path.append(name)

    def text(piece: str) -> None:
        if piece.strip():
            fields[path[-1]] = fields.get(path[-1], "") + piece

    def end(name: str) -> None:
        del name
        path.pop()

    def declared(*_: object) -> None:
        raise ValueError("a document type declaration is not accepted")

    parser = ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, declared
    parser.Parse(content, True)
    return fields
