"""One failure is not an outage, one answer is no recovery, and a lost connection is no fault."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from procedure.monitoring.board import (
    StatusBoard,
    TargetStatus,
    add_all,
    add_outcome,
    target_status,
)
from procedure.monitoring.confirmed_status import needs_retry
from procedure.monitoring.model import FailureCause, Outcome, Status, Target

NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ALMA = Target("alma", "https://alma.example/", "A4", MINUTE)
UP, SLOW, DOWN, UNKNOWN = Status.UP, Status.SLOW, Status.DOWN, Status.UNKNOWN
SIGNS = {"u": UP, "s": SLOW, "d": DOWN, "?": UNKNOWN}


def minute(count: float) -> datetime:
    return NOON + count * MINUTE


def seen(
    sign: str, at: datetime, target: str = "alma", cause: FailureCause = FailureCause.TIMEOUT
) -> Outcome:
    status = SIGNS[sign]
    works = status in (UP, SLOW)
    return Outcome(
        target,
        f"https://{target}.example/",
        "server",
        at,
        status,
        None if works else cause,
        http_status=200 if works else None,
        latency_ms=100,
    )


def row(signs: str) -> list[Outcome]:
    return [seen(sign, minute(place)) for place, sign in enumerate(signs)]


def judge(outcomes: Iterable[Outcome], target: Target = ALMA) -> Iterator[TargetStatus]:
    board = StatusBoard()
    for outcome in outcomes:
        board = add_outcome(board, outcome, {target.key: target})
        yield board.newest[target.key]


def signs_of(judged: Iterable[TargetStatus]) -> str:
    letters = {status: letter for letter, status in SIGNS.items()}
    return "".join(letters[judgement.status] for judgement in judged)


@pytest.mark.parametrize(
    ("signs", "live"),
    [
        ("uuuu", "uuuu"),
        ("uudu", "uuuu"),
        ("uuddu", "uuuuu"),
        ("uuddd", "uuuud"),
        ("uudddu", "uuuudd"),
        ("uudddudu", "uuuudddd"),
        ("uudddduu", "uuuudddu"),
        ("uudddss", "uuuudds"),
        ("d", "d"),
        ("du", "du"),
        ("dddu", "dddd"),
        ("dddsu", "ddddu"),
        ("us", "uu"),
        ("uss", "uus"),
        ("ussu", "uuss"),
        ("usdsu", "uuuuu"),
        ("uu?uu", "uu?uu"),
        ("uud?dd", "uuu?ud"),
        ("ddd?d", "ddd?d"),
        ("?", "?"),
        ("?u", "?u"),
    ],
)
def test_judge_confirms_after_each_reading(signs: str, live: str) -> None:
    assert signs_of(judge(row(signs))) == live


def test_judge_with_the_thresholds_of_a_target() -> None:
    hasty = replace(ALMA, retries=0, recovery=1)
    assert signs_of(judge(row("uduud"), hasty)) == "uduud"
    patient = replace(ALMA, retries=4)
    assert signs_of(judge(row("udddd"), patient)) == "uuuuu"


def test_judge_since_is_the_first_reading_of_the_status() -> None:
    *_, newest = judge(row("uuuddd"))
    assert (newest.status, newest.cause, newest.since) == (DOWN, FailureCause.TIMEOUT, minute(3))
    *_, newest = judge(row("uuudddduu"))
    assert (newest.status, newest.cause, newest.since) == (UP, None, minute(7))


def test_judge_merges_flapping_into_one_downtime() -> None:
    signs = "uuu" + "duu" * 2 + "du" + "duu" * 6 + "uuu"
    judged = list(judge(row(signs)))
    assert signs_of(judged).count("ud") == 1
    assert signs_of(judged).count("du") == 1
    flapping = [judgement for judgement in judged if judgement.flapping]
    assert {judgement.status for judgement in flapping} == {DOWN}
    assert {judgement.cause for judgement in flapping} == {FailureCause.TIMEOUT}
    assert (judged[-1].status, judged[-1].since) == (UP, minute(27))


def test_flapping_target_needs_twice_as_many_answers() -> None:
    board = add_all(row("u" + "dudu" * 2 + "uu"), {"alma": ALMA})
    assert board.newest["alma"].flapping
    board = add_all([seen("u", minute(20 + n)) for n in range(1)], {"alma": ALMA}, board)
    assert board.newest["alma"].status is UP


@pytest.mark.parametrize(
    ("signs", "again"),
    [
        ("", False),
        ("u", False),
        ("d", True),
        ("ud", True),
        ("udd", True),
        ("uddd", False),
        ("udddu", True),
        ("udddd", False),
        ("udddduu", False),
        ("udu", False),
        ("us", False),
        ("ud?", True),
        ("ududududud", False),
    ],
)
def test_needs_retry_only_if_a_retry_helps(signs: str, again: bool) -> None:
    board = add_all(row(signs), {"alma": ALMA})
    standing = board.confirmations.get("alma")
    assert (standing is not None and needs_retry(standing, ALMA)) is again


def test_target_status_becomes_unknown_when_stale() -> None:
    board = add_all(row("uu"), {"alma": ALMA})
    judged = target_status(board, ALMA, minute(4))
    assert judged is not None
    assert (judged.status, judged.stale, judged.since) == (UP, False, minute(0))
    judged = target_status(board, ALMA, minute(4.1))
    assert judged is not None
    assert (judged.status, judged.stale, judged.since) == (UNKNOWN, True, minute(1))
    assert target_status(board, replace(ALMA, key="other"), NOON) is None


def test_target_status_is_unknown_for_a_reading_from_the_future() -> None:
    board = add_all(row("uu"), {"alma": ALMA})
    shown = [target_status(board, ALMA, minute(at)) for at in (-1.9, -2.1, -60)]
    assert [judged and (judged.status, judged.stale) for judged in shown] == [
        (UP, False),
        (UNKNOWN, True),
        (UNKNOWN, True),
    ]


# -- is this machine connected?

TARGETS = {
    "alma": ALMA,
    "idp": replace(ALMA, key="idp"),
    "tickets": replace(ALMA, key="tickets", interval=5 * MINUTE),
    "switch": replace(ALMA, key="switch", control=True),
}
ALL = tuple(TARGETS)


def rounds(*signs: str) -> list[Outcome]:
    """Return readings: a string per minute, with a letter per target, or a space for no reading."""
    return [
        seen(sign, minute(count) + timedelta(seconds=place), key, FailureCause.DNS)
        for count, letter in enumerate(signs)
        for place, (key, sign) in enumerate(zip(TARGETS, letter, strict=True))
        if sign != " "
    ]


def shown(board: StatusBoard, at: float) -> str:
    judged = [target_status(board, target, minute(at)) for target in TARGETS.values()]
    return signs_of([judgement for judgement in judged if judgement])


@pytest.mark.parametrize(
    ("signs", "statuses", "cut"),
    [
        (("uuuu", "dddd"), "uuuu", False),  # no target has failed since the control did
        (("uuuu", "dddd", "dd d"), "????", True),
        (("uuuu", "dddd", "dd d", "dddd"), "????", True),
        (("uuuu", "dddu", "dddu", "dddu"), "dddu", False),
        (("uuuu", "uuud", "uuud", "uuud"), "uuud", False),  # a fault of the control itself
        (("uuuu", "dddd", "dd d", "uuuu", "uuuu"), "uuuu", False),
        (("uuuu", "dddd", "dd d", "dddu", "dddu", "dddu"), "dddu", False),
    ],
)
def test_target_status_is_unknown_while_cut_off(
    signs: tuple[str, ...], statuses: str, cut: bool
) -> None:
    board = add_all(rounds(*signs), TARGETS)
    assert shown(board, len(signs) - 0.5) == statuses
    assert (board.cut_off is not None) is cut


def test_cut_off_has_a_start_and_its_own_cause() -> None:
    board = add_all(rounds("uuuu", "dddd", "dd d"), TARGETS)
    judged = target_status(board, TARGETS["tickets"], minute(3))
    assert judged is not None
    assert board.cut_off == minute(1) + timedelta(seconds=3)
    assert (judged.since, judged.cause, judged.cut_off) == (
        board.cut_off,
        FailureCause.NETWORK,
        True,
    )
    assert judged.outcome.cause is FailureCause.DNS


def test_cut_off_counts_an_error_page_but_not_a_portal_as_an_answer() -> None:
    def with_alma(cause: FailureCause) -> StatusBoard:
        outcomes = rounds("uuuu", "dddd", "dd d")
        portal = replace(outcomes[-3], cause=cause, http_status=200)
        return add_all([*outcomes[:-3], portal, *outcomes[-2:]], TARGETS)

    assert with_alma(FailureCause.STATUS).cut_off is None
    assert with_alma(FailureCause.PORTAL).cut_off is not None


def test_cut_off_needs_a_control_target() -> None:
    targets = {key: replace(target, control=False) for key, target in TARGETS.items()}
    assert shown(add_all(rounds("uuuu", "dddd", "dddd", "dddd"), targets), 4) == "dddd"


# -- when a target is slow


def test_slow_is_above_the_limit_of_the_targets_own_week() -> None:
    def quick(at: datetime, latency: float) -> Outcome:
        return replace(seen("u", at), latency_ms=latency)

    week = [quick(minute(5 * place), 300 + place % 4 * 40) for place in range(12 * 5)]
    board = add_all(week, {"alma": ALMA})
    limit = board.confirmations["alma"].baseline.limit
    assert limit == 360 + 6 * 40
    late = [quick(minute(5 * (60 + place)), latency) for place, latency in enumerate((610, 610))]
    assert add_all(late, {"alma": ALMA}, board).newest["alma"].status is SLOW
    assert add_all(late[:1], {"alma": ALMA}, board).newest["alma"].status is UP
    fine = [quick(minute(5 * (60 + place)), 590) for place in range(2)]
    assert add_all(fine, {"alma": ALMA}, board).newest["alma"].status is UP
    young = add_all(week[:20], {"alma": ALMA})
    assert young.confirmations["alma"].baseline.limit is None
    assert add_all(late, {"alma": ALMA}, young).newest["alma"].status is UP


# -- properties of any series of readings

any_row = st.text("udsud?", max_size=60)


@given(any_row)
def test_replay_in_two_parts_equals_one(signs: str) -> None:
    outcomes = row(signs)
    half = len(outcomes) // 2
    board = add_all(outcomes[half:], {"alma": ALMA}, add_all(outcomes[:half], {"alma": ALMA}))
    assert board == add_all(outcomes, {"alma": ALMA})


@given(any_row)
def test_judged_down_has_a_cause_and_up_has_an_answer(signs: str) -> None:
    worked = False
    for judged in judge(row(signs)):
        worked = worked or judged.outcome.status in (UP, SLOW)
        assert (judged.cause is None) is (judged.status in (UP, SLOW))
        assert worked or judged.status in (DOWN, UNKNOWN)
        assert judged.since <= judged.at


@given(any_row)
def test_five_equal_readings_always_confirm_a_status(signs: str) -> None:
    outcomes = row(signs + "d" * 5)
    assert add_all(outcomes, {"alma": ALMA}).newest["alma"].status is DOWN
    outcomes = row(signs + "u" * 5)
    assert add_all(outcomes, {"alma": ALMA}).newest["alma"].status is UP
