"""The tree: every way through it, its drawing, and the faults that only a drawing would show."""

from __future__ import annotations

from pathlib import Path as Folder

import pytest

from procedure.errors import Fault
from procedure.guide.steps import Answer, Path, Procedure, Step
from procedure.handbook.model import AnswerWords, StepWords, Words
from procedure.io.handbook_files import load_handbook

ROOT = Folder(__file__).resolve().parents[3]
HANDBOOK = load_handbook(ROOT / "procedure" / "handbook")

TREE = Procedure(
    "A1",
    {
        "A1": Step("A1", "question", (Answer("yes", "C1"), Answer("no", "B1"))),
        "B1": Step("B1", "contact", contact="front", when_closed="C1"),
        "C1": Step("C1", "lending"),
    },
)


def test_every_way_through_the_paper() -> None:
    assert HANDBOOK.procedure.paths() == (
        Path((("A1", "yes"),), "C1"),
        Path((("A1", "no"), ("A2", "yes")), "B1"),
        Path((("A1", "no"), ("A2", "no"), ("A3", "yes"), ("A4", "yes")), "B1"),
        Path((("A1", "no"), ("A2", "no"), ("A3", "yes"), ("A4", "no")), "B2"),
        Path((("A1", "no"), ("A2", "no"), ("A3", "no")), "B2"),
        Path((("A1", "no"), ("A2", "vdi")), "B2"),
    )


def test_a_path_names_its_steps_the_last_one_too() -> None:
    assert Path((("A1", "no"), ("A2", "yes")), "B1").steps == ("A1", "A2", "B1")


def test_paths_of_a_circle_end_nevertheless() -> None:
    steps = {"A1": Step("A1", "question", (Answer("yes", "A1"), Answer("no", "A9")))}
    assert Procedure("A1", steps).paths() == ()


def test_the_lending_step_is_found() -> None:
    assert HANDBOOK.procedure.lending.key == "C1"


@pytest.mark.parametrize(("answer", "to"), [("yes", "C1"), ("no", "B1"), ("vdi", None)])
def test_an_answer_leads_on_or_nowhere(answer: str, to: str | None) -> None:
    assert TREE.steps["A1"].next_step(answer) == to


def test_a_good_tree_has_no_fault_even_when_no_names_are_known() -> None:
    assert TREE.check() == ()
    assert TREE.check(targets=(), contacts=("front",)) == ()


def test_a_circle_apart_from_the_start_is_found_too() -> None:
    aside = {
        "D1": Step("D1", "question", (Answer("yes", "D2"),)),
        "D2": Step("D2", "question", (Answer("yes", "D1"),)),
    }
    assert Procedure("A1", {**TREE.steps, **aside}).check() == (
        Fault(
            "steps.toml",
            "D1",
            "no way leads here from A1; let an answer lead to it, or take it out",
        ),
        Fault(
            "steps.toml",
            "D2",
            "no way leads here from A1; let an answer lead to it, or take it out",
        ),
        Fault(
            "steps.toml",
            "D2.answers.yes",
            "goes round in a circle, D1 → D2 → D1; lead it to a step further on",
        ),
    )


def test_a_circle_that_two_ways_lead_to_is_one_fault() -> None:
    ways = {
        "A1": Step("A1", "question", (Answer("yes", "A2"), Answer("no", "A3"))),
        "A2": Step("A2", "question", (Answer("yes", "A2"), Answer("no", "C1"))),
        "A3": Step("A3", "question", (Answer("yes", "A2"), Answer("no", "C1"))),
        "C1": Step("C1", "lending"),
    }
    assert Procedure("A1", ways).check() == (
        Fault(
            "steps.toml",
            "A2.answers.yes",
            "goes round in a circle, A2 → A2; lead it to a step further on",
        ),
    )


def said(title: str, *answers: str, closed: str | None = None) -> StepWords:
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
        "A1": said('Is "all" well? <b>#1</b>; `x`', "yes", "no"),
        "B1": said("Call", closed="Week|end"),
        "C1": said("Lend"),
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


def test_the_drawing_escapes_what_could_end_a_label() -> None:
    assert TREE.to_mermaid(WORDS) == DRAWN


def test_the_drawing_marks_the_way_walked() -> None:
    marks = """\
    classDef walked stroke-width:4px
    class A1,B1 walked
    linkStyle 1 stroke-width:4px
"""
    assert TREE.to_mermaid(WORDS, [("A1", "no")]) == DRAWN + marks


@pytest.mark.parametrize("walked", [[("A1", "vdi")], [("Z9", "yes")], [("B1", "")]])
def test_what_is_no_way_is_not_marked(walked: list[tuple[str, str]]) -> None:
    assert "walked" not in TREE.to_mermaid(WORDS, walked)
