"""What the library is: `library.toml`, read into `LibrarySettings`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from procedure.handbook.fields import text, texts
from procedure.handbook.spelling import suggest_known
from procedure.handbook.table_reader import Field, Page, Shape
from procedure.local_time import USUAL_ZONE, zone_named

FILE = "library.toml"
# What a handbook from before this file says by it.
EARLIER = """\
system = "Alma"
zone = "Europe/Zurich"
holidays = "CH-GE"
languages = ["fr", "en"]
"""
_LANGUAGE = re.compile(r"[a-z]{2,3}")


@dataclass(frozen=True, slots=True)
class LibrarySettings:
    """The name of the library system, the time zone, the holidays, the languages of the words.

    `holidays` is a country and perhaps a part of it (`CH-GE`), empty where no day is one.
    `languages` are codes, the usual one first.
    """

    system: str = "Alma"
    zone: ZoneInfo = USUAL_ZONE
    holidays: str = "CH-GE"
    languages: tuple[str, ...] = ("fr", "en")


def time_zone(value: object) -> ZoneInfo:
    """Return a time zone by its name."""
    name = text(value)
    zone = zone_named(name)
    if zone is None:
        raise ValueError(f'"{name}" is not a time zone; write one like "Europe/Zurich"')
    return zone


def holiday_region(value: object) -> str:
    """Return a country, or a country and a part of it, whose public holidays are known."""
    if value == "":
        return ""
    region = text(value)
    # Imported here: every command reads the settings, and few need the countries.
    import holidays  # noqa: PLC0415

    countries: Mapping[str, list[str]] = holidays.list_supported_countries()
    country, _, part = region.partition("-")
    if country not in countries:
        raise ValueError(f'"{country}" is no country here; write its two letters, as in "CH-GE"')
    if part and part not in countries[country]:
        raise ValueError(
            f'"{part}" is no part of {country}; {suggest_known("", countries[country])}'
        )
    return region


def languages(value: object) -> tuple[str, ...]:
    """Return the codes of languages, each once."""
    codes = texts(value)
    if not codes:
        raise ValueError("is empty; name at least one language, the file of whose words is there")
    wrong = next((code for code in codes if not _LANGUAGE.fullmatch(code)), None)
    if wrong is not None:
        raise ValueError(f'"{wrong}" is no code of a language; write one like "fr"')
    return tuple(dict.fromkeys(codes))


LIBRARY: Shape = {
    "system": Field(text, required=True),
    "zone": Field(time_zone, required=True),
    "holidays": Field(holiday_region, required=True),
    "languages": Field(languages, required=True),
}


def read_library(page: Page) -> LibrarySettings:
    """Return the settings; what cannot be read becomes a fault and keeps its default."""
    if page.content is None:
        return LibrarySettings()
    return LibrarySettings(**page.table("", dict(page.content), LIBRARY))
