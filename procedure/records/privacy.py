"""How frames show people: pseudonyms in place of identifiers, and coarser values on request."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Literal

from procedure.frames.loan_frames import pseudonyms
from procedure.pandas_types import Frame, Values

IDENTIFIERS = ("patron", "operator")
Coarse = Literal["items", "workstations", "times"]
# The columns that contain each identifier.
_COLUMNS = {"patron": ("patron",), "operator": ("operator", "owner", "done_by")}
_COARSE_COLUMNS = {"items": "item", "workstations": "workstation"}


@dataclass(frozen=True, slots=True)
class Privacy:
    """How identifiers are shown.

    - `unlocked`: which of `IDENTIFIERS` are shown as they are.
    - `coarse`: the values to make coarser: `items` and `workstations` become pseudonyms, and
      `times` are rounded down to the hour.
    - `key` (at most 32 bytes): see `procedure.frames.pseudonyms`. By default, each object has a key
      of its own, so pseudonyms made by two objects cannot be joined.
    """

    unlocked: Collection[str] = ()
    coarse: Collection[Coarse] = ()
    key: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def __post_init__(self) -> None:
        for given, known in ((self.unlocked, IDENTIFIERS), (self.coarse, _COARSE)):
            unknown = sorted(set(given) - set(known))
            if unknown:
                raise ValueError(f"{unknown[0]!r} is not one of {', '.join(known)}")

    def protect(self, frame: Frame) -> Frame:
        """Return a frame about people's actions with private values replaced."""
        locked = [name for name in IDENTIFIERS if name not in self.unlocked]
        hidden = [column for name in locked for column in _COLUMNS[name]]
        hidden += [_COARSE_COLUMNS[what] for what in self.coarse if what in _COARSE_COLUMNS]
        changed: dict[str, Values] = {
            name: self._pseudonyms(frame[name]) for name in hidden if name in frame
        }
        if "times" in self.coarse:
            instants = frame.select_dtypes("datetimetz")
            changed |= {name: instants[name].dt.floor("h") for name in instants}
        return frame.assign(**changed)

    def _pseudonyms(self, column: Values) -> Values:
        known = column.notna() & (column != "")
        hidden = column.copy()
        hidden[known] = pseudonyms(column[known], key=self.key)
        return hidden


_COARSE = ("items", "workstations", "times")
