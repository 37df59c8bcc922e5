"""Alerts through Apprise to a server of ours, and to one that is not there."""

from collections.abc import Iterator

import pytest

from procedure.io.alert_channels import AlertChannels
from tests.support.webhook import Webhook

# Apprise imports it, in Python 3.11 and 3.12.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
NOBODY = "json://user:geheim@127.0.0.1:9/"


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    made = Webhook()
    yield made
    made.stop()


async def test_send_to_every_channel(webhook: Webhook) -> None:
    channels = AlertChannels([webhook.address, webhook.address])
    assert await channels.send("Relais", "Alma\u202f: ne répond plus.") == ()
    assert webhook.received == [("Relais", "Alma\u202f: ne répond plus.")] * 2


async def test_send_names_a_failing_channel_without_its_address(webhook: Webhook) -> None:
    channels = AlertChannels([webhook.address, NOBODY])
    assert await channels.send("Relais", "text") == ("JSON (2)",)
    assert webhook.received == [("Relais", "text")]


def test_invalid_address_is_refused_without_quoting_it() -> None:
    with pytest.raises(ValueError, match="number 2 is no address of Apprise") as refusal:
        AlertChannels([NOBODY, "geheim://x"])
    assert "geheim" not in str(refusal.value)
