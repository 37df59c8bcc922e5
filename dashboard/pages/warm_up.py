"""Preloads the modules and templates that the places of the page need when they are opened."""

import asyncio

from dashboard.ui.failure_log import log_failure
from dashboard.ui.templating import TEMPLATES

AFTER = 15.0  # seconds to wait, so that the first requests after startup are not delayed

_tasks: set[asyncio.Task[None]] = set()


def start_warm_up(after: float = AFTER) -> None:
    """Load the places in a thread, `after` seconds from now."""
    _tasks.add(asyncio.get_running_loop().create_task(_warm_up(after)))


async def _warm_up(after: float) -> None:
    await asyncio.sleep(after)
    try:
        await asyncio.to_thread(load_places)
    except Exception as error:  # the place shows the error when it is opened
        log_failure(error)


def load_places() -> None:
    """Import the lazily loaded places, and compile the templates."""
    import dashboard.history.history_page  # noqa: PLC0415
    import dashboard.loans.loans_page  # noqa: PLC0415
    import dashboard.outage.coordination_page  # noqa: PLC0415
    import dashboard.reconciliation.reconciliation_page  # noqa: F401, PLC0415

    for name in TEMPLATES.list_templates(extensions=["html"]):
        TEMPLATES.get_template(name)
