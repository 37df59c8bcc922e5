"""A handbook file while it is being read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from procedure.errors import Fault
from procedure.handbook.shape import Entries, Shape, message
from procedure.handbook.spelling import KeyRule, to_ascii


@dataclass(frozen=True, slots=True)
class SectionedFile:
    """The rules for a file's sections: their keys, their entries, and the entries above them."""

    key: KeyRule
    section: Shape
    head: Shape = field(default_factory=Shape)


@dataclass(slots=True)
class Page:
    """A handbook file, with the faults found in it so far.

    `content` is None if the file could not be read; its keys are then unknown, not absent.
    `meant_keys` maps misspelt section keys to the correct keys.
    """

    file: str
    content: Mapping[str, object] | None
    faults: list[Fault] = field(default_factory=list[Fault])
    meant_keys: dict[str, str] = field(default_factory=dict[str, str])
    _sections: tuple[str, ...] = ()

    def fault(
        self, key: str, message: str, *, fix: str | None = None, unless: Sequence[str] = ()
    ) -> None:
        """Add a fault, unless one of the keys in `unless` is invalid."""
        if all(map(self.is_valid, unless)):
            self.faults.append(Fault(self.file, key, message, fix=fix))

    def is_valid(self, key: str) -> bool:
        """Return whether an entry is valid, including everything in it.

        For a section (a key without a dot), faults in its entries are ignored.
        """
        below = (f"{key}.", f"{key}[") if "." in key else f"{key}["
        return not any(fault.key == key or fault.key.startswith(below) for fault in self.faults)

    def is_complete(self, section: str) -> bool:
        """Return whether a section is valid, including its entries."""
        return not any(fault.key.split(".")[0] == section for fault in self.faults)

    def read(self, layout: SectionedFile) -> tuple[Entries, dict[str, Entries]]:
        """Return the valid entries above and in the sections; add faults for invalid entries."""
        above, content = layout.head.rules, self.content or {}
        plain = {
            key: value
            for key, value in content.items()
            if key in above or not isinstance(value, dict)
        }
        lost = next((key for key in plain if key in layout.section.rules and key not in above), "")
        if lost:
            # The key's section has no header, so it is unknown which sections the file has.
            self.fault(lost, "is above the first [section]; move it into its own section")
            self.content = None
        if self.content is None:
            return {}, {}
        self._sections = tuple(key for key in content if key not in plain)
        sections = dict[str, Entries]()
        for key in self._sections:
            if wrong := layout.key.fault(key):
                self.fault(key, wrong)
            sections[self._meant(key)] = self.table(key, content[key], layout.section)
        return self.table("", plain, layout.head), sections

    def table(self, place: str, value: object, table: Shape) -> Entries:
        """Return the valid entries of a table, and add faults for invalid entries."""
        if value is None:
            return {}
        entries, errors = table.read(value)
        for error in errors:
            self.fault(_written(place, value, error["loc"]), message(error))
        return entries

    @property
    def keys(self) -> tuple[str, ...] | None:
        """The corrected keys of the sections, or None if the file could not be read."""
        return None if self.content is None else tuple(map(self._meant, self._sections))

    def _meant(self, key: str) -> str:
        # References use the correct key, so a misspelt one would cause further faults.
        if key in self.meant_keys:
            return self.meant_keys[key]
        plain = to_ascii(key)
        return plain if plain and plain not in (self.content or {}) else key


def _written(place: str, value: object, location: Sequence[str | int]) -> str:
    """Return the path of an entry as messages show it, such as `front.telephones[1].shown`."""
    for part in location:
        if isinstance(part, str) and part != "[key]":
            place = f"{place}.{part}" if place else part
            value = cast("Entries", value).get(part) if isinstance(value, dict) else None
        elif isinstance(part, int) and isinstance(value, list):
            place, value = f"{place}[{part + 1}]", cast("list[object]", value)[part]
    return place
