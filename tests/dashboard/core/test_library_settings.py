"""A process serves one library, with its time zone, its system's name and its languages."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dashboard.core.context import AppContext
from dashboard.core.library_settings import apply_library_settings, unoffered_language
from dashboard.translations import (
    accepted_languages,
    language,
    offered_language,
    offered_languages,
)
from dashboard.translations.languages import translate_made_up, use_lending_step
from dashboard.ui.templating import words_lang
from procedure.frames import availability, status_intervals
from procedure.handbook.library import LibrarySettings
from procedure.local_time import local_minute
from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.model import Status
from procedure.simulation.diary import MADE_UP_TEXTS

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    yield
    apply_library_settings(LibrarySettings())
    translate_made_up(())


def test_apply_library_settings_sets_the_time_zone() -> None:
    assert (language("fr").clock(NOON), local_minute(NOON).hour) == ("13:00", 13)
    apply_library_settings(LibrarySettings(zone=ZoneInfo("America/Halifax")))
    assert (language("fr").clock(NOON), local_minute(NOON).hour) == ("08:00", 8)
    seen = [StatusInterval("way", NOON, NOON.replace(hour=13), Status.UP)]
    frame = availability(status_intervals(seen), "day")
    assert str(frame["start"][0]) == "2026-11-24 04:00:00+00:00"  # midnight in Halifax


@pytest.mark.parametrize(
    ("system", "sentence"),
    [
        ("Alma", "Un lien d’Alma ne répond plus"),
        ("Koha", "Un lien de Koha ne répond plus"),
        ("Evergreen", "Un lien d’Evergreen ne répond plus"),
    ],
)
def test_apply_library_settings_sets_the_name_of_the_system(system: str, sentence: str) -> None:
    apply_library_settings(LibrarySettings(system=system))
    assert language("fr").say("Un lien d’Alma ne répond plus") == sentence
    assert language("en").say("Alma ne répond plus") == f"{system} does not answer"


def test_apply_library_settings_leaves_written_texts_alone() -> None:
    apply_library_settings(LibrarySettings(system="Koha"))
    said = language("fr").say(
        "Alma répond. Un seul poste ne l’atteint pas\u202f: {name}.", name="Alma-1"
    )
    assert said == "Koha répond. Un seul poste ne l’atteint pas\u202f: Alma-1."


def test_use_lending_step_names_it_as_the_handbook_does() -> None:
    use_lending_step("AUSLEIHE")
    shown = [language(code).say("C1 est en vigueur.") for code in ("fr", "de", "en")]
    assert shown == ["AUSLEIHE est en vigueur.", "AUSLEIHE ist in Kraft.", "AUSLEIHE is in force."]


def test_languages_with_a_catalogue_are_offered_default_first() -> None:
    apply_library_settings(LibrarySettings(languages=("ro", "en", "fr")))
    assert offered_languages() == ("en", "fr")
    wanted = ([], ["fr"], ["ro", "fr"], ["de"])
    assert [offered_language(*codes).code for codes in wanted] == ["en", "fr", "fr", "en"]
    apply_library_settings(LibrarySettings(languages=("ro",)))
    assert offered_languages() == ("en",)


def test_unoffered_language_names_the_handbooks_languages() -> None:
    apply_library_settings(LibrarySettings(languages=("fr", "ro", "en")))
    assert [unoffered_language(code) for code in ("", "fr", "en")] == ["", "", ""]
    assert unoffered_language("de") == (
        "RELAIS_LANGUAGE='de': the handbook has no words in this language, so pages are in fr; "
        "the handbook's languages are: fr, en"
    )


@pytest.mark.parametrize(
    ("header", "codes"),
    [
        ("de-CH,de;q=0.9,en;q=0.8", ["de", "de", "en"]),
        ("en;q=0.5, fr ; q=0.9", ["fr", "en"]),
        ("*", []),
        ("", []),
    ],
)
def test_accepted_languages_are_in_the_browsers_order(header: str, codes: list[str]) -> None:
    assert accepted_languages(header) == codes


@pytest.mark.parametrize(
    ("follows", "set_to", "accepts", "shown"),
    [
        (False, "", "en", "fr"),
        (True, "", "en-GB,fr;q=0.5", "en"),
        (True, "", "it,de;q=0.5", "de"),
        (True, "", "it", "fr"),
        (True, "fr", "en", "fr"),
    ],
)
def test_language_for_follows_the_browser_if_the_handbook_says_so(
    context: AppContext, follows: bool, set_to: str, accepts: str, shown: str
) -> None:
    library = replace(context.handbook.current.library, follow_browser=follows)
    context.handbook.current = replace(context.handbook.current, library=library)
    context = replace(context, settings=replace(context.settings, language=set_to))
    assert context.language_for(accepts=accepts).code == shown
    assert context.language_for("de", accepts=accepts).code == "de"


def test_page_knows_the_language_of_the_handbooks_words() -> None:
    apply_library_settings(LibrarySettings(languages=("ro", "fr")))
    assert [language(code).of_words for code in ("fr", "en")] == ["fr", "ro"]
    assert [words_lang(language(code)) for code in ("fr", "en")] == ["", ' lang="ro"']


def test_made_up_texts_are_translated_and_peoples_own_are_not() -> None:
    assert language("de").written("Alma ne répond plus") == "Alma ne répond plus"
    translate_made_up(MADE_UP_TEXTS)
    shown = [language(code).written("Alma ne répond plus") for code in ("fr", "en", "de")]
    assert shown == ["Alma ne répond plus", "Alma does not answer", "Alma antwortet nicht mehr"]
    assert language("de").written("Inverser") == "Inverser"
    shown = language("de").written("Alma répond : prêtez dans Alma.")  # as the dossier writes it
    assert shown == "Alma antwortet: Leihen Sie in Alma aus."


def test_each_language_has_its_name_in_that_language() -> None:
    assert [language(code).name for code in ("fr", "en", "de")] == [
        "Français",
        "English",
        "Deutsch",
    ]
