"""Delivers alerts by email, Teams, Matrix, webhook or SMS, through Apprise."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from procedure.handbook.spelling import suggest_known
from procedure.outages.alert_settings import AlertAddress, AlertKind


class AlertType(StrEnum):
    """Apprise's notification types, which channels show as symbols or colours."""

    FAILURE = "failure"
    WARNING = "warning"
    SUCCESS = "success"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Alert:
    """A plain-text message to the addresses that accept its kind, or to all if it has no kind.

    If it has a kind, addresses that accept a kind in `joins` are left out, because they get an
    alert of that kind instead.
    """

    title: str
    body: str
    type: AlertType = AlertType.INFO
    kind: AlertKind | None = None
    joins: frozenset[AlertKind] = frozenset()


def parse_addresses(text: str) -> tuple[AlertAddress, ...]:
    """Parse space-separated addresses, such as `json://host` or `declared,ended=json://host`.

    Raises:
        ValueError: an address is wrong (every fault is listed), or Apprise is not installed.
    """
    read = [_parse(address) for address in text.split()]
    faults = [
        f"address {place} {fault}"
        for place, (_, found) in enumerate(read, start=1)
        for fault in found
    ]
    if faults:
        raise ValueError("; ".join(faults))
    return tuple(address for address, _ in read)


def _parse(text: str) -> tuple[AlertAddress, list[str]]:
    chosen = re.fullmatch(r"([\w,-]*)=(\w+://.*)", text)
    kinds, url = chosen.groups() if chosen else (",".join(AlertKind), text)
    unknown = [kind for kind in kinds.split(",") if kind not in list(AlertKind)]
    faults = [
        f'has the unknown kind "{kind}"; {suggest_known(kind, list(AlertKind))}' for kind in unknown
    ]
    if _service(url) is None:
        faults.append("is not an Apprise address; see Apprise's list of services")
    known = frozenset(AlertKind(kind) for kind in kinds.split(",") if kind not in unknown)
    return AlertAddress(url, known), faults


class AlertChannels:
    """Delivers alerts to Apprise addresses (https://github.com/caronc/apprise/wiki)."""

    def __init__(self, addresses: Iterable[AlertAddress]) -> None:
        self._channels = [
            _channel(place, address) for place, address in enumerate(addresses, start=1)
        ]

    def names(
        self, kind: AlertKind | None = None, joins: frozenset[AlertKind] = frozenset()
    ) -> tuple[str, ...]:
        """Return the names of the channels that accept this kind of alert but no kind in `joins`.

        If `kind` is None, return the names of all channels.
        """
        return tuple(channel.name for channel in self._channels if channel.takes(kind, joins))

    async def try_each(self, alert: Alert) -> AsyncIterator[tuple[str, str]]:
        """Send to each channel in turn; yield its name and why it failed (empty on success)."""
        for channel in self._channels:
            with _capture(logging.DEBUG) as log:
                done = await channel.send(alert)
            yield channel.name, "" if done else _reason(log.getvalue())

    async def send(self, alert: Alert) -> tuple[str, ...]:
        """Send to every channel that accepts the alert; return the names of those that failed."""
        channels = [channel for channel in self._channels if channel.takes(alert.kind, alert.joins)]
        delivered = await asyncio.gather(
            *(channel.send(alert) for channel in channels), return_exceptions=True
        )
        return tuple(
            channel.name
            for channel, done in zip(channels, delivered, strict=True)
            if done is not True
        )


@dataclass(frozen=True, slots=True)
class _Channel:
    """One address; `name` is the service's name and the address's position in the list."""

    name: str
    kinds: frozenset[AlertKind]
    apprise: Any

    def takes(self, kind: AlertKind | None, joins: frozenset[AlertKind]) -> bool:
        return kind is None or (kind in self.kinds and self.kinds.isdisjoint(joins))

    async def send(self, alert: Alert) -> bool:
        """Send plain text, which Apprise escapes for services that accept HTML."""
        sent = self.apprise.async_notify(
            alert.body, title=alert.title, notify_type=alert.type.value, body_format="text"
        )
        return bool(await sent)


def _channel(place: int, address: AlertAddress) -> _Channel:
    service = _service(address.url)
    channel: Any = _apprise()()
    channel.add(service)
    return _Channel(f"{service.service_name} ({place})", address.kinds, channel)


# Finds in Apprise's log the cause of a failure, as reported by the system, TLS or a mail server.
# The log's debug lines are not shown in full, because they also quote addresses.
_CAUSE = re.compile(r"\[(?:Errno -?\d+|SSL: \w+)\] [^'\")>(\n]+|\(\d{3}, b'[^']+'\)|timed out")


def _capture(level: int) -> Any:
    from apprise import LogCapture  # noqa: PLC0415 - imports Apprise, see below

    return LogCapture(level=level, fmt="%(levelname)s %(message)s")


def _reason(log: str) -> str:
    """Return why a channel failed, according to Apprise's log."""
    warnings = [line for line in log.splitlines() if line.startswith("WARNING ")]
    causes = [found[0].strip() for found in _CAUSE.finditer(log)]
    spoken = [line.removeprefix("WARNING ").rstrip(".") for line in warnings]
    return ": ".join(dict.fromkeys(filter(None, spoken + causes))) or "the service gave no reason"


def _service(url: str) -> Any:
    return _apprise().instantiate(url)


def _apprise() -> Any:
    try:
        from apprise import Apprise  # noqa: PLC0415 - takes half a second, and only alerts need it
    except ImportError:
        raise ValueError("alerts need Apprise: pip install 'alma-relais[alerts]'") from None
    return Apprise
