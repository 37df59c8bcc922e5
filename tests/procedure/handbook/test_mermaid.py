"""The drawing of the tree: its labels, and the answers that were given."""

from __future__ import annotations

from procedure.guide.steps import Answer, Procedure, Step
from procedure.handbook.mermaid import to_mermaid
from procedure.handbook.model import AnswerWords, StepWords, Words

TREE = Procedure(
    "A1",
    {
        "A1": Step("A1", "question", (Answer("yes", "C1"), Answer("no", "B1"))),
        "B1": Step("B1", "contact", contact="front", when_closed="C1"),
        "C1": Step("C1", "lending"),
    },
)


def step_words(title: str, *answers: str, closed: str | None = None) -> StepWords:
    return StepWords(
        "short",
        title,
        answers={key: AnswerWords(key.upper(), "then") for key in answers},
        when_closed=AnswerWords(closed, "then") if closed else None,
    )


WORDS = Words(
    "en",
    "Library",
    {
        "A1": step_words('Is "all" well? <b>#1</b>; `x`', "yes", "no"),
        "B1": step_words("Call", closed="Week|end"),
        "C1": step_words("Lend"),
    },
    {},
    {},
)

DRAWN = """\
flowchart TD
    A1{{"A1 Is #34;all#34; well? #60;b#62;#35;1#60;/b#62;#59; #96;x#96;"}}
    B1["B1 Call"]
    C1(["C1 Lend"])
    A1 -->|"YES"| C1
    A1 -->|"NO"| B1
    B1 -.->|"Week#124;end"| C1
"""


def test_to_mermaid_escapes_labels() -> None:
    assert to_mermaid(TREE, WORDS) == DRAWN
