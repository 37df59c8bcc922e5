"""How often somebody may try to sign in."""

from __future__ import annotations

from datetime import UTC, datetime

from dashboard.access.sign_in_rate import OF_ADDRESS, OF_NAME, SPAN, SignInRate

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def failed(rate: SignInRate, count: int, name: str, address: str = "192.0.2.7") -> None:
    for _ in range(count):
        rate.add_failure(address, name, NOW)


def test_a_name_waits_after_some_failures_from_one_address() -> None:
    rate = SignInRate()
    failed(rate, OF_NAME - 1, "anne")
    assert rate.allows("192.0.2.7", "anne", NOW)
    failed(rate, 1, "ANNE")
    assert not rate.allows("192.0.2.7", "anne", NOW)
    assert rate.allows("192.0.2.7", "bea", NOW)
    assert rate.allows("192.0.2.8", "anne", NOW)
    assert rate.allows("192.0.2.7", "anne", NOW + SPAN)


def test_an_address_waits_whatever_names_it_tries() -> None:
    rate = SignInRate()
    for number in range(OF_ADDRESS):
        failed(rate, 1, f"name-{number}")
    assert not rate.allows("192.0.2.7", "anne", NOW)


def test_a_success_forgets_the_failures_of_the_name() -> None:
    rate = SignInRate()
    failed(rate, OF_NAME, "anne")
    rate.forget("192.0.2.7", "Anne")
    assert rate.allows("192.0.2.7", "anne", NOW)
