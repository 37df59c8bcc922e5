"""`relais alert-test` shows which addresses accept an alert and which do not."""

import pytest
from click.testing import CliRunner, Result

from dashboard.cli import relais
from tests.support.webhook import Webhook

NOBODY = "json://user:geheim@127.0.0.1:9/"
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


def run(*addresses: str) -> Result:
    settings = {"RELAIS_ALERTS": " ".join(addresses), "RELAIS_LANGUAGE": "en"}
    return CliRunner().invoke(relais, ["alert-test"], env=settings)


def test_alert_test_sends_to_every_address(webhook: Webhook) -> None:
    result = run(webhook.address)
    assert (result.exit_code, result.output) == (0, "JSON (1): sent\n")
    assert webhook.received == [("Relais", "This is a test: nothing is out of order.", "info")]


def test_alert_test_names_a_failing_address(webhook: Webhook) -> None:
    result = run(webhook.address, NOBODY)
    assert result.exit_code == 1
    assert result.stdout == (
        "JSON (1): sent\nJSON (2): failed: A Connection error occurred sending JSON notification to "
        "127.0.0.1: [Errno 111] Connection refused\n"
    )
    assert "The number is the position of the address in RELAIS_ALERTS" in result.stderr
    assert "geheim" not in result.output


def test_alert_test_names_an_unreachable_mail_server_on_one_line() -> None:
    result = run("mailto://user:geheim@mail.example:9?smtp=127.0.0.1&to=it@mail.example")
    assert result.stdout == (
        'E-Mail (1): failed: Connection error while submitting email to "127.0.0.1": '
        "[Errno 111] Connection refused\n"
    )


def test_alert_test_without_an_address_is_refused() -> None:
    result = run()
    assert result.exit_code == 2
    assert "RELAIS_ALERTS is not set: set it to Apprise addresses." in result.output
