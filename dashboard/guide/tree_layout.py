"""The position of each step in the drawing of a procedure: its layer and its row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from procedure.guide.steps import Procedure


@dataclass(frozen=True, slots=True)
class TreeLayout:
    """The position of every step: `layers` count along the paths, `rows` across them.

    The longest row of questions is the spine, row 0; every other step has a row of its own, so
    that a line can run along it.
    """

    layers: Mapping[str, int]
    rows: Mapping[str, int]


def lay_out_tree(procedure: Procedure) -> TreeLayout:
    """Return the layout of a valid procedure: every transition leads to a later layer."""
    layers = _layers(procedure)
    return TreeLayout(layers, _rows(procedure, layers))


def _layers(procedure: Procedure) -> dict[str, int]:
    layers = dict.fromkeys(procedure.steps, 0)
    for _ in procedure.steps:  # a path is at most this long
        for step in procedure.steps.values():
            for _, to in step.transitions():
                layers[to] = max(layers[to], layers[step.key] + 1)
    return layers


def _spine(procedure: Procedure) -> tuple[str, ...]:
    questions = (
        tuple(step for step in path.steps if procedure.steps[step].answers)
        for path in procedure.paths()
    )
    return max(questions, key=len)


def _rows(procedure: Procedure, layers: Mapping[str, int]) -> dict[str, int]:
    rows = dict.fromkeys(_spine(procedure), 0)
    for key in sorted(
        set(procedure.steps) - set(rows), key=lambda step: _nearness(procedure, layers, step)
    ):
        above, below = min(rows.values()) - 1, max(rows.values()) + 1
        beside = [
            rows[neighbour] for neighbour in _neighbours(procedure, key) if rows.get(neighbour)
        ]
        up = beside[0] < 0 if beside else -above <= below
        rows[key] = above if up else below
    return rows


def _nearness(procedure: Procedure, layers: Mapping[str, int], key: str) -> tuple[int, int]:
    """Return the sort key: steps of a late layer are next to the spine."""
    first = min(
        (layers[step] for step in procedure.steps if key in _onward(procedure, step)), default=0
    )
    return -first, list(procedure.steps).index(key)


def _neighbours(procedure: Procedure, key: str) -> list[str]:
    back = [step for step in procedure.steps if key in _onward(procedure, step)]
    return back + _onward(procedure, key)


def _onward(procedure: Procedure, key: str) -> list[str]:
    return [to for _, to in procedure.steps[key].transitions()]
