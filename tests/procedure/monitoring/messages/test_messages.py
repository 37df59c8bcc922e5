"""Words for what was found: complete in both languages, the most precise first, and well set."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from procedure.monitoring.messages import TABLES, cause_name, describe
from procedure.monitoring.model import FailureCause, Outcome, Phase, Status

AT = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
SEEN = Outcome(
    "alma-saml",
    "https://alma.example/SAML",
    "server",
    AT,
    Status.DOWN,
    FailureCause.TIMEOUT,
    Phase.CONNECT,
    final_url="https://idp.example:8443/idp",
    latency_ms=10_004.2,
)


def test_both_languages_say_the_same_things() -> None:
    assert set(TABLES["fr"]) == set(TABLES["en"])

    def places(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    for key, french in TABLES["fr"].items():
        english = TABLES["en"][key]
        assert [places(one) for one in french] == [places(one) for one in english], key


def test_every_cause_and_verdict_has_words() -> None:
    assert {*FailureCause, *Status} <= set(TABLES["fr"])
    assert all(
        cause_name(cause, "fr") and "{" not in cause_name(cause, "en") for cause in FailureCause
    )


@pytest.mark.parametrize("wrong", [r"[ \xa0][;:!?»%]", r"\w'\w", r"[^\s\u202f.][;!?:](?:\s|$)"])
def test_french_keeps_its_spaces_and_marks(wrong: str) -> None:
    french = {text for row in TABLES["fr"].values() for text in row}
    assert {text for text in french if re.search(wrong, text)} == set()


@pytest.mark.parametrize(
    ("outcome", "short", "sentence"),
    [
        (SEEN, "10\u202fs timeout", "idp.example cannot be reached: no sign within 10\u202fs."),
        (
            replace(SEEN, phase=Phase.REQUEST),
            "10\u202fs timeout",
            "idp.example did not answer within 10\u202fs.",
        ),
        (
            replace(SEEN, cause=FailureCause.STATUS, http_status=503, phase=Phase.FIRST_BYTE),
            "HTTP 503",
            "idp.example says it is not available for now (HTTP 503).",
        ),
        (
            replace(SEEN, cause=FailureCause.STATUS, http_status=418, phase=Phase.FIRST_BYTE),
            "HTTP 418",
            "idp.example answers with an error (HTTP 418).",
        ),
        (
            replace(
                SEEN, cause=FailureCause.TLS, detail="the certificate has expired; ::1: ETIMEDOUT"
            ),
            "certificate expired",
            "The certificate of idp.example has expired.",
        ),
        (
            replace(SEEN, verdict=Status.UNKNOWN, cause=FailureCause.NETWORK),
            "unknown",
            "Nothing is known: this machine could not make the attempt.",
        ),
        (
            replace(SEEN, verdict=Status.UP, cause=None, phase=None, reserved=True),
            "answers",
            "idp.example answers and asks for a login, as expected.",
        ),
        (
            replace(
                SEEN, verdict=Status.UP, cause=None, phase=None, expires=AT + timedelta(days=13)
            ),
            "answers",
            "idp.example answers, but its certificate ends in 13 days.",
        ),
    ],
)
def test_the_most_precise_words_are_used(outcome: Outcome, short: str, sentence: str) -> None:
    assert describe(outcome, "en") == (short, sentence)
