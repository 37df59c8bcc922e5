"""Every path through the procedure's tree, and the step that follows each answer."""

from pathlib import Path as Folder

import pytest

from procedure.guide.steps import Answer, Path, Procedure, Step
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


def test_paths_of_the_packaged_procedure() -> None:
    assert HANDBOOK.procedure.paths() == (
        Path((("A1", "yes"),), "C1"),
        Path((("A1", "no"), ("A2", "yes")), "B1"),
        Path((("A1", "no"), ("A2", "no"), ("A3", "yes"), ("A4", "yes")), "B1"),
        Path((("A1", "no"), ("A2", "no"), ("A3", "yes"), ("A4", "no")), "B2"),
        Path((("A1", "no"), ("A2", "no"), ("A3", "no")), "B2"),
        Path((("A1", "no"), ("A2", "vdi")), "B2"),
    )


def test_path_has_the_names_of_all_steps() -> None:
    assert Path((("A1", "no"), ("A2", "yes")), "B1").steps == ("A1", "A2", "B1")


def test_paths_terminate_in_a_circle() -> None:
    steps = {"A1": Step("A1", "question", (Answer("yes", "A1"), Answer("no", "A9")))}
    assert Procedure("A1", steps).paths() == ()


def test_lending_step_of_the_packaged_procedure() -> None:
    assert HANDBOOK.procedure.lending.key == "C1"


@pytest.mark.parametrize(("answer", "to"), [("yes", "C1"), ("no", "B1"), ("vdi", None)])
def test_next_step_of_an_answer(answer: str, to: str | None) -> None:
    assert TREE.steps["A1"].next_step(answer) == to
