"""How often somebody may try to sign in."""

from __future__ import annotations

from datetime import UTC, datetime

from dashboard.access.sign_in_rate import OF_ADDRESS, OF_NAME, SPAN, SignInRate

NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def failed(rate: SignInRate, count: int, name: str, address: str = "192.0.2.7") -> None:
    for _ in range(count):
        rate.add_failure(address, name, NOW)


def test_allows_not_after_failures_of_a_name_from_one_address() -> None:
    rate = SignInRate()
    failed(rate, OF_NAME - 1, "anne")
    assert rate.allows("192.0.2.7", "anne", NOW)
    failed(rate, 1, "ANNE")
    assert not rate.allows("192.0.2.7", "anne", NOW)
    assert rate.allows("192.0.2.7", "bea", NOW)
    assert rate.allows("192.0.2.8", "anne", NOW)
    assert rate.allows("192.0.2.7", "anne", NOW + SPAN)


def test_allows_not_after_failures_of_an_address_with_any_names() -> None:
    rate = SignInRate()
    for number in range(OF_ADDRESS):
        failed(rate, 1, f"name-{number}")
    assert not rate.allows("192.0.2.7", "anne", NOW)


def test_forget_clears_the_failures_of_a_name() -> None:
    rate = SignInRate()
    failed(rate, OF_NAME, "anne")
    rate.forget("192.0.2.7", "Anne")
    assert rate.allows("192.0.2.7", "anne", NOW)
