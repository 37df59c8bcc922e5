"""The procedure as a Mermaid flowchart."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from procedure.guide.steps import Procedure, Step
from procedure.handbook.model import StepWords, Words

# A step and the answer that leads on from it; None for `when_closed`.
_Edge = tuple[str, str | None]

_OPENING = {"question": '{{"', "contact": '["', "lending": '(["'}
_CLOSING = {"question": '"}}', "contact": '"]', "lending": '"])'}
# Characters that could end a label, open a tag or start an entity become Mermaid entities.
_UNSAFE = re.compile(r"[^\w \u202f.,?!:'’«»()/-]")


def to_mermaid(procedure: Procedure, words: Words, walked: Sequence[tuple[str, str]] = ()) -> str:
    """Return the tree as a Mermaid flowchart, with the answers of `walked` (step, answer) marked.

    The same procedure always gives the same text.
    """
    ways = list(_edges(procedure, words))
    lines = ["flowchart TD"]
    lines += [_node(step, words) for step in procedure.steps.values()]
    lines += [line for line, _ in ways]
    lines += _highlights(procedure, walked, [way for _, way in ways])
    return "\n".join(f"    {line}" if row else line for row, line in enumerate(lines)) + "\n"


def _node(step: Step, words: Words) -> str:
    label = _label(f"{step.key} {words.steps[step.key].title}")
    return f"{step.key}{_OPENING[step.kind]}{label}{_CLOSING[step.kind]}"


def _edges(procedure: Procedure, words: Words) -> Iterator[tuple[str, _Edge]]:
    for step in procedure.steps.values():
        said = words.steps[step.key]
        for answer in step.answers:
            label = _label(_answer_label(said, answer.key))
            yield f'{step.key} -->|"{label}"| {answer.to}', (step.key, answer.key)
        if step.when_closed is not None:
            label = _label(said.when_closed.label if said.when_closed else "")
            yield f'{step.key} -.->|"{label}"| {step.when_closed}', (step.key, None)


def _answer_label(said: StepWords, key: str) -> str:
    return said.answers[key].label if said.answers and key in said.answers else key


def _highlights(
    procedure: Procedure, walked: Sequence[tuple[str, str]], ways: Sequence[_Edge]
) -> list[str]:
    arrows = [str(number) for number, way in enumerate(ways) if way in walked]
    if not arrows:
        return []
    ends = [procedure.steps[step].next_step(key) for step, key in walked if (step, key) in ways]
    boxes = [step for step in procedure.steps if step in ends or step in dict(walked)]
    return [
        "classDef walked stroke-width:4px",
        f"class {','.join(boxes)} walked",
        f"linkStyle {','.join(arrows)} stroke-width:4px",
    ]


def _label(text: str) -> str:
    return _UNSAFE.sub(lambda found: f"#{ord(found.group())};", text)
