"""Draws the whole procedure as boxes and lines."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from textwrap import wrap

import param

from dashboard.core.state import needs
from dashboard.guide.guide import Guide
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from dashboard.ui.view import computed_once
from procedure.guide.steps import Procedure, Step
from procedure.handbook.model import StepWords

BOX = (100, 44)
LETTERS = 13  # maximum characters per line of a label
LINE = 14


@dataclass(frozen=True, slots=True)
class Scale:
    """The distance in pixels between layers and between rows; if `upright`, paths run down."""

    upright: bool
    layer: int
    row: int


ACROSS = Scale(upright=False, layer=138, row=60)
UPRIGHT = Scale(upright=True, layer=88, row=80)


@dataclass(frozen=True, slots=True)
class StepBox:
    """The box of a step, given by its centre, in pixels."""

    step: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A labelled line between two steps; `answer` is None for a `when_closed` transition."""

    step: str
    answer: str | None
    label: tuple[str, ...]
    path: str
    tip: str
    label_at: tuple[int, int]
    anchor: str


# The path of an edge, its arrowhead, the position of its label, and the label's text anchor.
_Drawn = tuple[str, str, tuple[int, int], str]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The drawing of a procedure, in pixels."""

    width: int
    height: int
    boxes: tuple[StepBox, ...]
    ways: tuple[Edge, ...]


def drawing(procedure: Procedure, words: Mapping[str, StepWords], scale: Scale) -> Drawing:
    """Draw a procedure; the same handbook always gives the same drawing."""
    placed = lay_out_tree(procedure)
    boxes = {key: _box(key, placed, scale) for key in procedure.steps}
    right = max(box.x for box in boxes.values()) + BOX[0] // 2 + 2
    bottom = max(box.y for box in boxes.values()) + BOX[1] // 2 + 2
    edges = tuple(_edges(procedure, words, boxes, scale))
    return Drawing(right, bottom, tuple(boxes.values()), edges)


class ProcedureTree(HtmlView):
    """The drawing of the procedure, with the path so far in bold."""

    guide = needs(Guide)
    css_classes = ("no-print",)

    @param.depends("guide.updates.handbook", "guide.path", "guide.step")
    @computed_once
    def _html(self) -> str:
        guide = self.guide
        words = guide.handbook.words[self.language.code].steps
        passed = {key for key, _ in guide.path} | {guide.step}
        return render(
            "guide/procedure_tree",
            self.language,
            drawings=[drawing(guide.procedure, words, scale) for scale in (ACROSS, UPRIGHT)],
            words=words,
            box=BOX,
            walked=guide.path,
            passed=passed,
            here=guide.step,
        )


def _box(key: str, placed: "TreeLayout", scale: Scale) -> StepBox:
    along = placed.layers[key] * scale.layer
    across = (placed.rows[key] - min(placed.rows.values())) * scale.row
    x, y = (across, along) if scale.upright else (along, across)
    return StepBox(key, x + BOX[0] // 2 + 2, y + BOX[1] // 2 + 2)


def _edges(
    procedure: Procedure, words: Mapping[str, StepWords], boxes: dict[str, StepBox], scale: Scale
) -> Iterator[Edge]:
    sides: Counter[tuple[str, bool]] = Counter()
    draw = _upright if scale.upright else _across
    for step in procedure.steps.values():
        for answer, to, text in _labelled(step, words[step.key]):
            start, end, label = boxes[step.key], boxes[to], tuple(wrap(text, LETTERS))
            side = step.key, (end.x > start.x if scale.upright else end.y > start.y)
            drawn = draw(start, end, 14 * sides[side], LINE * (len(label) - 1))
            yield Edge(step.key, answer, label, *drawn)
            sides[side] += 1


def _labelled(step: Step, words: StepWords) -> Iterator[tuple[str | None, str, str]]:
    for answer in step.answers:
        yield answer.key, answer.to, (words.answers or {})[answer.key].label
    if step.when_closed is not None:
        yield None, step.when_closed, words.when_closed.label if words.when_closed else ""


def _across(start: StepBox, end: StepBox, shift: int, lift: int) -> _Drawn:
    """Draw an edge straight across, or to the row where it ends and along that row."""
    left = end.x - BOX[0] // 2
    tip = f"M{left},{end.y}l-8,-5v10z"
    if start.y == end.y:
        path = f"M{start.x + BOX[0] // 2},{start.y}H{left - 6}"
        return path, tip, ((start.x + end.x) // 2, start.y - 6 - lift), "middle"
    down = end.y > start.y
    x, edge = start.x + shift, start.y + BOX[1] // 2 * (1 if down else -1)
    at = (x + 6, edge + 15 if down else edge - 6 - lift)
    return f"M{x},{edge}V{end.y}H{left - 6}", tip, at, "start"


def _upright(start: StepBox, end: StepBox, shift: int, lift: int) -> _Drawn:
    """Draw an edge straight down, or to the column where it ends and down that column."""
    top = end.y - BOX[1] // 2
    tip = f"M{end.x},{top}l-5,-8h10z"
    if start.x == end.x:
        path = f"M{start.x},{start.y + BOX[1] // 2}V{top - 6}"
        return path, tip, (start.x + 6, (start.y + end.y) // 2 + 4), "start"
    aside = 1 if end.x > start.x else -1
    y, edge = start.y + shift, start.x + BOX[0] // 2 * aside
    path = f"M{edge},{y}H{end.x}V{top - 6}"
    # The label of a short edge goes beside its vertical part, clear of other lines.
    if top - y < 2 * BOX[1]:
        return path, tip, (end.x + 6, top - 10 - lift), "start"
    return path, tip, (edge + 4 * aside, y - 5 - lift), "start" if aside > 0 else "end"


@dataclass(frozen=True, slots=True)
class TreeLayout:
    """The position of every step: `layers` along the paths, `rows` across them.

    The longest chain of questions is the spine, in row 0. Every other step has a row of its own,
    along which lines can run.
    """

    layers: Mapping[str, int]
    rows: Mapping[str, int]


def lay_out_tree(procedure: Procedure) -> TreeLayout:
    """Lay out a valid procedure so that every transition leads to a later layer."""
    layers = _layers(procedure)
    return TreeLayout(layers, _rows(procedure, layers))


def _layers(procedure: Procedure) -> dict[str, int]:
    layers = dict.fromkeys(procedure.steps, 0)
    for _ in procedure.steps:  # no path has more steps than the procedure
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
    """Return a sort key that puts steps reached from late layers next to the spine."""
    first = min(
        (layers[step] for step in procedure.steps if key in _onward(procedure, step)), default=0
    )
    return -first, list(procedure.steps).index(key)


def _neighbours(procedure: Procedure, key: str) -> list[str]:
    back = [step for step in procedure.steps if key in _onward(procedure, step)]
    return back + _onward(procedure, key)


def _onward(procedure: Procedure, key: str) -> list[str]:
    return [to for _, to in procedure.steps[key].transitions()]
