"""The first rule that applies determines the situation, which describes the whole grid."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.monitoring.cell import GridCell
from dashboard.monitoring.situation import (
    FAILING,
    LendIn,
    Situation,
    SituationKind,
    lend_in,
    situation,
)
from procedure.diagnosis.rules import FaultLocation
from procedure.monitoring.model import FailureCause, Outcome, Status

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
TARGETS = ("status", "switch", "alma-saml", "alma-secours", "tickets")
# A letter for each target, in the order of TARGETS: Up, Slow, Down, Old (stale), Blind (no network)
# or - (never read).
LETTERS = {
    "U": Status.UP,
    "S": Status.SLOW,
    "D": Status.DOWN,
    "O": Status.UNKNOWN,
    "B": Status.UNKNOWN,
}
ALMA = ("alma-saml", "alma-secours")


def cells(letters: str) -> list[GridCell]:
    return [seen(*pair, place) for place, pair in enumerate(zip(TARGETS, letters, strict=True))]


def seen(target: str, letter: str, place: int) -> GridCell:
    if letter == "-":
        return GridCell(target, "server")
    at = NOON + timedelta(minutes=place)
    cause = FailureCause.NETWORK if letter == "B" else None
    newest = Outcome(target, "https://example.org", "server", at, LETTERS[letter], cause)
    return GridCell(target, "server", LETTERS[letter], cause, at, newest, stale=letter == "O")


@pytest.mark.parametrize(
    ("letters", "kind", "targets"),
    [
        ("-----", SituationKind.FIRST, TARGETS),
        ("UUUUU", SituationKind.ALL_UP, TARGETS),
        ("-U---", SituationKind.STARTING, ("switch",)),
        ("-US--", SituationKind.STARTING, ("alma-saml", "switch")),
        ("SUUUU", SituationKind.OTHERS_SLOW, ("status",)),
        ("UUSUU", SituationKind.ALMA_SLOW, ("alma-saml",)),
        ("DUUUU", SituationKind.OTHERS_DOWN, ("status",)),
        ("DUSUD", SituationKind.OTHERS_DOWN, ("status", "tickets")),
        ("D-U--", SituationKind.OTHERS_DOWN, ("status",)),
        ("D----", SituationKind.OTHERS_DOWN_ALMA_UNREAD, ("status",)),
        ("DUOOU", SituationKind.OTHERS_DOWN_ALMA_UNREAD, ("status",)),
        ("UUDDU", SituationKind.ALMA_DOWN, ALMA),
        ("--DD-", SituationKind.ALMA_DOWN, ALMA),
        ("UUDUU", SituationKind.ALMA_LINK_DOWN, ("alma-saml",)),
        ("UU-DU", SituationKind.ALMA_LINK_DOWN, ("alma-secours",)),
        ("DUUDU", SituationKind.ALMA_LINK_DOWN, ("alma-secours",)),
        ("UDDDU", SituationKind.ALMA_AND_OTHERS_DOWN, (*ALMA, "switch")),
        ("DDDDD", SituationKind.ALL_DOWN, TARGETS),
        ("-DDD-", SituationKind.ALL_DOWN, ("switch", *ALMA)),
        ("OOOOO", SituationKind.STALE, TARGETS),
        ("OO--O", SituationKind.STALE, ("status", "switch", "tickets")),
        ("OUUUU", SituationKind.NEARLY_ALL_UP, ("status",)),
        ("-UUUO", SituationKind.NEARLY_ALL_UP, ("status", "tickets")),
        ("UUOOU", SituationKind.ALMA_UNREAD, ALMA),
        ("BBBBB", SituationKind.BLIND, TARGETS),
        ("OBBBO", SituationKind.BLIND, ("switch", *ALMA)),
    ],
)
def test_situation_of_the_first_matching_rule(
    letters: str, kind: SituationKind, targets: tuple[str, ...]
) -> None:
    result = situation(cells(letters), ALMA)
    assert (result.kind, result.targets, result.of) == (kind, targets, 5)


def test_situation_begins_once_it_holds_for_all_its_targets() -> None:
    alma_down = Situation(SituationKind.ALMA_DOWN, ALMA, 5, NOON + timedelta(minutes=3))
    assert situation(cells("UUDDU"), ALMA) == alma_down


def test_situation_up_needs_every_target() -> None:
    for letters in ("-UUUU", "UUUUO", "UUUBU", "OUUUU"):
        assert situation(cells(letters), ALMA).kind is not SituationKind.ALL_UP


def test_situation_names_targets_other_than_alma() -> None:
    assert situation(cells("UDDDU"), ALMA).named_targets == ("switch",)
    assert situation(cells("UUDDU"), ALMA).named_targets == ALMA


def test_situation_without_targets_is_unread() -> None:
    assert situation([], ALMA) == Situation(SituationKind.FIRST)


@pytest.mark.parametrize("kind", SituationKind)
@pytest.mark.parametrize("fault", FaultLocation)
def test_lend_in_alma_only_while_all_is_up(kind: SituationKind, fault: FaultLocation) -> None:
    state = Situation(kind)
    assert lend_in(state, fault, declared=True) is LendIn.RELAIS
    way = lend_in(state, fault, declared=False)
    well = (
        kind in {SituationKind.ALL_UP, SituationKind.OTHERS_SLOW} and fault is FaultLocation.NOTHING
    )
    assert (way is LendIn.ALMA) == well
    if kind in FAILING or fault not in {
        FaultLocation.NOTHING,
        FaultLocation.UNKNOWN,
        FaultLocation.WATCHER,
    }:
        assert way is LendIn.RELAIS


@pytest.mark.parametrize(
    "kind",
    [SituationKind.FIRST, SituationKind.BLIND, SituationKind.STALE, SituationKind.ALMA_UNREAD],
)
@pytest.mark.parametrize(
    "fault", [FaultLocation.NOTHING, FaultLocation.UNKNOWN, FaultLocation.WATCHER]
)
def test_lend_in_is_not_known_in_an_unknown_situation(
    kind: SituationKind, fault: FaultLocation
) -> None:
    assert lend_in(Situation(kind), fault, declared=False) is LendIn.NOT_KNOWN
