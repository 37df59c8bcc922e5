"""After each step of a whole outage, no place of the page contradicts another."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

from panel.viewable import Viewer

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.metrics.metrics import ContextCollector
from dashboard.page import DashboardPage
from dashboard.reconciliation.cart_returns import CartReturns
from dashboard.reconciliation.job_reports import JobReports
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.reconciliation.offline_files import OfflineFiles
from dashboard.reconciliation.row_repair import RowRepair
from dashboard.translations import language
from dashboard.ui.live_html import LiveHTML
from procedure.circulation.pending_loans import loan_id
from procedure.circulation.transactions import Loan
from procedure.monitoring.model import Status
from procedure.outages.dossier import read_dossier
from procedure.reconciliation.checklist import BLOCK_BACK, BLOCK_OFF
from tests.support import make
from tests.support.clock import Clock
from tests.support.still_watch import StillWatch

FRENCH, PLACES = language("fr"), ("guide", "loans", "reconciliation", "history")
NOTHING = "Rien à faire."


class Walk:
    """The pages of one workstation, one at each place, and the actions of a day."""

    def __init__(self, context: AppContext, clock: Clock, watch: StillWatch) -> None:
        self.context, self.clock, self.watch = context, clock, watch
        self.failing: tuple[str, ...] = ()
        self.ledger = ReconciliationLedger(context)
        self.ledger.at_once = True
        self.pages = {place: self.page(place) for place in PLACES}
        back = self.pages["reconciliation"].reconciliation
        self.back, self.outage = back, self.pages["guide"].outage

    def page(self, place: str) -> DashboardPage:
        session = Session(desk="MAIL", page=place, workstation="pc-1", signer="LM")
        return DashboardPage(self.ledger, session, FRENCH)

    def fail(self, *targets: str) -> None:
        self.failing = targets

    def texts(self) -> dict[str, str]:
        """Probe each target again, and return the text that each place shows."""
        for target in self.watch.targets:
            self.watch.see_enough(target, Status.DOWN if target in self.failing else Status.UP)
        for page in self.pages.values():
            page.updates.refresh()
        return {place: _text(page) for place, page in self.pages.items()}

    def lend(self, item: int, *, ago: timedelta = timedelta()) -> Loan:
        loan = make.loan(uuid4(), f"106000000{item}", at=self.clock() - ago)
        self.context.store.journal.append(loan)
        return loan

    def acts(self) -> Iterator[tuple[str, Callable[[], object]]]:
        files, reports = OfflineFiles(progress=self.back), JobReports(progress=self.back)
        repair, carts = RowRepair(progress=self.back), CartReturns(progress=self.back)
        yield "all answers", self.fail
        yield "Alma is down", lambda: self.fail("alma-saml", "alma-secours")
        yield "declared", lambda: self.outage.declare("Alma", begun="11:50")
        lent: list[Loan] = []
        for item in range(4):
            yield "lent", lambda item=item: lent.append(self.lend(item))
        yield "read twice", lambda: self.lend(3, ago=timedelta(minutes=2))
        yield "void", lambda: self.pages["loans"].loans.void(lent[0].id, "scan_error")
        back = make.back(uuid4(), "1060000009", at=self.clock())
        yield "put on the cart", lambda: self.context.store.journal.append(back)
        forgotten = make.pending(uuid4(), "1060000008", at=self.clock())
        yield "lent on a forgotten card", lambda: self.context.store.journal.append(forgotten)
        yield "Alma is back", self.fail
        yield "lent late", lambda: lent.append(self.lend(5))
        yield "outage ended", self.outage.end
        yield "block off", lambda: self.back.tick(BLOCK_OFF)
        yield "files", files.write
        yield "report", lambda: self.report(reports, refused=lent[1])
        yield "recorded", reports.record
        yield "settled", lambda: repair.settle_all([lent[1].id], "rendu entre-temps")
        loan, card = loan_id(forgotten.id), "21760000008"
        completed = make.loan(loan, forgotten.item, card, at=forgotten.at)
        yield "card found", lambda: self.context.store.journal.append(completed)
        yield "file for the last loan", files.write
        yield "report on the last loan", lambda: reports.read(["Succeeded: 1\nFailed: 0\n"])
        yield "recorded", reports.record
        yield "signed", self.back.sign
        yield "block back", lambda: self.back.tick(BLOCK_BACK)
        another = make.pending(uuid4(), "1060000007", at=self.clock())
        yield "another forgotten card", lambda: self.context.store.journal.append(another)
        cancelled = make.void(uuid4(), another.id, "not back", at=self.clock())
        yield "cancelled", lambda: self.context.store.journal.append(cancelled)
        yield "carts emptied", lambda: carts.settle_desk("MAIL")

    def report(self, reports: JobReports, *, refused: Loan) -> None:
        reports.read([f"Succeeded: 3\nFailed: 1\nItem not found. Barcode: {refused.item}\n"])


def _text(page: DashboardPage) -> str:
    views = (part.__panel__() if isinstance(part, Viewer) else part for part in page.parts.values())
    html = " ".join(pane.html for view in views for pane in view.select(LiveHTML) if pane.visible)
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\u202f", " ").split())


def number(pattern: str, text: str) -> list[int]:
    return [int(found.replace(" ", "")) for found in re.findall(pattern, text)]


def test_places_never_contradict_each_other_during_an_outage(
    context: AppContext, clock: Clock, watch: StillWatch
) -> None:
    walk = Walk(context, clock, watch)
    done = []
    for name, act in walk.acts():
        clock.pass_by(minutes=3)
        act()
        done.append(name)
        said = walk.texts()
        try:
            agree_on_loans(walk, said)
            agree_on_what_is_left(walk, said)
        except AssertionError as fault:
            raise AssertionError(f"after {done[-3:]}: {fault}") from None
    assert walk.back.overview is not None
    assert walk.back.overview.signed is not None
    assert NOTHING in said["guide"]


def agree_on_loans(walk: Walk, said: dict[str, str]) -> None:
    """Check that the status bar, badge, sentence, metrics, log and dossier show the same counts."""
    overview = walk.ledger.current()
    assert overview is not None
    counts, left = overview.counts, overview.counts.left
    assert {place: page.outage.to_bring for place, page in walk.pages.items()} == dict.fromkeys(
        PLACES, left
    )
    families = {family.name: family for family in ContextCollector(walk.context, left).collect()}
    assert families["relais_loans_to_bring"].samples[0].value == left
    for text in said.values():
        assert set(number(r"([\d ]*\d) prêts? à transférer dans Alma", text)) <= {left}
    shown = said["reconciliation"]
    assert {*number(r"(\d+) prêts? traités? sur \d+", shown)} <= {counts.accounted}
    assert {*number(r"\d+ prêts? traités? sur (\d+)", shown)} <= {counts.total}
    assert number(r"Journal des prêts [^,]*, (\d+) prêts?", said["loans"]) == [counts.total]
    for record in walk.context.folds.outages.records():
        made = read_dossier(
            record.declared.id,
            walk.context.store.journal,
            walk.context.store.history,
            walk.context.handbook.current.scans,
            now=walk.clock(),
        )
        assert made is not None
        assert (made.loans_total, made.loans_void) == (counts.total, counts.cancelled)


def agree_on_what_is_left(walk: Walk, said: dict[str, str]) -> None:
    """Check that no page says that work is done while some of it is left to do."""
    overview, marks = walk.back.overview, walk.back.marks
    assert overview is not None
    block_off = walk.context.folds.checklist.to_put_back is not None
    unsigned = bool(overview.rows) and overview.signed is None
    if NOTHING in said["guide"]:
        assert (overview.counts.left, block_off, unsigned) == (0, False, False)
        assert not overview.pending
        assert not overview.carts
    if overview.pending:
        assert "il ne manque qu’une signature" not in said["reconciliation"]
        assert marks["sign"] in ("later", "left")
    for step, unfinished in {
        "check": r"[1-9]\d* à vérifier",
        "proof": r"[1-9]\d* prêts? à (?:prouver|régler)",
        "carts": r"[1-9]\d* documents? à rendre",
        "sign": r"(?:signé, blocage à remettre|il ne manque qu’une signature)",
    }.items():
        if marks[step] == "done":
            assert not re.search(rf"fait\. {unfinished}", said["reconciliation"])
    if marks["sign"] == "done":
        assert not block_off
        assert not unsigned
