"""The checks find faults in the tree that would otherwise be visible only when it is drawn."""

from procedure.errors import Fault
from procedure.guide.steps import Answer, Procedure, Step
from procedure.handbook.tree_checks import check_tree

TREE = Procedure(
    "A1",
    {
        "A1": Step("A1", "question", (Answer("yes", "C1"), Answer("no", "B1"))),
        "B1": Step("B1", "contact", contact="front", when_closed="C1"),
        "C1": Step("C1", "lending"),
    },
)


def test_check_tree_accepts_a_good_tree_without_known_names() -> None:
    assert check_tree(TREE) == ()
    assert check_tree(TREE, targets=(), contacts=("front",)) == ()


def test_check_tree_finds_a_circle_unreachable_from_the_start() -> None:
    aside = {
        "D1": Step("D1", "question", (Answer("yes", "D2"),)),
        "D2": Step("D2", "question", (Answer("yes", "D1"),)),
    }
    assert check_tree(Procedure("A1", {**TREE.steps, **aside})) == (
        Fault(
            "steps.toml",
            "D1",
            "cannot be reached from A1; let an answer lead here or remove it",
        ),
        Fault(
            "steps.toml",
            "D2",
            "cannot be reached from A1; let an answer lead here or remove it",
        ),
        Fault(
            "steps.toml",
            "D2.answers.yes",
            "leads in a circle, D1 → D2 → D1; make it lead to a later step",
        ),
    )


def test_check_tree_reports_a_circle_with_two_entries_once() -> None:
    ways = {
        "A1": Step("A1", "question", (Answer("yes", "A2"), Answer("no", "A3"))),
        "A2": Step("A2", "question", (Answer("yes", "A2"), Answer("no", "C1"))),
        "A3": Step("A3", "question", (Answer("yes", "A2"), Answer("no", "C1"))),
        "C1": Step("C1", "lending"),
    }
    assert check_tree(Procedure("A1", ways)) == (
        Fault(
            "steps.toml",
            "A2.answers.yes",
            "leads in a circle, A2 → A2; make it lead to a later step",
        ),
    )
