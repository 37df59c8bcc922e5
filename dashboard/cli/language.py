"""`relais language new`: writes the files with the texts to translate."""

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
    """Translate Relais into another language.

    Example: `relais language new it ours`.
    """


@language.command()
@click.argument("code")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
def new(code: str, folder: Path | None) -> None:
    """Write the files with the texts to translate.

    DIR is the folder of the handbook, and CODE is the language, such as it or it_CH. For Italian,
    the command writes translations/it.po, with all texts of the interface in French and English.
    Unless there is a words/it.toml, it also writes that file, with the handbook's texts.
    Translations in an existing translations/it.po are kept: after an upgrade of Relais, run the
    command again to add new texts.

    Example: `relais language new it ours`.
    """
    locale = _locale(code)
    folder = folder or Settings.from_env().handbook
    if locale.language in CATALOGUES:
        raise click.BadParameter(f"{locale.language} is already part of Relais", param_hint="CODE")
    if folder.resolve() == PACKAGED_HANDBOOK or not (folder / "library.toml").exists():
        raise click.BadParameter("give the folder of your own handbook", param_hint="DIR")
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
        click.echo(f'Then add "{locale.language}" to the languages in {folder / "library.toml"}.')
    click.echo(f"To see what is left: relais check {folder}")


def _locale(code: str) -> Locale:
    try:
        return Locale.parse(code)
    except (ValueError, UnknownLocaleError):
        raise click.BadParameter(
            "not a language code; use one such as 'it' or 'it_CH'", param_hint="CODE"
        ) from None


def _write_words(folder: Path, code: str) -> None:
    """Write the handbook's texts in its first language, marked FILL IN, unless the file exists."""
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
    click.echo(f"{words}: copied from {usual.name}, to be translated.")
