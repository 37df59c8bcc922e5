"""The weekly hours of a contact or a desk, as the handbook gives them in local time."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OtherHours:
    """The hours of some weekdays (Monday is 1), as local times `HH:MM`."""

    weekdays: tuple[int, ...]
    opens: str
    closes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """The days and hours of a week on which somebody is there.

    - `weekdays`: ISO numbers (Monday is 1), empty if the handbook does not say.
    - `opens`, `closes`: local times `HH:MM`, None if the handbook gives none; `other_hours` replace
      them on their weekdays.
    """

    weekdays: tuple[int, ...] = ()
    opens: str | None = None
    closes: str | None = None
    other_hours: tuple[OtherHours, ...] = ()

    @property
    def hours_known(self) -> bool:
        """Whether the handbook gives any day."""
        return bool(self.days)

    @property
    def days(self) -> tuple[int, ...]:
        """Every weekday on which somebody is there."""
        others = {day for hours in self.other_hours for day in hours.weekdays}
        return tuple(sorted({*self.weekdays, *others}))

    def hours_on(self, weekday: int) -> tuple[str | None, str | None]:
        """Return the times between which somebody is there on one of these weekdays."""
        for hours in self.other_hours:
            if weekday in hours.weekdays:
                return hours.opens, hours.closes
        return self.opens, self.closes
