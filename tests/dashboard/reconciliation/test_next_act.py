"""At every point in the reconciliation, at most one button is filled: the next action."""

import re
from typing import Any

from dashboard.reconciliation.base_view import StepView
from dashboard.reconciliation.job_reports_view import JobReportsView
from dashboard.reconciliation.offline_files_view import OfflineFilesView
from dashboard.reconciliation.preflight_view import PreflightView
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.reconciliation.rows import RowFilter
from dashboard.reconciliation.sign_off_view import SignOffView
from dashboard.reconciliation.step_band import StepBand
from dashboard.reconciliation.verification_view import VerificationView
from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from procedure.handbook.model import Handbook
from procedure.reconciliation.checklist import BLOCK_BACK, BLOCK_OFF, CARTS_CLOSED
from procedure.reconciliation.offline_file_export import rewritten
from tests.dashboard.reconciliation.test_reconciliation import Desk, opened

FILLED = re.compile(r'<(?:button|a) class="[^"]*btn--main([^>]*)data-key="([^"]+)"([^>]*)>')
HEADING = re.compile(r"<h1[^>]*>([^<]*)</h1>")


class Shown:
    """The parts of the reconciliation page that may have a filled button."""

    def __init__(self, desk: Desk) -> None:
        self.progress = desk.progress
        here: dict[str, Any] = {"progress": desk.progress, "language": language("en")}
        rows, repair = RowFilter(progress=desk.progress), RowRepair(progress=desk.progress)
        files = OfflineFilesView(**here)
        self.reports = files.reports
        parts: list[StepView] = [
            StepBand(**here),
            PreflightView(rows=rows, **here),
            files,
            JobReportsView(reports=self.reports, **here),
            VerificationView(repair=repair, rows=rows, write=files.write_corrected, **here),
            SignOffView(**here),
        ]
        self._panes = [pane for part in parts for pane in part.__panel__().select(LiveHTML)]

    @property
    def html(self) -> str:
        self.progress.update()
        return "".join(pane.html for pane in self._panes)

    def at(self, step: str) -> tuple[str, list[str]]:
        """Return the heading at a step, and the keys of the filled buttons that can be pressed."""
        self.progress.go(step)
        found = FILLED.findall(html := self.html)
        (heading,) = HEADING.findall(html)
        return heading, [key for before, key, after in found if "disabled" not in before + after]


async def test_headings_and_filled_buttons_are_right_at_each_moment(handbook: Handbook) -> None:
    async with opened(handbook, rows=40) as desk:
        page, jobs = Shown(desk), desk.progress.ledger.jobs
        assert page.at("import")[1] == []
        desk.take_in()
        desk.decide()
        assert page.at("check") == ("Scans: nothing to check.", ["onward"])
        assert page.at("preflight") == ("Pre-flight: 40 loans not checked.", ["preflight"])

        assert desk.checks.preflight()
        runs = [page.at(step)[1] for step in ("import", "preflight", "sign")]
        assert runs == [[], [], []]
        assert page.at("preflight")[0] == "Pre-flight: check running."
        assert "Running: Pre-flight" in page.at("import")[0] + page.html
        await jobs.over()

        assert page.at("preflight")[1] == ["onward"]
        assert page.at("send") == ("Upload: 40 loans to write.", [])  # two ticks are missing
        for point in (BLOCK_OFF, CARTS_CLOSED):
            desk.progress.tick(point)
        assert page.at("send")[1] == ["write"]
        desk.write()
        assert page.at("send")[1] == ["zip"]
        log = desk.progress.ledger.reconciled.log
        page.reports.read(
            [
                desk.day.stand_in.upload(file.desk, rewritten(log, file), file.name)
                for file in page.reports.awaited
            ]
        )
        assert page.at("send")[1] == ["take"]
        page.reports.record()

        assert page.at("proof")[1] == []
        assert desk.checks.verify()
        assert [page.at(step)[1] for step in ("send", "proof", "sign")] == [[], [], []]
        await jobs.over()
        assert page.at("proof")[1] == []
        assert desk.progress.overview is not None
        await desk.settle([row.loan.id for row in desk.progress.overview.to_settle])
        assert page.at("proof")[1] == ["onward"]
        # The page names the open points; they go into the dossier with the signer's name.
        assert page.at("sign") == ("Sign off: 2 points are still open.", ["sign"])
        desk.progress.tick(BLOCK_BACK)
        assert page.at("sign") == ("Sign off: 1 point is still open.", ["sign"])
        desk.progress.sign()
        assert page.at("sign")[1] == []  # Relais asks Alma about the loans settled by hand
        await jobs.over()
        assert page.at("sign") == ("Sign off: signed by L. M.", [])
