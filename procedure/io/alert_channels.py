"""Delivers alerts through Apprise: mail, Teams, Matrix, a webhook, an SMS gateway."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any


class AlertChannels:
    """Addresses of Apprise (https://github.com/caronc/apprise/wiki); they hold passwords."""

    def __init__(self, addresses: Iterable[str]) -> None:
        """Parse the addresses.

        Raises:
            ValueError: one cannot be used, or Apprise is not installed; it quotes no address.
        """
        self._services = [_parse(place, url) for place, url in enumerate(addresses, start=1)]

    def __len__(self) -> int:
        return len(self._services)

    @property
    def names(self) -> tuple[str, ...]:
        """The channels as they may be shown: the kind of service and its place in the list."""
        return tuple(
            f"{service.service_name} ({place})"
            for place, service in enumerate(self._services, start=1)
        )

    async def send(self, title: str, body: str) -> tuple[str, ...]:
        """Send to every channel at once; return the names of those that failed."""
        delivered = await asyncio.gather(
            *(service.async_notify(body=body, title=title) for service in self._services),
            return_exceptions=True,
        )
        return tuple(
            name for name, done in zip(self.names, delivered, strict=True) if done is not True
        )


def _parse(place: int, address: str) -> Any:
    try:
        from apprise import Apprise  # noqa: PLC0415 - half a second, for those who have alerts
    except ImportError:
        raise ValueError("alerts need Apprise: pip install 'alma-relais[alerts]'") from None
    service: Any = Apprise.instantiate(address)  # pyright: ignore[reportUnknownMemberType]
    if service is None:
        raise ValueError(f"number {place} is no address of Apprise; see its list of services")
    return service
