"""Sending alerts through Apprise to a local server, and to a server that does not exist."""

import pytest

from procedure.io.alert_channels import Alert, AlertChannels, AlertType, parse_addresses
from procedure.outages.alert_settings import AlertKind
from tests.support.webhook import Webhook

# In Python 3.11 and 3.12, Apprise imports the deprecated module `imghdr`.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
NOBODY = "json://user:geheim@127.0.0.1:9/"


ALERT = Alert("Relais", "Alma\u202f: ne répond plus.", AlertType.FAILURE, AlertKind.SERVICE)
ARRIVED = ("Relais", "Alma\u202f: ne répond plus.", "failure")


async def test_send_names_a_failing_channel_without_its_address(
    webhook: Webhook,
) -> None:
    addresses = f"{webhook.address} {NOBODY} {webhook.address}"
    assert await AlertChannels(parse_addresses(addresses)).send(ALERT) == ("JSON (2)",)
    assert webhook.received == [ARRIVED] * 2


async def test_send_respects_the_kinds_chosen_for_an_address(webhook: Webhook) -> None:
    chosen = f"declared,ended={webhook.address} service={webhook.address}"
    channels = AlertChannels(parse_addresses(chosen))
    assert channels.names(AlertKind.SERVICE) == ("JSON (2)",)
    assert channels.names() == ("JSON (1)", "JSON (2)")
    assert await channels.send(ALERT) == ()
    assert webhook.received == [ARRIVED]
    await channels.send(Alert("Relais", "a test"))
    assert len(webhook.received) == 3


def test_address_without_chosen_kinds_receives_every_kind() -> None:
    (address,) = parse_addresses("json://example.org/?a=b")
    assert address.kinds == set(AlertKind)
    assert "example.org" not in repr(address)


def test_every_fault_of_the_addresses_is_reported_without_the_address() -> None:
    with pytest.raises(ValueError, match="address 1") as refusal:
        parse_addresses(f"declred,ended={NOBODY} geheim://x signed=geheim token=geheim=json://x")
    assert str(refusal.value).split("; address ") == [
        'address 1 has the unknown kind "declred"; did you mean "declared"?',
        "2 is not an Apprise address; see Apprise's list of services",
        "3 is not an Apprise address; see Apprise's list of services",
        "4 is not an Apprise address; see Apprise's list of services",
    ]
