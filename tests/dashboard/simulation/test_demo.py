from dashboard.simulation.demo import with_library_name
from procedure.handbook.model import Handbook


def test_named_gives_a_name_in_each_language_and_words_in_any(handbook: Handbook) -> None:
    words = with_library_name(handbook, lambda language: language.name).words
    names = {code: words[code].library for code in ("fr", "en", "ro")}
    assert names == {"fr": "Français", "en": "English", "ro": "Français"}
