"""`relais language new`: writes a catalogue and the handbook's words for translation."""

import re
from pathlib import Path

import click
from babel import Locale, UnknownLocaleError

from dashboard.settings import PACKAGED_HANDBOOK, Settings
from dashboard.translations.catalogues import (
    CATALOGUES,
    check_catalogue,
    handbook_catalogue,
    new_catalogue,
)
from procedure.handbook.fields import FILL_IN
from procedure.handbook.model import words_file
from procedure.io.atomic_files import write_atomically
from procedure.io.handbook_files import load_library

_TEXT = re.compile(r'"(?!")((?:[^"\\]|\\.)+)"')


@click.group()
def language() -> None:
    """Offer the page in a language that Relais does not include.

    Example: `relais language new it ours`.
    """


@language.command()
@click.argument("code")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
def new(code: str, folder: Path | None) -> None:
    """Write the texts to translate.

    DIR is the handbook, CODE the language (it, or it_CH). The command writes translations/it.po
    with every sentence of the page and its English, and words/it.toml if it is missing. Existing
    translations in translations/it.po are kept: after an upgrade of Relais the same command adds
    the new sentences.

    Example: `relais language new it ours`.
    """
    locale = _locale(code)
    folder = folder or Settings.from_env().handbook
    if locale.language in CATALOGUES:
        raise click.BadParameter(f"{locale.language} is in Relais already", param_hint="CODE")
    if folder.resolve() == PACKAGED_HANDBOOK or not (folder / "library.toml").exists():
        raise click.BadParameter("name the folder of your own handbook", param_hint="DIR")
    path = handbook_catalogue(folder, locale.language)
    try:
        catalogue = new_catalogue(locale, path)
    except ValueError as fault:
        raise click.ClickException(f"{path}: {fault}") from None
    path.parent.mkdir(exist_ok=True)
    write_atomically(path, catalogue)
    checked = check_catalogue(path)
    click.echo(f"{path}: {checked.missing} of {checked.sentences} sentences to translate.")
    _write_words(folder, locale.language)
    if locale.language not in load_library(folder).languages:
        click.echo(f'Then add "{locale.language}" to the languages of {folder / "library.toml"}.')
    click.echo(f"What is left: relais check {folder}")


def _locale(code: str) -> Locale:
    try:
        return Locale.parse(code)
    except (ValueError, UnknownLocaleError):
        raise click.BadParameter(
            "not the code of a language; for example it", param_hint="CODE"
        ) from None


def _write_words(folder: Path, code: str) -> None:
    """Write the default language's words, marked as not filled in, unless the file exists.

    `relais check` lists the words that are left, once the handbook includes the language.
    """
    words = folder / words_file(code)
    usual = folder / words_file(load_library(folder).languages[0])
    if words.exists() or not usual.exists():
        return
    lines = usual.read_text("utf-8-sig").splitlines(keepends=True)
    marked = (
        line if line.startswith(("#", "[")) else _TEXT.sub(rf'"{FILL_IN} \1"', line)
        for line in lines
    )
    write_atomically(words, "".join(marked).encode())
    click.echo(f"{words}: the words of {usual.name} to translate.")
