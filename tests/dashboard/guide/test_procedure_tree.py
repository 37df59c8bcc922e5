"""The drawing of any procedure has a place for every step and a line for every path."""

from itertools import combinations

import pytest

from dashboard.guide.procedure_tree import (
    ACROSS,
    BOX,
    UPRIGHT,
    Scale,
    TreeLayout,
    drawing,
    lay_out_tree,
)
from dashboard.settings import PACKAGED_HANDBOOK
from procedure.guide.steps import Answer, Procedure, Step
from procedure.io.handbook_files import load_handbook

HANDBOOK = load_handbook(PACKAGED_HANDBOOK)
WORDS = HANDBOOK.words["fr"].steps


def test_lay_out_tree_of_the_packaged_procedure() -> None:
    assert lay_out_tree(HANDBOOK.procedure) == TreeLayout(
        layers={"A1": 0, "A2": 1, "A3": 2, "A4": 3, "B1": 4, "B2": 4, "C1": 5},
        rows={"A1": 0, "A2": 0, "A3": 0, "A4": 0, "B1": -1, "B2": 1, "C1": -2},
    )


def test_lay_out_tree_with_a_fork_into_questions() -> None:
    def asks(key: str, yes: str, no: str) -> Step:
        return Step(key, "question", (Answer("yes", yes), Answer("no", no)))

    steps = [asks("A", "B", "D"), asks("B", "C", "E"), asks("D", "C", "E")]
    ends = [Step("C", "lending"), Step("E", "lending")]
    placed = lay_out_tree(Procedure("A", {step.key: step for step in [*steps, *ends]}))
    assert placed.rows["A"] == placed.rows["B"] == 0
    assert placed.layers == {"A": 0, "B": 1, "D": 1, "C": 2, "E": 2}
    places = [(placed.layers[key], placed.rows[key]) for key in placed.layers]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("scale", [ACROSS, UPRIGHT])
def test_drawing_has_every_path_and_no_overlap(scale: Scale) -> None:
    drawn = drawing(HANDBOOK.procedure, WORDS, scale)
    assert [(way.step, way.answer, " ".join(way.label)) for way in drawn.ways] == [
        ("A1", "yes", "Oui"),
        ("A1", "no", "Non"),
        ("A2", "yes", "Oui"),
        ("A2", "no", "Non"),
        ("A2", "vdi", "Pas sur les postes VDI"),
        ("A3", "yes", "Oui"),
        ("A3", "no", "Non"),
        ("A4", "yes", "Oui"),
        ("A4", "no", "Non"),
        ("B1", None, "Le week-end"),
    ]
    for first, second in combinations(drawn.boxes, 2):
        assert abs(first.x - second.x) >= BOX[0] or abs(first.y - second.y) >= BOX[1]
    assert all(BOX[0] // 2 <= box.x <= drawn.width - BOX[0] // 2 for box in drawn.boxes)
    assert all(BOX[1] // 2 <= box.y <= drawn.height - BOX[1] // 2 for box in drawn.boxes)


def test_drawing_fits_beside_the_guide_and_upright_on_a_telephone() -> None:
    assert drawing(HANDBOOK.procedure, WORDS, ACROSS).width <= 794
    assert drawing(HANDBOOK.procedure, WORDS, UPRIGHT).width <= 344
