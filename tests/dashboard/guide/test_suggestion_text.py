"""Every reason for a suggestion has a sentence with its figures, in French and English."""

import re
from pathlib import Path

import pytest

from dashboard.guide.suggestion_text import suggestion_text
from dashboard.translations import language
from procedure.diagnosis import suggestion
from procedure.diagnosis.suggestion import SuggestionReason

KEYS = sorted(
    set(re.findall(r'SuggestionReason\(\s*"(\w+)"', Path(suggestion.__file__).read_text()))
)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("count", [0, 1, 2])
def test_suggestion_text_is_unique_for_each_reason(key: str, count: int) -> None:
    reason = SuggestionReason(key, {"count": count, "of": 4})
    french, english = (suggestion_text(reason, language(code)) for code in ("fr", "en"))
    assert french != english
    assert french.endswith(".")
    assert english.endswith(".")
    assert not any(mark in french + english for mark in "{}")


@pytest.mark.parametrize(
    ("key", "count", "of", "french", "english"),
    [
        (
            "pages_quiet",
            0,
            3,
            "Les trois pages n’annoncent rien.",
            "The three pages report nothing.",
        ),
        (
            "pages_unread",
            0,
            3,
            "Aucune des trois pages n’a été lue récemment.",
            "None of the three pages has been read lately.",
        ),
        (
            "pages_unread",
            0,
            1,
            "La page n’a pas été lue récemment.",
            "The page has not been read lately.",
        ),
        ("page_reports", 1, 1, "La page annonce un incident.", "The page reports an incident."),
        (
            "pages_unread",
            2,
            3,
            "2 des trois pages ont été lues récemment.",
            "2 of the three pages have been read lately.",
        ),
        (
            "colleagues_fail",
            0,
            4,
            "Aucun des 4 autres postes n’y arrive.",
            "None of the 4 other workstations reaches Alma.",
        ),
        (
            "colleagues_fail",
            0,
            1,
            "Le seul autre poste connu n’y arrive pas.",
            "The only other known workstation does not reach Alma.",
        ),
        (
            "colleagues_work",
            12,
            12,
            "Les 12 autres postes y arrivent.",
            "The 12 other workstations reach Alma.",
        ),
        (
            "colleagues_differ",
            3,
            5,
            "Les autres postes se contredisent\u202f: 3 sur 5 y arrivent.",
            "The other workstations disagree: 3 of 5 reach Alma.",
        ),
        (
            "none_answers_here",
            0,
            2,
            "Aucune des deux adresses ne répond depuis ce poste.",
            "Neither of the two addresses answers from this workstation.",
        ),
    ],
)
def test_suggestion_text_has_the_figures(
    key: str, count: int, of: int, french: str, english: str
) -> None:
    reason = SuggestionReason(key, {"count": count, "of": of})
    assert suggestion_text(reason, language("fr")) == french
    assert suggestion_text(reason, language("en")) == english
