from dashboard.simulation.demo import with_library_name
from procedure.handbook.model import Handbook


def test_library_name_is_in_each_language_or_falls_back(handbook: Handbook) -> None:
    words = with_library_name(handbook, lambda language: language.name).words
    names = {code: words[code].library for code in ("fr", "en", "ro")}
    assert names == {"fr": "Français", "en": "English", "ro": "Français"}
