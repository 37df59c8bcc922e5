"""`/dossier/ID.zip`: the records of an outage as tables."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from dashboard.core.authorised_handler import ContextHandler, path_uuid
from dashboard.core.context import AppContext
from dashboard.core.visitor import Permission
from procedure.errors import ExportRefused, OutageNotFound
from procedure.local_time import local_day
from procedure.outages.dossier import span
from procedure.outages.outage_entries import OutageRecord, find_outage
from procedure.personal_data.access_entries import FileDownloaded

LONGEST = timedelta(days=7)  # for longer outages, use `relais records export`
# Makes one archive at a time, because the tables for a week take hundreds of megabytes of memory.
_MAKER = ThreadPoolExecutor(1, "outage-files")


def has_files(outage: OutageRecord, now: datetime) -> bool:
    """Return whether an outage is short enough for the server to export its files."""
    since, until = span(outage, now)
    return until - since <= LONGEST


class OutageFilesHandler(ContextHandler):
    """Sends the files of `relais records export --outage`, with pseudonyms, as an archive."""

    permission = Permission.READ_DOSSIER

    async def get(self, outage: str) -> None:
        """Send the archive, once the download has been recorded in the journal."""
        outage_id, context = path_uuid(outage), self._context()
        context.folds.update()
        now = context.clock.now()
        try:
            record = find_outage(context.folds.outages.records(), str(outage_id))
        except OutageNotFound:
            self._refuse(404, "no declared outage has this id")
            return
        if not has_files(record, now):
            self._refuse(409, "this outage is too long to download: use `relais records export`")
            return
        name = f"relais-{local_day(record.declared.begun)}-{str(outage_id)[:8]}.zip"
        made = asyncio.get_running_loop().run_in_executor(
            _MAKER, _pack, context, outage_id, name, now
        )
        try:
            packed, kept = await made
        except ExportRefused:
            self._refuse(503, "the server cannot write the tables: try again later")
            return
        await context.store.journal.record(
            FileDownloaded(
                id=context.clock.new_id(),
                at=context.clock.now(),
                workstation=self.person.workstation,
                operator=self.person.name,
                file=kept,
            )
        )
        self.set_header("Content-Type", "application/zip")
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.set_header("Cache-Control", "no-store")
        self.finish(packed)


def _pack(context: AppContext, outage: UUID, name: str, now: datetime) -> tuple[bytes, str]:
    """Return the archive, and its description for the journal."""
    # This imports pandas, which is slow.
    from procedure.records.export import journal_name, zip_frames  # noqa: PLC0415
    from procedure.records.records import Records  # noqa: PLC0415

    stored: Any = context.store.history
    records = Records(
        context.store.journal, stored, context.handbook.current, until=now, outage=str(outage)
    )
    frames = records.all_frames()
    return zip_frames(frames), journal_name(name, frames)
