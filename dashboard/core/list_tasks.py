"""The lists of accounts and items: taken from their folder, and deleted when they are old."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta

from dashboard.core.context import AppContext
from procedure.errors import ProcedureError
from procedure.io.offline_lists.list_import import ListImport
from procedure.io.offline_lists.list_record import ListRecord

_log = logging.getLogger(__name__)


async def take_lists(context: AppContext) -> None:
    """Make lists of the exports that wait, in another process; what was refused stays."""
    if context.list_inbox is None:
        return
    await context.leadership.turn()
    plan = ListImport(context.handbook.scans, context.settings.short_loans)
    try:
        taken = await context.list_inbox.take(context.now(), plan)
        if taken:
            await asyncio.to_thread(_record(context).taken, taken)
    except (ProcedureError, OSError) as fault:
        _log.error("the lists cannot be taken: %s", fault)


async def delete_old_lists(context: AppContext) -> None:
    """Delete lists, and exports that were not taken, after the days that the handbook has."""
    if context.list_store is None:
        return
    older_than = context.now() - timedelta(days=context.handbook.lists.lists_kept)
    try:
        await asyncio.to_thread(_record(context).forget, context.list_store, older_than)
        if context.list_inbox is not None:
            await asyncio.to_thread(context.list_inbox.delete_old, older_than)
    except (ProcedureError, OSError) as fault:
        _log.error("the lists that are too old cannot be deleted: %s", fault)


def _record(context: AppContext) -> ListRecord:
    return ListRecord(context.journal, context.now, context.new_id)
