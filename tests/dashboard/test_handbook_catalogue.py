"""A library translates part of the interface into Italian, as in docs/your-library.md."""

import logging
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po

from dashboard.core.context import AppContext
from dashboard.core.library_settings import apply_library_settings
from dashboard.core.session import Session
from dashboard.desk.bundle import bundle
from dashboard.desk.content import desk_content
from dashboard.desk.one_file import one_file
from dashboard.loans.loans import LendingState
from dashboard.loans.loans_page import LoansPage
from dashboard.translations import language, offered_languages
from dashboard.translations.catalogues import check_catalogue
from dashboard.translations.languages import use_lending_step
from dashboard.ui.live_html import LiveHTML
from procedure.handbook.library import LibrarySettings
from procedure.handbook.model import Handbook
from procedure.io.handbook_files import load_handbook
from tests.support.cli import run_relais
from tests.support.handbooks import SMALL
from tests.support.page_models import outage_of

AT = datetime(2026, 11, 24, 8, 12, 3, tzinfo=UTC)
# The Italian translation of each French sentence; a plural has both forms.
TRANSLATED: dict[str, str | tuple[str, str]] = {
    "Guide": "Guida",
    "Journal des prêts": "Registro dei prestiti",
    "Alma ne répond plus depuis {since}.": "Alma non risponde più dalle {since}.",
    "{day}, {clock}": "{clock} di {day}",
    "Serveur injoignable depuis {time}.": "Server irraggiungibile dalle {time}.",
    "Choisir le guichet": "Scegliere lo sportello",
    "Cette page a besoin de JavaScript. La procédure sur papier reste valable.": (
        "Questa pagina ha bisogno di JavaScript. La procedura su carta resta valida."
    ),
    "C1 est en vigueur.": "C1 è in vigore.",
    "12\u202f345,68": "12’345.68",
    "EEEE d MMMM": "EEEE d MMMM",
    "d MMM": "d MMM",
    "{count} prêt": ("{count} prestito", "{count} prestiti"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a library's own handbook, with some sentences translated into Italian."""
    folder = shutil.copytree(SMALL, tmp_path / "library")
    assert run_relais("language", "new", "it_CH", folder).exit_code == 0
    path = folder / "translations" / "it.po"
    catalogue = read_po(BytesIO(path.read_bytes()))
    for sentence, text in TRANSLATED.items():
        catalogue[sentence].string = text
    with path.open("wb") as written:
        write_po(written, catalogue, width=0)
    shutil.copy(folder / "words" / "fr.toml", folder / "words" / "it.toml")
    settings = folder / "library.toml"
    settings.write_text(
        settings.read_text("utf-8").replace('["fr", "en"]', '["it", "fr"]'), "utf-8"
    )
    return folder


@pytest.fixture
def italian(folder: Path) -> Iterator[Handbook]:
    handbook = load_handbook(folder)
    apply_library_settings(handbook.library, folder)
    yield handbook
    apply_library_settings(LibrarySettings())


def ours(folder: Path, *changes: tuple[str, str]) -> Path:
    """Change the catalogue in the folder; return the folder."""
    path = folder / "translations" / "it.po"
    text = path.read_text("utf-8")
    for before, after in changes:
        assert text.count(before) == 1
        text = text.replace(before, after)
    path.write_text(text, "utf-8")
    return folder


def test_loans_page_is_in_italian(context: AppContext, italian: Handbook) -> None:
    context.handbook.current = italian
    shown = context.language_for("it")
    assert (shown.code, shown.name, offered_languages()) == ("it", "Italiano", ("it", "fr"))
    lending = LendingState(
        context=context, session=Session(desk="MAIN", page="loans", language="it")
    )
    outage = outage_of(context, lending.session)
    page = LoansPage(lending=lending, outage=outage, language=shown).__panel__()
    html = " ".join(view.html for view in page.select(LiveHTML))
    assert "Registro dei prestiti" in html
    assert "Journal des prêts" not in html


def test_earlier_day_follows_its_time_in_italian(italian: Handbook) -> None:
    """`dalle` precedes only a time, never a day."""
    shown = language("it")
    said = "Alma ne répond plus depuis {since}."
    today, later = (shown.moment(AT, AT + timedelta(hours=hours)) for hours in (1, 30))
    assert shown.say(said, since=today) == "Alma non risponde più dalle 09:12."
    assert (
        shown.say(said, since=later) == "Alma non risponde più dalle 09:12 di martedì 24 novembre."
    )


def test_desk_page_and_file_are_in_italian(italian: Handbook) -> None:
    content = desk_content(italian, "1")
    page = content["languages"]["it"]
    assert "Scegliere lo sportello" in page["page"]
    assert content["slips"]["it"]["key"] == "I"
    without_script = "Questa pagina ha bisogno di JavaScript."
    assert without_script in bundle(italian).files["index.html"].plain.decode()
    assert without_script in one_file(italian, AT).decode()


@pytest.mark.usefixtures("italian")
def test_dates_figures_and_counts_are_in_italian() -> None:
    shown = language("it")
    assert (shown.day(AT), shown.day(AT, short=True)) == ("martedì 24 novembre", "24 nov")
    assert shown.number(12345.678, 2) == "12’345.68"
    prestiti = [shown.plural("{count} prêt", "{count} prêts", count) for count in (0, 1, 2)]
    assert prestiti == ["0 prestiti", "1 prestito", "2 prestiti"]


@pytest.mark.usefixtures("italian")
def test_lending_step_is_named_as_the_handbook_does_in_italian() -> None:
    use_lending_step("PRESTITO")
    assert language("it").say("C1 est en vigueur.").startswith("PRESTITO ")


@pytest.mark.usefixtures("italian")
def test_missing_or_unusable_translations_fall_back_to_french(folder: Path) -> None:
    whole = check_catalogue(folder / "translations" / "it.po")
    ours(
        folder,
        ('msgstr "Guida"', 'msgstr ""'),
        ('msgstr "Server irraggiungibile dalle {time}."', 'msgstr "Dalle {ora}."'),
        ('msgstr "12’345.68"', 'msgstr "12"'),
    )
    apply_library_settings(load_handbook(folder).library, folder)
    shown = language("it")
    assert shown.say("Guide") == "Guide"
    assert shown.say("Serveur injoignable depuis {time}.", time="9") == (
        "Serveur injoignable depuis 9."
    )
    assert shown.number(1.5, 1) == "1,5"
    changed = check_catalogue(folder / "translations" / "it.po")
    assert changed.missing == whole.missing + 1
    assert changed.unlike == ("12\u202f345,68", "Serveur injoignable depuis {time}.")
    lines = run_relais("check", folder).output.splitlines()
    assert lines[-3:] == [
        f"  translations/it.po: {whole.sentences} sentences, {changed.missing} shown in French",
        *(
            "  translations/it.po: braces or tags differ from the French, "
            f"so the French is shown instead: {sentence}"
            for sentence in changed.unlike
        ),
    ]


@pytest.mark.usefixtures("italian")
def test_unreadable_catalogue_is_named_and_its_language_not_offered(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    ours(folder, ('msgid "Guide"', "Guide"))
    with caplog.at_level(logging.WARNING):
        apply_library_settings(load_handbook(folder).library, folder)
    assert offered_languages() == ("fr",)
    assert "it.po: is not a catalogue: " in caplog.text
    assert "  translations/it.po is not a catalogue: " in run_relais("check", folder).output


def test_language_new_writes_everything_to_translate(tmp_path: Path) -> None:
    folder = shutil.copytree(SMALL, tmp_path / "ours")
    made = run_relais("language", "new", "it_CH", folder)
    catalogue, words = folder / "translations" / "it.po", folder / "words" / "it.toml"
    checked = check_catalogue(catalogue)
    assert (made.exit_code, made.output.splitlines()) == (
        0,
        [
            f"{catalogue}: {checked.missing} of {checked.sentences} sentences to translate.",
            f"{words}: copied from fr.toml, to be translated.",
            f'Then add "it" to the languages in {folder / "library.toml"}.',
            f"To see what is left: relais check {folder}",
        ],
    )
    not_used = '  translations/it.po is not used: add "it" to the languages in library.toml'
    assert not_used in run_relais("check", folder).output.splitlines()
    settings = folder / "library.toml"
    settings.write_text(settings.read_text("utf-8").replace('"fr", ', '"fr", "it", '), "utf-8")
    left = run_relais("check", folder)
    assert left.exit_code == 1
    assert left.output.count(": is not filled in: write ") == words.read_text("utf-8").count(
        '"FILL IN '
    )


def test_language_new_keeps_what_is_translated(folder: Path) -> None:
    ours(folder, ('msgid "Guide"\nmsgstr "Guida"\n', ""))
    before = check_catalogue(folder / "translations" / "it.po")
    words = (folder / "words" / "it.toml").read_text("utf-8")
    made = run_relais("language", "new", "it_CH", folder)
    assert made.output.count("\n") == 2
    assert check_catalogue(folder / "translations" / "it.po") == before
    assert 'msgid "Guide"\nmsgstr ""' in (folder / "translations" / "it.po").read_text("utf-8")
    assert (folder / "words" / "it.toml").read_text("utf-8") == words


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("fr", "fr is already part of Relais"),
        ("italiano", "not a language code; use one such as 'it' or 'it_CH'"),
        ("it", "give the folder of your own handbook"),
    ],
)
def test_language_new_refuses_bad_codes_and_folders(
    tmp_path: Path, code: str, message: str
) -> None:
    refused = run_relais("language", "new", code, tmp_path)
    assert (refused.exit_code, message in refused.output) == (2, True)
    assert list(tmp_path.iterdir()) == []
