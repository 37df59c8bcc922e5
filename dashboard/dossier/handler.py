"""`/dossier/ID`: the dossier of an outage."""

import asyncio

from dashboard.core.authorised_handler import (
    ContextHandler,
    asked_language,
    path_uuid,
)
from dashboard.core.visitor import Permission
from dashboard.dossier.html import as_html
from dashboard.dossier.outage_files import has_files
from procedure.handbook.model import services
from procedure.local_time import local_day
from procedure.outages.dossier import read_dossier

POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'"


class DossierHandler(ContextHandler):
    """Sends the dossier of a declared outage."""

    permission = Permission.READ_DOSSIER

    async def get(self, outage: str) -> None:
        """Send the current dossier, or 404 if there is no such outage."""
        outage_id = path_uuid(outage)
        context = self._context()
        page_language = asked_language(self, context)
        # In a thread, because this reads the whole journal.
        dossier = await asyncio.to_thread(
            read_dossier,
            outage_id,
            context.store.journal,
            context.store.history,
            context.handbook.current.scans,
            now=context.clock.now(),
            services=services(context.handbook.current),
            points=context.handbook.library_system.points,
        )
        if dossier is None:
            self.set_status(404)
            self.finish({"error": "no declared outage has this id"})
            return
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Security-Policy", POLICY)
        address = files = ""
        if self.get_query_argument("download", ""):
            day = local_day(dossier.begun)
            name = f"dossier-{day}-{str(outage_id)[:8]}.html"
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        else:
            address = f"?lang={page_language.code}&download=1"
            files = f"{outage_id}.zip" if has_files(dossier.outage, context.clock.now()) else ""
        page = as_html(
            dossier, context.handbook.current, page_language, download=address, files=files
        )
        self.finish(page)
