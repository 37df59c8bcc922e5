"""A page's language: its sentences, and its formats for times and numbers.

Two pages of the same process may have different languages.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_time

from dashboard.translations.catalogues import (
    CATALOGUES,
    SOURCE,
    WITHOUT_CATALOGUE,
    Compiled,
    compile_catalogue,
    handbook_catalogue,
    packaged_catalogue,
)
from procedure.local_time import library_zone

_log = logging.getLogger(__name__)

THIN = "\u202f"
LENDING_STEP = "C1"  # the lending step's name in the source texts


@dataclass(slots=True)
class _Library:
    """The names of the system and the lending step, the library's languages, and made-up texts."""

    system: str = "Alma"
    lending_step: str = LENDING_STEP
    languages: tuple[str, ...] = ("fr", "en", "de")
    made_up: Mapping[str, str] = field(default_factory=dict[str, str])
    catalogues: Mapping[str, Compiled] = field(default_factory=dict[str, Compiled])


_library = _Library()


def use_library(system: str, languages: Iterable[str], folder: Path | None = None) -> None:
    """Set the library system's name and the languages for the texts of this process.

    This must be called at startup. The first language is the default. `folder` is the handbook's
    folder, which may contain catalogues for languages that are not packaged.
    """
    _library.system, _library.languages = system, tuple(languages)
    _library.lending_step = LENDING_STEP
    _library.catalogues = {} if folder is None else _of_handbook(folder, _library.languages)
    language.cache_clear()


def use_lending_step(key: str) -> None:
    """Set the name of the lending step in the texts of this process."""
    _library.lending_step = key


def _of_handbook(folder: Path, languages: Iterable[str]) -> dict[str, Compiled]:
    """Return a handbook's catalogues; log those that cannot be read."""
    catalogues: dict[str, Compiled] = {}
    for code in languages:
        path = handbook_catalogue(folder, code)
        if code in CATALOGUES or not path.exists():
            continue
        try:
            catalogues[code] = compile_catalogue(path)
        except (OSError, ValueError) as fault:
            _log.warning("%s: %s; pages are not offered in this language", path, fault)
    return catalogues


def translate_made_up(texts: Iterable[str]) -> None:
    """Have pages translate these French texts, which a demonstration attributes to people."""
    _library.made_up = {_on_one_line(text): text for text in texts}


def offered_languages() -> tuple[str, ...]:
    """Return the codes of the languages that the interface offers.

    These are the languages of the handbook's texts that have a catalogue. If no language has a
    catalogue, English is offered.
    """
    there = {*CATALOGUES, *_library.catalogues}
    known = tuple(code for code in _library.languages if code in there)
    return known or (WITHOUT_CATALOGUE,)


def offered_language(*wanted: str | None) -> "Language":
    """Return the first of these languages that is offered, or else the default."""
    offered = offered_languages()
    return language(next((code for code in wanted if code in offered), offered[0]))


def accepted_languages(header: str) -> list[str]:
    """Return the codes in `Accept-Language`, best first: `de-CH,en;q=0.8` gives de, en."""
    accepted = re.findall(r"([a-z]{2,3})(?:-\w+)*(?:\s*;\s*q=([01](?:\.\d+)?))?", header.lower())
    return [code for code, _ in sorted(accepted, key=lambda choice: -float(choice[1] or 1))]


def _naming(text: str) -> str:
    """Return text with the library's names for the system and for the lending step.

    The source texts call the system Alma. French elides the word before `Alma`: for Koha, `d’Alma`
    becomes `de Koha`.
    """
    text, system = text.replace(LENDING_STEP, _library.lending_step), _library.system
    if system == "Alma" or "Alma" not in text:
        return text
    if system[:1].lower() not in "aeiouéèêh":
        text = text.replace("’Alma", "e Alma")
    return text.replace("Alma", system)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())  # so that texts match even if their white space differs


def upper_first(text: str) -> str:
    """Return text with a capital first letter, for use on its own."""
    return text[:1].upper() + text[1:]


