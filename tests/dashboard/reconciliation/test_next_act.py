"""At each moment of the reconciliation one button is filled at most, and it is what comes next."""

import re
from typing import Any

from dashboard.reconciliation.base_view import PartView
from dashboard.reconciliation.job_reports_view import JobReportsView
from dashboard.reconciliation.offline_files_view import OfflineFilesView
from dashboard.reconciliation.preflight_view import PreflightView
from dashboard.reconciliation.reconciliation_page import PointsView, SignOffView
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.reconciliation.rows import RowFilter
from dashboard.reconciliation.steps_view import StepsView, TallyView
from dashboard.reconciliation.verification_view import VerificationView
from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from procedure.handbook.model import Handbook
from procedure.reconciliation.checklist import BLOCK_BACK, BLOCK_OFF, CARTS_CLOSED
from procedure.reconciliation.offline_file_export import rewritten
from tests.dashboard.reconciliation.test_reconciliation import Desk, opened

FILLED = re.compile(r'<(?:button|a) class="[^"]*btn--main([^>]*)data-key="([^"]+)"([^>]*)>')
ADVICE = re.compile(r"<span>([^<]*)</span></h2>")


class Shown:
    """The page of a reconciliation, as far as it has filled buttons."""

    def __init__(self, desk: Desk) -> None:
        self.progress = desk.progress
        here: dict[str, Any] = {"progress": desk.progress, "language": language("en")}
        rows, repair = RowFilter(progress=desk.progress), RowRepair(progress=desk.progress)
        files = OfflineFilesView(**here)
        self.reports = files.reports
        parts: list[PartView] = [
            *(StepsView(**here), TallyView(**here), PreflightView(rows=rows, **here), files),
            JobReportsView(reports=self.reports, **here),
            VerificationView(repair=repair, rows=rows, write=files.write_corrected, **here),
            PointsView(step="sign", points=(BLOCK_BACK,), **here),
            SignOffView(**here),
        ]
        self._panes = [pane for part in parts for pane in part.__panel__().select(LiveHTML)]

    @property
    def html(self) -> str:
        """The page as it is now."""
        self.progress.update()
        return "".join(pane.html for pane in self._panes)

    def at(self, step: str) -> tuple[str, list[str]]:
        """Return the advice at a step, and the keys of what is filled and can be pressed."""
        self.progress.go(step)
        found = FILLED.findall(html := self.html)
        (advice,) = ADVICE.findall(html)
        return advice, [key for before, key, after in found if "disabled" not in before + after]


async def test_one_button_is_filled_and_true_at_each_moment(handbook: Handbook) -> None:
    async with opened(handbook, rows=40) as desk:
        page, jobs = Shown(desk), desk.progress.ledger.jobs
        assert page.at("import")[1] == []
        desk.take_in()
        desk.decide()
        ask = "First ask Alma what it will say."
        assert page.at("check") == (ask, ["onward"])
        assert page.at("preflight") == (ask, ["preflight"])

        assert desk.checks.preflight()
        runs = "The check is running; the next step waits for it."
        assert [page.at(step) for step in ("import", "preflight", "sign")] == [(runs, [])] * 3
        assert "check running" in page.html
        assert "Running: Check before the upload" in page.html
        await jobs.over()

        write = "Write the files, upload them to Alma, paste their reports here."
        assert page.at("preflight") == (write, ["onward"])
        assert page.at("send") == (write, [])  # two points come first
        for point in (BLOCK_OFF, CARTS_CLOSED):
            desk.progress.tick(point)
        assert page.at("send") == (write, ["write"])
        desk.write()
        upload = "Upload the files to Alma, paste their reports here."
        assert page.at("send") == (upload, ["zip"])
        log = desk.progress.ledger.reconciled.log
        page.reports.read(
            [
                desk.day.stand_in.upload(one.desk, rewritten(log, one), one.name)
                for one in page.reports.awaited
            ]
        )
        assert page.at("send") == (upload, ["take"])
        page.reports.record()

        settle = ("Settle what was refused.", [])
        assert page.at("proof") == settle
        assert desk.checks.verify()
        assert [page.at(step) for step in ("send", "proof", "sign")] == [(runs, [])] * 3
        await jobs.over()
        assert page.at("proof") == settle
        assert desk.progress.now is not None
        await desk.settle([row.loan.id for row in desk.progress.now.to_settle])
        assert page.at("proof")[1] == ["onward"]
        assert page.at("sign") == ("Put the block in Alma back, too.", [f"tick-{BLOCK_BACK}"])
        desk.progress.tick(BLOCK_BACK)
        assert page.at("sign") == ("Only a signature is missing.", ["sign"])
        desk.progress.sign()
        assert page.at("sign") == (runs, [])  # Alma is asked about what was settled by hand
        await jobs.over()
        assert [page.at(step) for step in ("import", "sign")] == [("Signed by L. M.", [])] * 2
