"""The keys that answer are the first letters of what stands on the buttons."""

import pytest

from dashboard.guide.keyboard import answer_letters


@pytest.mark.parametrize(
    ("labels", "letters"),
    [
        ({"yes": "Oui", "no": "Non", "vdi": "Pas sur les postes VDI"}, {"yes": "O", "no": "N"}),
        ({"yes": "Yes", "no": "No", "vdi": "Not on VDI"}, {"yes": "Y", "no": "N"}),
        ({"ja": "Ja", "nein": "Nein"}, {"ja": "J", "nein": "N"}),
        ({"a": " über", "b": "2. Weg"}, {"a": "Ü"}),
    ],
)
def test_answer_letters_first_of_equal_initials_has_the_letter(
    labels: dict[str, str], letters: dict[str, str]
) -> None:
    assert answer_letters(labels) == letters
