"""A walk through the steps is replayed from its answers, survives going back, and fits in a URL."""

from pathlib import Path as Folder
from urllib.parse import quote

import pytest
from hypothesis import given, settings, strategies as st

from procedure.guide.steps import Path, Procedure
from procedure.guide.walk import Walk
from procedure.io.handbook_files import load_handbook

ROOT = Folder(__file__).resolve().parents[3]
PAPER: Procedure = load_handbook(ROOT / "procedure" / "handbook").procedure

NETWORK_IS_DOWN = Walk({"A1": "no", "A2": "no", "A3": "no"})

steps = st.sampled_from([*PAPER.steps, "A9", "Z1"])
keys = st.sampled_from(["yes", "no", "vdi", "maybe"])
walks = st.builds(Walk, st.dictionaries(steps, keys))


def test_new_walk_is_at_the_start() -> None:
    assert Walk().replay(PAPER) == Path((), "A1")


def test_answer_leads_to_the_next_step() -> None:
    walk = Walk().answer("A1", "no").answer("A2", "vdi")
    assert walk.replay(PAPER) == Path((("A1", "no"), ("A2", "vdi")), "B2")


def test_replay_ignores_an_unknown_answer() -> None:
    walk = Walk({"A1": "no", "A2": "perhaps", "A3": "no"})
    assert walk.replay(PAPER) == Path((("A1", "no"),), "A2")


def test_answer_changed_and_restored_keeps_later_answers() -> None:
    aside = NETWORK_IS_DOWN.answer("A2", "yes")
    assert aside.replay(PAPER) == Path((("A1", "no"), ("A2", "yes")), "B1")
    assert aside.answer("A2", "no").replay(PAPER) == NETWORK_IS_DOWN.replay(PAPER)


def test_to_address_is_short_and_readable() -> None:
    assert Walk({"A1": "no", "A2": "yes"}).to_address() == "A1.no-A2.yes"
    assert Walk().to_address() == ""


@pytest.mark.parametrize(
    ("text", "walk"),
    [
        ("", Walk()),
        ("A1.no-<script>-A2.yes", Walk({"A1": "no", "A2": "yes"})),
        ("А1.no-A2.yes", Walk({"A2": "yes"})),
        ("A1.no-A1.yes", Walk({"A1": "yes"})),
        ("A1.no-A1-A2", Walk({"A1": "no"})),
        ("A1.NO--.-A2.-.yes-A1.no.no", Walk()),
        ("A1.no\n", Walk()),
    ],
)
def test_from_address_ignores_rubbish(text: str, walk: Walk) -> None:
    assert Walk.from_address(text) == walk


@settings(deadline=None)
@given(st.text())
def test_from_address_never_raises(text: str) -> None:
    walk = Walk.from_address(text)
    assert walk.replay(PAPER).end in PAPER.steps
    assert Walk.from_address(walk.to_address()) == walk


@settings(deadline=None)
@given(walks)
def test_from_address_reads_back_to_address(walk: Walk) -> None:
    address = walk.to_address()
    assert Walk.from_address(address) == walk
    assert quote(address, safe="") == address


@settings(deadline=None)
@given(walks)
def test_replay_stays_in_the_tree(walk: Walk) -> None:
    path = walk.replay(PAPER)
    here = PAPER.start
    for step, key in path.given:
        assert step == here
        assert walk.answers[step] == key
        here = PAPER.steps[step].next_step(key) or "off the tree"
    assert here == path.end
    assert any(whole.given[: len(path.given)] == path.given for whole in PAPER.paths())


@settings(deadline=None)
@given(walks, st.lists(st.tuples(steps, keys)))
def test_answer_keeps_the_answers_of_other_steps(walk: Walk, more: list[tuple[str, str]]) -> None:
    touched = {step for step, _ in more}
    later = walk
    for step, key in more:
        later = later.answer(step, key)
    kept = {step: key for step, key in walk.answers.items() if step not in touched}
    assert kept.items() <= later.answers.items()
