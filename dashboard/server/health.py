"""`/healthz` and `/readyz`: whether the process responds, and whether it is ready for work.

Load balancers and supervisors may request these under any host name. The responses contain no
names, addresses or paths.
"""

import asyncio
import logging
from collections.abc import Callable

from dashboard.core.authorised_handler import AuthorisedHandler
from dashboard.core.context import AppContext
from dashboard.core.handbook_in_use import HandbookInUse
from dashboard.core.probe_watch import LATE
from dashboard.core.store import Store
from procedure.errors import JournalDamaged, JournalError, JournalGone

ANSWERS_WITHIN = 8.0  # seconds, of which 5 may be spent waiting for a locked database

_log = logging.getLogger(__name__)


class HealthRoute(AuthorisedHandler):
    """A route open to everybody, under any host name."""

    permission = None


class Healthz(HealthRoute):
    """Responds with 200 while the process can respond, whatever else fails."""

    def get(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.finish({"status": "ok"})

    head = get


class Readyz(HealthRoute):
    """Responds with 200, or with 503 and the reasons if the server is not ready.

    The response's `handbook` is the result of `handbook_state`.
    """

    def initialize(self, context: Callable[[], AppContext]) -> None:
        self._context = context

    async def get(self) -> None:
        """Respond with the result of a check, cached for a second because it waits for the disk."""
        context = self._context()
        reasons = await context.computed_once(
            "ready", lambda: asyncio.ensure_future(not_ready(context))
        )
        self.set_status(503 if reasons else 200)
        self.set_header("Cache-Control", "no-store")
        answer = {"ready": not reasons, "reasons": list(reasons)}
        self.finish(answer | {"handbook": handbook_state(context.handbook)})

    head = get


def handbook_state(handbook: HandbookInUse) -> str:
    """Return whether the handbook's current files are in use: `current`, `faulty` or `restart`.

    `faulty` means that the files have faults and are not in use. `restart` means that some keys
    take effect only after a restart.
    """
    if handbook.faults:
        return "faulty"
    return "restart" if handbook.needs_restart else "current"


async def not_ready(context: AppContext) -> tuple[str, ...]:
    """Commit a test transaction, and return why the server is not ready (empty if it is).

    - `database_gone`, `database_damaged`: somebody must repair the database.
    - `database_unwritable`: the cause may be temporary, such as a full disk or a lock.
    - `database_silent`: the database did not respond in time.
    - `spool_unwritable`: loans are refused, because the spool cannot be written to either.
    - `watch_stopped`: no probe has been recorded, or the newest is older than twice the shortest
      interval plus `LATE`.
    """
    spool = "" if context.takes_loans else "spool_unwritable"
    reasons = (await _database(context.store), spool, _watch(context))
    return tuple(reason for reason in reasons if reason)


async def _database(store: Store) -> str:
    try:
        await asyncio.wait_for(asyncio.wrap_future(store.check_writing()), ANSWERS_WITHIN)
    except JournalDamaged:
        return "database_damaged"
    except JournalGone:
        return "database_gone"
    except JournalError:
        return "database_unwritable"
    except TimeoutError:
        return "database_silent"
    except Exception:  # whatever the driver raises, nothing can be written
        _log.exception("the database cannot be checked")
        return "database_unwritable"
    return ""


def _watch(context: AppContext) -> str:
    last = context.watches.probes.last_round
    intervals = [target.interval for target in context.handbook.current.targets.values()]
    if not intervals:
        return ""
    late = last is None or context.clock.now() - last > 2 * min(intervals) + LATE
    return "watch_stopped" if late else ""


def health_routes(opened: Callable[[], AppContext]) -> list[tuple[str, type, dict[str, object]]]:
    return [(r"/healthz", Healthz, {}), (r"/readyz", Readyz, {"context": opened})]
