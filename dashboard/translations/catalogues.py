"""The catalogues of the interface, each compiled in memory from its `.po` file."""

from __future__ import annotations

import gettext
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HERE = Path(__file__).resolve().parent
SOURCE = "fr"
CATALOGUES = (SOURCE, *sorted(path.stem for path in HERE.glob("*.po")))
# The interface beside a handbook whose languages have no catalogue.
WITHOUT_CATALOGUE = "en"
_SOURCE_LOCALE = "fr_CH"  # a catalogue names its own, in the header `Language`


@cache
def catalogue(code: str) -> tuple[gettext.NullTranslations, Locale]:
    """Return a language's compiled catalogue, and the locale for its figures and dates.

    The catalogue of the source language is empty.
    """
    if code == SOURCE:
        return gettext.NullTranslations(), Locale.parse(_SOURCE_LOCALE)
    with (HERE / f"{code}.po").open("rb") as source:
        messages = read_po(source)
    compiled = BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled), messages.locale or Locale.parse(code)
