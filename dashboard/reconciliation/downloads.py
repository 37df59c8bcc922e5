"""`/way-back/…`: the offline files as they were written, and the tables of the end."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from dashboard.core.context import AppContext
from dashboard.core.http import AuthorisedHandler, path_uuid
from dashboard.core.rights import Permission
from procedure.circulation.transactions import Export
from procedure.errors import OfflineFileError
from procedure.reconciliation.export import rewritten
from procedure.reconciliation.extensions import extensions
from procedure.reconciliation.tables import as_csv, as_xlsx, extension_tables, summary_tables


class OfflineFileDownload(AuthorisedHandler):
    """One file, its bytes the same each time; 404 for an id that is no export."""

    act = Permission.EXPORT

    def initialize(self, context: Callable[[], AppContext]) -> None:
        """Take what opens the context: it is not opened before the first request."""
        self._context = context

    async def get(self, export: str) -> None:
        """Answer with the file."""
        export_id = path_uuid(export)
        context = await self._read()
        sent = context.way.found.log.export(export_id)
        if sent is None:
            self.set_status(404)
            self.finish({"error": "no file of this id was written"})
            return
        try:
            content = _bytes(context, sent)
        except OfflineFileError as fault:
            self.set_status(409)
            self.finish({"error": str(fault)})
            return
        self._give(content, sent.name, "application/octet-stream")

    async def _read(self) -> AppContext:
        """Open the context, and read what the journal has, a long one without holding up others."""
        context = self._context()
        await context.way.read()
        return context

    def _give(self, content: bytes, name: str, kind: str) -> None:
        self.set_header("Content-Type", kind)
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.set_header("Cache-Control", "no-store")
        self.finish(content)


class ReconciliationTable(OfflineFileDownload):
    """`/way-back/summary.xlsx`, `extensions.csv` and so on: the end of the way back, as tables."""

    async def get(self, name: str, form: str) -> None:
        """Answer with the table as it stands."""
        context = await self._read()
        found = context.way.found
        if name == "summary":
            tables = summary_tables(found)
        else:
            terms = context.settings.short_loans
            tables = extension_tables(extensions(found, terms, now=context.now()))
        write, kind = _FORMS[form]
        self._give(write(tables), f"relais-{name}.{form}", kind)


_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FORMS = {"xlsx": (as_xlsx, _SHEET), "csv": (as_csv, "text/csv; charset=utf-8")}


class AllOfflineFiles(OfflineFileDownload):
    """The files that nobody has said to be uploaded, numbered in the order of their upload."""

    async def get(self) -> None:
        """Answer with the archive; one that holds nothing is 404."""
        context = await self._read()
        uploads = context.way.found.uploads.at
        exports = list(enumerate(context.way.found.log.exports, start=1))
        unsent = [(number, one) for number, one in exports if one.id not in uploads]
        if not unsent:
            self.set_status(404)
            self.finish({"error": "every file is uploaded already"})
            return
        packed = BytesIO()
        with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
            for number, one in unsent:
                archive.writestr(f"{number:02}_{one.name}", _bytes(context, one))
        self._give(packed.getvalue(), "relais-alma.zip", "application/zip")


def _bytes(context: AppContext, export: Export) -> bytes:
    return rewritten(context.way.found.log, export)
