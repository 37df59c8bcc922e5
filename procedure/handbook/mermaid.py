"""The procedure as a Mermaid flowchart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from procedure.guide.steps import Procedure, Step
from procedure.handbook.model import StepWords, Words

_OPENING = {"question": '{{"', "contact": '["', "lending": '(["'}
_CLOSING = {"question": '"}}', "contact": '"]', "lending": '"])'}
# Characters that could end a label, open a tag or start an entity become Mermaid entities.
_UNSAFE = re.compile(r"[^\w \u202f.,?!:'’«»()/-]")


def to_mermaid(procedure: Procedure, words: Words) -> str:
    """Return the tree as a Mermaid flowchart; the same procedure always gives the same text."""
    nodes = (_node(step, words) for step in procedure.steps.values())
    return "\n    ".join(["flowchart TD", *nodes, *_edges(procedure, words)]) + "\n"


def _node(step: Step, words: Words) -> str:
    label = _label(f"{step.key} {words.steps[step.key].title}")
    return f"{step.key}{_OPENING[step.kind]}{label}{_CLOSING[step.kind]}"


def _edges(procedure: Procedure, words: Words) -> Iterator[str]:
    for step in procedure.steps.values():
        texts = words.steps[step.key]
        for answer in step.answers:
            label = _label(_answer_label(texts, answer.key))
            yield f'{step.key} -->|"{label}"| {answer.to}'
        if step.when_closed is not None:
            label = _label(texts.when_closed.label if texts.when_closed else "")
            yield f'{step.key} -.->|"{label}"| {step.when_closed}'


def _answer_label(texts: StepWords, key: str) -> str:
    return texts.answers[key].label if texts.answers and key in texts.answers else key


def _label(text: str) -> str:
    return _UNSAFE.sub(lambda match: f"#{ord(match[0])};", text)
