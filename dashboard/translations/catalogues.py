"""The interface's translation catalogues: those packaged with Relais, and a handbook's own.

A handbook's catalogue may be incomplete: a sentence is shown in French if its translation is
missing, or has different tags or names in braces.
"""

import gettext
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.numbers import format_decimal

HERE = Path(__file__).resolve().parent
SOURCE = "fr"
CATALOGUES = (SOURCE, *sorted(path.stem for path in HERE.glob("*.po")))
# The language used if none of the handbook's languages has a catalogue; new catalogues show its
# sentences to translators.
WITHOUT_CATALOGUE = "en"
_SOURCE_LOCALE = "fr_CH"  # a catalogue names its own language in the `Language` header
_HEADER = (
    "# Sentences without a translation are shown in French. Keep the names in braces, and <tags>."
)
_NAMED = re.compile(r"\{[^}]*\}|<[^>]+>")
_NUMBER = "12\u202f345,68"  # its separators have fixed positions; see `Language.number`
_DATES = {
    "EEEE d MMMM": "MMMMEEEEd",
    "d MMM": "MMMd",
    "EEE d": "Ed",
}  # the French formats -> their names in the CLDR

Compiled = tuple[gettext.NullTranslations, Locale]


@dataclass(frozen=True, slots=True)
class CatalogueCheck:
    """The result of a check: the numbers of sentences and missing translations, and the faults.

    `unlike` holds the French sentences whose translation has different tags or names in braces;
    `fault` is the reason the catalogue cannot be read, or empty.
    """

    sentences: int
    missing: int = 0
    unlike: tuple[str, ...] = ()
    fault: str = ""


def handbook_catalogue(folder: Path, code: str) -> Path:
    """Return the path of a language's catalogue in a handbook's folder."""
    return folder / "translations" / f"{code}.po"


@cache
def packaged_catalogue(code: str) -> Compiled:
    """Return a packaged language's catalogue, and the locale for its numbers and dates.

    The catalogue of the source language is empty.
    """
    if code == SOURCE:
        return gettext.NullTranslations(), Locale.parse(_SOURCE_LOCALE)
    return compile_catalogue(HERE / f"{code}.po")


def compile_catalogue(path: Path) -> Compiled:
    """Return a file's catalogue and locale, dropping translations with wrong names or tags.

    Raises:
        OSError: the file cannot be opened.
        ValueError: it is not a catalogue, or its language is unknown.
    """
    messages = _read(path)
    for message in list(messages):
        if message.id and _is_unlike(message):
            messages.delete(message.id)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled), Locale.parse(str(messages.locale))


def check_catalogue(path: Path) -> CatalogueCheck:
    """Check a catalogue against the interface's sentences."""
    sentences = _packaged()
    try:
        there = _read(path)
        compile_catalogue(path)
    except (OSError, ValueError) as fault:
        return CatalogueCheck(len(sentences), fault=str(fault) or type(fault).__name__)
    found = [there.get(message.id) for message in sentences if message.id]
    translated = [
        message for message in found if message is not None and all(_forms(message.string))
    ]
    unlike = tuple(_forms(message.id)[0] for message in translated if _is_unlike(message))
    return CatalogueCheck(len(found), len(found) - len(translated), unlike)


def new_catalogue(locale: Locale, path: Path) -> bytes:
    """Return a catalogue with all sentences of the interface, each below its English translation.

    Existing translations in the file at `path` are kept; the formats of dates and numbers come from
    the locale.

    Raises:
        OSError, ValueError: the existing file cannot be read.
    """
    made = Catalog(locale, header_comment=_HEADER, project="Relais", fuzzy=False)
    earlier = Catalog()
    if path.exists():
        earlier = _read(path)
        # Another version of Babel may define a different number of plural forms for the language;
        # all earlier plurals would then count as missing.
        made.mime_headers = [("Plural-Forms", earlier.plural_forms)]
    formats = _formats(locale)
    for message in _packaged():
        if not message.id:
            continue
        known = earlier.get(message.id)
        text = (known and known.string) or formats.get(_forms(message.id)[0], "")
        made.add(message.id, text, user_comments=_forms(message.string))
    written = BytesIO()
    write_po(written, made, width=0)
    return written.getvalue()


def _packaged() -> Catalog:
    return _read(HERE / f"{WITHOUT_CATALOGUE}.po")


def _read(path: Path) -> Catalog:
    try:
        with path.open("rb") as source:
            messages = read_po(source, abort_invalid=True)
        messages.locale = Locale.parse(str(messages.locale or path.stem))
    except OSError:
        raise
    except Exception as fault:  # Babel raises many types of errors, for headers and for lines
        raise ValueError(f"is not a catalogue: {fault}") from fault
    return messages


def _forms(text: str | Iterable[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ())


def _is_unlike(message: Message) -> bool:
    """Return whether names in braces or tags differ between a translation and its original."""
    translated = _forms(message.string)
    if not all(translated):
        return False
    if message.id == _NUMBER:
        return len(translated[0]) != len(_NUMBER)
    names, given = ({*_NAMED.findall("".join(each))} for each in (_forms(message.id), translated))
    return names != given or any(form.count("{") != form.count("}") for form in translated)


def _formats(locale: Locale) -> dict[str, str]:
    """Return a language's formats for dates and numbers, keyed by the French formats."""
    known = locale.datetime_skeletons
    dates = {french: known[name].pattern for french, name in _DATES.items() if name in known}
    return dates | {_NUMBER: format_decimal(12345.68, locale=locale)}
