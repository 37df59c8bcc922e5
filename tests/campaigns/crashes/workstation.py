"""A workstation without a browser, which sends loans as `outbox.js` does."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from time import monotonic
from typing import Any

import httpx

from procedure.io.clock import utc_now
from tests.support import make

# The same values as in dashboard/assets/outbox.js and api_client.js; times are in seconds.
BATCH = 100
FIRST_WAIT = 1.0
LONGEST_WAIT = 15.0
PATIENCE = 10.0
HEADERS = {"X-Relais": "desk"}
SETTLED = {"kept", "repeated", "refused"}
MILLISECOND = timedelta(milliseconds=1)


class Workstation:
    """A workstation that makes each loan to a new patron.

    `answers` maps the id of each acknowledged loan to the state in the server's answer. `pause` is
    the average number of seconds between loans; `now` is the workstation's clock. For each message
    that removed a loan from the outbox, `took` holds the time when it was sent (`monotonic`) and
    its duration in seconds.
    """

    def __init__(
        self,
        number: int,
        address: str,
        chance: Random,
        *,
        pause: float = 2,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.name = f"poste-{number}"
        self.made: list[dict[str, Any]] = []
        self.outbox: list[dict[str, Any]] = []
        self.answers: dict[str, str] = {}
        self.took: list[tuple[float, float]] = []
        self.failures = 0  # messages that removed no loan from the outbox
        self._number, self._address, self._chance, self._pause = number, address, chance, pause
        self._now = now
        self._last = datetime.min.replace(tzinfo=UTC)
        self._added = asyncio.Event()

    async def lend(self) -> None:
        """Lend until cancelled."""
        while True:
            await asyncio.sleep(self._chance.expovariate(1 / self._pause))
            self.add_loan()

    async def send(self) -> None:
        """Send queued loans, in order, until cancelled."""
        wait = FIRST_WAIT
        async with httpx.AsyncClient(base_url=self._address, headers=HEADERS) as client:
            while True:
                await self._added.wait()
                if await self._send_some(client):
                    wait = FIRST_WAIT
                    continue
                self.failures += 1
                await asyncio.sleep(wait * self._chance.uniform(0.8, 1.2))
                wait = min(2 * wait, LONGEST_WAIT)

    def add_loan(self) -> None:
        self._last = max(self._now(), self._last + MILLISECOND)
        number = len(self.made) + 1
        code = f"{self._number:03}{number:06}"
        loan = make.message(self.name, number, f"1{code}", f"2{code}", self._last)
        self.made.append(loan)
        self.outbox.append(loan)
        self._added.set()

    async def _send_some(self, client: httpx.AsyncClient) -> bool:
        """Send the oldest queued loans; return whether any of them left the outbox."""
        lines, begun = self.outbox[:BATCH], monotonic()
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await client.post("/desk/transactions", json={"transactions": lines})
            answers: Sequence[dict[str, Any]] = (
                answer.json()["answers"] if answer.is_success else ()
            )
        except (httpx.HTTPError, TimeoutError, ValueError):
            return False
        settled = {reply["id"]: reply["state"] for reply in answers if reply["state"] in SETTLED}
        self.answers |= settled
        if settled:
            self.took.append((begun, monotonic() - begun))
        self.outbox = [line for line in self.outbox if line["id"] not in settled]
        if not self.outbox:
            self._added.clear()
        return bool(settled)
