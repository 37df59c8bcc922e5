"""The weekly hours of contacts and desks, in local time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OtherHours:
    """Different hours on some weekdays (Monday is 1), as local times `HH:MM`."""

    weekdays: tuple[int, ...]
    opens: str
    closes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """The days and hours of the week when somebody is there.

    - `weekdays`: ISO numbers (Monday is 1); empty if the handbook does not say.
    - `opens`, `closes`: local times `HH:MM`, or None if the handbook does not say; `other_hours`
      take precedence on their weekdays.
    """

    weekdays: tuple[int, ...] = ()
    opens: str | None = None
    closes: str | None = None
    other_hours: tuple[OtherHours, ...] = ()

    @property
    def hours_known(self) -> bool:
        return bool(self.days)

    @property
    def days(self) -> tuple[int, ...]:
        """The weekdays with opening hours."""
        others = {day for hours in self.other_hours for day in hours.weekdays}
        return tuple(sorted({*self.weekdays, *others}))

    def hours_on(self, weekday: int) -> tuple[str | None, str | None]:
        """Return the opening and closing times on one of `days`.

        Each is None if the handbook does not say.
        """
        for hours in self.other_hours:
            if weekday in hours.weekdays:
                return hours.opens, hours.closes
        return self.opens, self.closes
