"""The time at which the library system began to answer each vantage again."""

from datetime import UTC, datetime, timedelta

from procedure.diagnosis.recovery import answered_again
from procedure.monitoring.model import Outcome, Status

NOON, MINUTE = datetime(2026, 11, 24, 11, tzinfo=UTC), timedelta(minutes=1)


def test_answered_again_is_the_first_answer_after_the_last_failure() -> None:
    seen = [
        (0, "server", Status.DOWN),
        (0, "MAIL", Status.DOWN),
        (0, "CMU", Status.UP),
        (1, "MAIL", Status.SLOW),
        (2, "server", Status.UP),
        (3, "MAIL", Status.DOWN),
        (4, "MAIL", Status.UP),
        (5, "MAIL", Status.UP),
        (5, "pc-9", Status.DOWN),
    ]
    outcomes = [
        Outcome("alma-saml", "https://alma.example", vantage, NOON + minute * MINUTE, status)
        for minute, vantage, status in seen
    ]
    assert answered_again(outcomes) == (
        ("server", NOON + 2 * MINUTE),
        ("MAIL", NOON + 4 * MINUTE),
    )
