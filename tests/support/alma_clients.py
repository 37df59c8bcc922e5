"""A stand-in for Alma that also answers what other clients than Relais ask for."""

from __future__ import annotations

from itertools import count

from procedure.simulation.alma.api import CALLS as RELAIS_CALLS
from procedure.simulation.alma.calls import Calls
from procedure.simulation.alma.world import Stock, World
from tests.support import alma_accounts, alma_jobs, alma_lists, alma_loans

CALLS: Calls = (
    *RELAIS_CALLS,
    *alma_loans.CALLS,
    *alma_accounts.CALLS,
    *alma_jobs.CALLS,
    *alma_lists.CALLS,
)


class ClientWorld(World):
    """A world with fees, requests and runs of jobs, by their id."""

    def __init__(self, stock: Stock) -> None:
        super().__init__(stock)
        self.fees: dict[str, alma_accounts.Fee] = {}
        self.requests: dict[str, alma_accounts.Request] = {}
        self.runs: dict[str, alma_jobs.JobRun] = {}
        self._ids = count(1)

    def new_id(self) -> str:
        """Return an unused id for a fee, request or run."""
        return str(next(self._ids))