class Language:
    """A language of the interface, which translates sentences and formats times and numbers.

    Times are in the library's time zone on a 24-hour clock. A narrow no-break space joins a number
    and its unit.
    """

    def __init__(self, code: str) -> None:
        self.code = code
        self._catalogue, self.locale = _library.catalogues.get(code) or packaged_catalogue(code)

    @property
    def name(self) -> str:
        """The language's own name for itself: Deutsch, English, Français."""
        return upper_first(Locale.parse(self.code).get_display_name() or self.code)

    @property
    def offered(self) -> tuple[str, ...]:
        """The codes of the languages to choose from, the default first."""
        return offered_languages()

    @property
    def of_words(self) -> str:
        """The code of the language for the handbook's texts."""
        words = _library.languages
        return self.code if self.code in words else words[0]

    def say(self, text: str, **values: object) -> str:
        """Return the translation of a French sentence, with the values filled in."""
        translated = _naming(self._catalogue.gettext(text))
        return translated.format(**values) if values else translated

    def written(self, text: str) -> str:
        """Return text that a person wrote; only made-up texts are translated."""
        made_up = _library.made_up.get(_on_one_line(text))
        return text if made_up is None else self.say(made_up)

    @property
    def made_up(self) -> dict[str, str]:
        """The translations of the made-up texts, keyed by the original."""
        return {written: self.say(text) for written, text in _library.made_up.items()}

    def plural(self, one: str, many: str, count: int, **values: object) -> str:
        """Return the singular or plural for a count, with `{count}` grouped by thousands.

        French uses the singular for zero: 0 poste, 1 poste, 2 postes.
        """
        # The French catalogue is empty, so gettext would apply the English rule.
        french = one if abs(count) < 2 else many
        form = french if self.code == SOURCE else self._catalogue.ngettext(one, many, count)
        return _naming(form).format(count=self.number(count), **values)

    def clock(self, at: datetime, *, seconds: bool = False) -> str:
        """Return the local time of an aware datetime: 09:12, or 09:12:03."""
        return format_time(
            at.astimezone(library_zone()), "HH:mm:ss" if seconds else "HH:mm", locale=self.locale
        )

    def day(self, at: datetime, *, short: bool = False) -> str:
        """Return the local date of an aware datetime: mardi 24 novembre, or 24 nov."""
        return self._date(at, self.say("d MMM") if short else self.say("EEEE d MMMM"))

    def month(self, at: datetime) -> str:
        """Return the local month and year of an aware datetime: novembre 2026."""
        return format_date(at.astimezone(library_zone()).date(), "LLLL y", locale=self.locale)

    def weekday(self, at: datetime) -> str:
        """Return the local weekday (abbreviated) and day of an aware datetime: mar. 24."""
        return self._date(at, self.say("EEE d"))

    def _date(self, at: datetime, shape: str) -> str:
        """Return the local date in this format; French writes the first of a month as 1er."""
        day = at.astimezone(library_zone()).date()
        text = format_date(day, shape, locale=self.locale)
        is_ordinal = day.day == 1 and self.code == SOURCE
        return re.sub(r"(?<!\d)1(?!\d)", "1er", text) if is_ordinal else text

    def moment(self, at: datetime, now: datetime, *, short: bool = False) -> str:
        """Return the local time of an instant, with its date if that is not the date of `now`."""
        if _is_same_day(at, now):
            return self.clock(at)
        return self.say("{day}, {clock}", day=self.day(at, short=short), clock=self.clock(at))

    def when(self, at: datetime, now: datetime) -> str:
        """Return a time for use in a sentence: à 09:12 or, on another day, le 24 nov. à 09:12."""
        clock = self.say("à {at}", at=self.clock(at))
        if _is_same_day(at, now):
            return clock
        return self.say("le {day} {clock}", day=self.day(at, short=True), clock=clock)

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with this many decimals: 12 345,68, or 12,345.68, or 12’345.68."""
        # Babel's separators for Switzerland vary by version, so each catalogue gives its own.
        example = self.say("12\u202f345,68")
        marks = str.maketrans({",": example[2], ".": example[6]})
        return f"{value:,.{digits}f}".translate(marks)

    def percent(self, figure: str) -> str:
        """Return a number with the per cent sign: 99,16 %, or 99.16%."""
        return self.say("{share}\u202f%", share=figure)

    def milliseconds(self, value: float) -> str:
        """Return a latency: 61 ms, or 2,9 s if it is a second or more."""
        if value < 1000:
            return f"{round(value)}{THIN}ms"
        return f"{self.number(value / 1000, 1)}{THIN}s"

    def duration(self, length: timedelta) -> str:
        """Return a duration in its two largest units: 48 s, 38 min, 2 h 36, 3 j 4 h.

        The duration is rounded, as in the notebooks: 2:49:59 is shown as 2 h 50.
        """
        seconds = max(0, round(length.total_seconds()))
        if seconds < 60:
            return f"{seconds}{THIN}s"
        minutes = (seconds + 30) // 60
        if minutes < 60:
            return f"{minutes}{THIN}min"
        if minutes < 24 * 60:
            return f"{minutes // 60}{THIN}h{THIN}{minutes % 60:02d}"
        days, hours = divmod((minutes + 30) // 60, 24)
        return self.say("{days} j {hours} h", days=days, hours=hours)

    def between(self, begin: datetime, end: datetime) -> str:
        """Return the time between two instants, as read from a clock that shows no seconds.

        From 04:43 to 05:57, the result is 1 h 14, whatever the seconds. A time of less than a
        minute is exact.
        """
        return self.duration(shown_length(begin, end))

    def after_colon(self, sentence: str) -> str:
        """Return a sentence to follow a colon, with its first letter in lower case.

        If a catalogue translates `minuscule` as `capital`, the letter is not changed. In German,
        for example, the sentence may begin with a noun.
        """
        capital = self.say("minuscule") == "capital"
        return sentence if capital else sentence[:1].lower() + sentence[1:]

    def ago(self, length: timedelta) -> str:
        """Return an age, for example "il y a 12 s"."""
        return self.say("il y a {age}", age=self.duration(length))


def shown_length(begin: datetime, end: datetime) -> timedelta:
    """Return the time between two instants truncated to the minute; less than a minute is exact."""
    if end - begin < timedelta(minutes=1):
        return end - begin
    return _cut_to_minute(end) - _cut_to_minute(begin)


def _is_same_day(at: datetime, other: datetime) -> bool:
    return at.astimezone(library_zone()).date() == other.astimezone(library_zone()).date()


def _cut_to_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


@cache
def language(code: str) -> Language:
    """Return the language with this code; each language is created only once."""
    return Language(code)
