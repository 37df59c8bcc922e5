"""Single keys for the guide, which no scanner can press: what is typed fast is no answer."""

from collections.abc import Mapping
from pathlib import Path

import param
from panel.custom import JSComponent

_TAKEN = "P"  # leads to the loans, from anywhere in the guide


def answer_letters(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the capital letter by the answer's key, given the labels in the order of the buttons.

    Of two answers that begin alike the first has the letter. One without is given by its number.
    """
    letters: dict[str, str] = {}
    for key, label in labels.items():
        letter = label.lstrip()[:1].upper()
        if letter.isalpha() and letter != _TAKEN and letter not in letters.values():
            letters[key] = letter
    return letters


class KeyboardAnswers(JSComponent):
    """Listens for the guide's keys; shows nothing.

    A key acts 120 ms after it was pressed, and only if no other came meanwhile: a scanner's next
    key comes within 65 ms. Letters (`letters` maps one to an answer's key) and figures act while
    the focus is in the guide (the class `asking`), P anywhere beside a field; the arrows move among
    the answers (the class `reply`, and `reply--yes` for its key). The space bar and the right arrow
    press the button that names them in `data-press`, unless another control has the focus; Enter,
    which may be a scanner's, confirms nothing. When `step` changes, the focus follows to its
    question. The browser remembers `active`.
    """

    active = param.Boolean(default=True, doc="Whether single letters and figures act.")
    step = param.String(default="", doc="The step on the screen.")
    letters = param.Dict(default={}, doc="Answer keys by letter, such as {'o': 'yes'}.")

    _esm = Path(__file__).with_suffix(".js").read_text("utf-8")
