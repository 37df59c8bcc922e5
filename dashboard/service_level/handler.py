"""`/service-level`: compares the vendor's promise and announcements with observations."""

import asyncio

from dashboard.core.authorised_handler import ContextHandler, asked_language
from dashboard.core.visitor import Permission
from dashboard.service_level.level_html import as_html
from dashboard.service_level.level_report import read_evidence, read_report
from procedure import frames

POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"


class ServiceLevelHandler(ContextHandler):
    """Serves the service level for `?span=`: a year, or the last twelve complete months."""

    permission = Permission.READ_DOSSIER

    async def get(self, form: str | None) -> None:
        """Respond with the page, or with the disputed downtimes as CSV."""
        context = self._context()
        language = asked_language(self, context)
        now, span = context.clock.now(), self.get_query_argument("span", "")
        # This reads up to ten years of status changes, and must not delay the pages.
        report = await asyncio.to_thread(read_report, context, span, now)
        self.set_header("Cache-Control", "no-store")
        self.set_header("Content-Security-Policy", POLICY)
        if form:
            self.set_header("Content-Type", "text/csv; charset=utf-8")
            self.set_header("Content-Disposition", f'attachment; filename="{report.choice}.csv"')
            disputed = report.level.disputed if report.level else ()
            self.finish(frames.disputed_downtimes(disputed).to_csv(index=False))
            return
        evidence = read_evidence(report.level, context) if report.level else {}
        self.finish(as_html(report, evidence, context, language))
