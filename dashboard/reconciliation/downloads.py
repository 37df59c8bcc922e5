"""`/reconciliation/…`: downloads of the offline files and of the result tables."""

from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from dashboard.core.authorised_handler import AuthorisedHandler, path_uuid
from dashboard.core.visitor import Permission
from dashboard.reconciliation.ledger import ReconciliationLedger
from procedure.circulation.transactions import Export
from procedure.errors import OfflineFileError
from procedure.personal_data.access_entries import FileDownloaded
from procedure.reconciliation.offline_file_export import is_purged, rewritten
from procedure.reconciliation.spreadsheets import (
    as_csv,
    as_xlsx,
    extension_tables,
    extensions,
    summary_tables,
)


class ReconciliationDownload(AuthorisedHandler):
    """A download of data from the ledger, recorded in the journal."""

    permission = Permission.EXPORT

    def initialize(self, ledger: Callable[[], ReconciliationLedger]) -> None:
        self._ledger = ledger

    async def _read(self) -> ReconciliationLedger:
        ledger = self._ledger()
        await ledger.read()
        return ledger

    async def _give(
        self, content: bytes, name: str, kind: str, ledger: ReconciliationLedger
    ) -> None:
        """Send the file once the download is recorded in the journal."""
        context, person = ledger.context, self.person
        taken = FileDownloaded(
            id=context.clock.new_id(),
            at=context.clock.now(),
            workstation=person.workstation,
            operator=person.name,
            file=name,
        )
        await context.store.journal.record(taken)
        self.set_header("Content-Type", kind)
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.set_header("Cache-Control", "no-store")
        self.finish(content)


class OfflineFileDownload(ReconciliationDownload):
    """An offline file; every download gives the same bytes.

    The response is 404 for an unknown export, and 409 if its file can no longer be written.
    """

    async def get(self, export: str) -> None:
        export_id = path_uuid(export)
        ledger = await self._read()
        sent = ledger.reconciled.log.export(export_id)
        if sent is None:
            self._refuse(404, "there is no file with this id")
            return
        try:
            content = _bytes(ledger, sent)
        except OfflineFileError as fault:
            self._refuse(409, str(fault))
            return
        await self._give(content, sent.name, "application/octet-stream", ledger)


class ReconciliationTable(ReconciliationDownload):
    """The results as tables: `/reconciliation/summary.xlsx`, `extensions.csv` and others."""

    async def get(self, name: str, form: str) -> None:
        ledger = await self._read()
        log = ledger.reconciled
        if name == "summary":
            tables = summary_tables(log)
        else:
            context = ledger.context
            terms = context.settings.short_loans
            tables = extension_tables(extensions(log, terms, now=context.clock.now()))
        write, kind = _FORMS[form]
        await self._give(write(tables), f"relais-{name}.{form}", kind, ledger)


_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMS = {"xlsx": (as_xlsx, _SHEET), "csv": (as_csv, "text/csv; charset=utf-8")}


class AllOfflineFiles(ReconciliationDownload):
    """A ZIP archive of the files that are neither uploaded nor purged, numbered in upload order."""

    async def get(self) -> None:
        """Send the archive, or respond with 404 if it would be empty."""
        log = (ledger := await self._read()).reconciled
        uploads = log.uploaded
        exports = list(enumerate(log.log.exports, start=1))
        unsent = [
            (number, export)
            for number, export in exports
            if export.id not in uploads and not is_purged(log.log, export)
        ]
        if not unsent:
            self._refuse(404, "no file is left to upload")
            return
        packed = BytesIO()
        try:
            with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
                for number, export in unsent:
                    archive.writestr(f"{number:02}_{export.name}", _bytes(ledger, export))
        except OfflineFileError as fault:
            self._refuse(409, str(fault))
            return
        name = f"relais-{ledger.context.handbook.library_system.key}.zip"
        await self._give(packed.getvalue(), name, "application/zip", ledger)


def _bytes(ledger: ReconciliationLedger, export: Export) -> bytes:
    return rewritten(ledger.reconciled.log, export)
