"""Parses instants, and formats instants and durations."""

from datetime import UTC, datetime, timedelta

import click

from procedure.local_time import instants, local

YEARS = range(1970, 2101)


class Instant(click.ParamType):
    """The type of an option or argument that is an ISO date or time.

    A date without a time means midnight, and a time without an offset is local.
    """

    name = "instant"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return the instant in UTC; for an ambiguous local time, return the earlier instant."""
        if isinstance(value, datetime):
            return value
        try:
            given = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(
                f"{value!r} is not a date or time; use 2026-11-24 or 2026-11-24T09:12", param, ctx
            )
        if given.year not in YEARS:
            self.fail(f"{value} is not between the years 1970 and 2100", param, ctx)
        if given.tzinfo is not None:
            return given.astimezone(UTC)
        candidates = instants(given)
        if not candidates:
            self.fail(f"{value} was skipped when the clocks changed; give another time", param, ctx)
        return candidates[0]


def check_span(since: datetime | None, until: datetime | None) -> None:
    """Refuse a period that ends before it begins; if `until` is None, it ends now.

    Raises:
        click.BadParameter: the period ends before it begins.
    """
    if since is not None and since > (until or datetime.now(UTC)):
        end = "now" if until is None else f"--until, {format_local(until)}"
        raise click.BadParameter(f"{format_local(since)} is after {end}", param_hint="--since")


def format_local(at: datetime | None) -> str:
    """Format an instant in the library's time zone, to the minute; return a dash for None."""
    return "-" if at is None else f"{local(at):%Y-%m-%d %H:%M}"


def format_utc(at: datetime | None) -> str | None:
    """Format an instant as ISO text in UTC, for JSON; return None for None."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def format_duration(lasted: timedelta) -> str:
    """Format a duration in days and hours, hours and minutes, minutes, or seconds."""
    seconds = round(lasted.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60 % 60, seconds // 3600 % 24, seconds // 86400
    parts = [f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min"))]
    first = 0 if days else 1 if hours else 2
    return " ".join(parts[first : first + 2])
