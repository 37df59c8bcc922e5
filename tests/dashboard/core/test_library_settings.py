"""A process speaks for one library: its zone, its system's name, its languages."""

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from dashboard.core.library_settings import apply_library_settings
from dashboard.translations import language, offered_language, offered_languages
from dashboard.translations.languages import CATALOGUES
from dashboard.ui.templating import words_lang
from procedure.frames import availability, status_intervals
from procedure.handbook.library import LibrarySettings
from procedure.local_time import local_minute
from procedure.monitoring.downtime import StatusInterval
from procedure.monitoring.model import Status

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    yield
    apply_library_settings(LibrarySettings())


def test_apply_library_settings_sets_the_time_zone() -> None:
    assert (language("fr").clock(NOON), local_minute(NOON).hour) == ("13:00", 13)
    apply_library_settings(LibrarySettings(zone=ZoneInfo("America/Halifax")))
    assert (language("fr").clock(NOON), local_minute(NOON).hour) == ("08:00", 8)
    seen = [StatusInterval("way", NOON, NOON.replace(hour=13), Status.UP)]
    frame = availability(status_intervals(seen), "day")
    assert str(frame["start"].dtype) == "datetime64[us, America/Halifax]"
    assert str(frame["start"][0]) == "2026-11-24 00:00:00-04:00"


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


def test_every_language_with_a_catalogue_is_offered_the_usual_one_first() -> None:
    apply_library_settings(LibrarySettings(languages=("ro", "en", "fr")))
    assert offered_languages()[:2] == ("en", "fr")
    assert sorted(offered_languages()) == sorted(CATALOGUES)
    assert [offered_language(*wanted).code for wanted in ([], ["fr"], ["ro", "fr"])] == [
        "en",
        "fr",
        "fr",
    ]
    apply_library_settings(LibrarySettings(languages=("ro",)))
    assert offered_languages()[0] == "en"


def test_a_page_knows_in_which_language_the_words_of_the_handbook_are() -> None:
    apply_library_settings(LibrarySettings(languages=("ro", "fr")))
    assert [language(code).of_words for code in ("fr", "en")] == ["fr", "ro"]
    assert [words_lang(language(code)) for code in ("fr", "en")] == ["", ' lang="ro"']


def test_a_language_is_named_in_itself() -> None:
    assert [language(code).name for code in ("fr", "en", "de")] == [
        "Français",
        "English",
        "Deutsch",
    ]
