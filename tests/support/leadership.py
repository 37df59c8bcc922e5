"""A stand-in for leader election: a test grants and revokes leadership."""

import asyncio


class GivenLeadership:
    """This process leads while `leads` is set.

    If `alone` is set, the database cannot be reached, and the process probes without leading.
    """

    def __init__(self, *, leads: bool = False) -> None:
        self.leads = leads
        self.alone = False

    @property
    def watches(self) -> bool:
        return self.leads or self.alone

    def ensure_started(self) -> None:
        pass

    async def until_watching(self) -> None:
        while not self.watches:  # noqa: ASYNC110 - the flags have no event
            await asyncio.sleep(1)

    async def announcement(self, longest: float) -> None:
        await asyncio.sleep(longest)
