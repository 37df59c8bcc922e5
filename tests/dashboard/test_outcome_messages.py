"""Every outcome has a sentence in French and English, and the most specific sentence is used."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.translations import language
from dashboard.translations.outcome_messages import cause_name, outcome_name, outcome_sentence
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


@pytest.mark.parametrize("code", ["fr", "en"])
def test_every_cause_and_status_has_a_message(code: str) -> None:
    shown_in = language(code)
    for cause in FailureCause:
        outcome = replace(SEEN, cause=cause)
        assert "{" not in outcome_name(outcome, shown_in) + cause_name(cause, shown_in)
        assert "{" not in outcome_sentence(outcome, shown_in)
    for status in Status:
        assert "{" not in outcome_sentence(replace(SEEN, status=status, cause=None), shown_in)


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
            replace(SEEN, status=Status.UNKNOWN, cause=FailureCause.NETWORK),
            "unknown",
            "Nothing is known: this machine could not make the attempt.",
        ),
        (
            replace(SEEN, status=Status.UP, cause=None, phase=None, reserved=True),
            None,
            "idp.example answers and asks for a login, as expected.",
        ),
        (
            replace(
                SEEN, status=Status.UP, cause=None, phase=None, expires=AT + timedelta(days=13)
            ),
            None,
            "idp.example answers, but its certificate expires in 13 days.",
        ),
    ],
)
def test_outcome_sentence_is_the_most_precise(
    outcome: Outcome, short: str | None, sentence: str
) -> None:
    assert outcome_sentence(outcome, language("en")) == sentence
    assert short is None or outcome_name(outcome, language("en")) == short
