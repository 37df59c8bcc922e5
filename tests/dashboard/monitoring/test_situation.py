"""One sentence for the whole grid: the first rule that has something to speak of."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.monitoring.cell import Cell
from dashboard.monitoring.situation import Kind, Situation, situation
from procedure.monitoring.model import Cause, Outcome, Verdict

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
TARGETS = ("status", "switch", "alma-saml", "alma-secours", "tickets")
# One letter a target, in the order above: Up, Slow, Down, Old (stale), Blind (no network), - (never)
LETTERS = {
    "U": Verdict.UP,
    "S": Verdict.SLOW,
    "D": Verdict.DOWN,
    "O": Verdict.UNKNOWN,
    "B": Verdict.UNKNOWN,
}
ALMA = ("alma-saml", "alma-secours")


def cells(letters: str) -> list[Cell]:
    return [seen(*pair, place) for place, pair in enumerate(zip(TARGETS, letters, strict=True))]


def seen(target: str, letter: str, place: int) -> Cell:
    if letter == "-":
        return Cell(target, "server")
    at = NOON + timedelta(minutes=place)
    cause = Cause.NETWORK if letter == "B" else None
    newest = Outcome(target, "https://example.org", "server", at, LETTERS[letter], cause)
    return Cell(target, "server", LETTERS[letter], cause, at, newest, stale=letter == "O")


@pytest.mark.parametrize(
    ("letters", "kind", "targets"),
    [
        ("-----", Kind.FIRST, TARGETS),
        ("UUUUU", Kind.ALL_UP, TARGETS),
        ("-U---", Kind.STARTING, ("switch",)),
        ("-US--", Kind.STARTING, ("alma-saml", "switch")),
        ("SUUUU", Kind.OTHERS_SLOW, ("status",)),
        ("UUSUU", Kind.ALMA_SLOW, ("alma-saml",)),
        ("DUUUU", Kind.OTHERS_DOWN, ("status",)),
        ("DUSUD", Kind.OTHERS_DOWN, ("status", "tickets")),
        ("D-U--", Kind.OTHERS_DOWN, ("status",)),
        ("D----", Kind.OTHERS_DOWN_ALMA_UNREAD, ("status",)),
        ("DUOOU", Kind.OTHERS_DOWN_ALMA_UNREAD, ("status",)),
        ("UUDDU", Kind.ALMA_DOWN, ALMA),
        ("--DD-", Kind.ALMA_DOWN, ALMA),
        ("UUDUU", Kind.ALMA_LINK_DOWN, ("alma-saml",)),
        ("UU-DU", Kind.ALMA_LINK_DOWN, ("alma-secours",)),
        ("DUUDU", Kind.ALMA_LINK_DOWN, ("alma-secours",)),
        ("UDDDU", Kind.ALMA_AND_OTHERS_DOWN, (*ALMA, "switch")),
        ("DDDDD", Kind.ALL_DOWN, TARGETS),
        ("-DDD-", Kind.ALL_DOWN, ("switch", *ALMA)),
        ("OOOOO", Kind.STALE, TARGETS),
        ("OO--O", Kind.STALE, ("status", "switch", "tickets")),
        ("OUUUU", Kind.NEARLY_ALL_UP, ("status",)),
        ("-UUUO", Kind.NEARLY_ALL_UP, ("status", "tickets")),
        ("UUOOU", Kind.ALMA_UNREAD, ALMA),
        ("BBBBB", Kind.BLIND, TARGETS),
        ("OBBBO", Kind.BLIND, ("switch", *ALMA)),
    ],
)
def test_the_first_rule_that_finds_cells_decides(
    letters: str, kind: Kind, targets: tuple[str, ...]
) -> None:
    told = situation(cells(letters))
    assert (told.kind, told.targets, told.of) == (kind, targets, 5)


def test_a_sentence_holds_since_it_is_true_of_all_its_targets() -> None:
    alma_down = Situation(Kind.ALMA_DOWN, ALMA, 5, NOON + timedelta(minutes=3))
    assert situation(cells("UUDDU")) == alma_down


def test_unless_all_answers_nothing_unknown_is_called_up() -> None:
    for letters in ("-UUUU", "UUUUO", "UUUBU", "OUUUU"):
        assert situation(cells(letters)).kind is not Kind.ALL_UP


def test_the_targets_named_are_those_beside_alma_which_has_its_own_name() -> None:
    assert situation(cells("UDDDU")).named == ("switch",)
    assert situation(cells("UUDDU")).named == ALMA


def test_no_target_at_all_is_nothing_read() -> None:
    assert situation([]) == Situation(Kind.FIRST)
