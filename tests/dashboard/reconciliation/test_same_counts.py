"""The page, the commands and the dossier give the same six counts, which add up."""

import re
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from hypothesis import given

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.dossier.sections import sections
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.sign_off_view import SignOffView
from dashboard.reconciliation.step_band import StepBand
from dashboard.settings import PACKAGED_HANDBOOK
from dashboard.translations import language, upper_first
from dashboard.translations.sentences import stage_names
from procedure.io.database.database import open_database
from procedure.io.handbook_files import load_handbook
from procedure.journal import Entry, Recorded
from procedure.outages.dossier import Dossier, read_dossier
from procedure.outages.outage_entries import OutageDeclared
from procedure.reconciliation.reconciled_loan import Stage
from tests.procedure.reconciliation.random_logs import AT, MANY, NOW, logs
from tests.support.cli import json_lines, run_relais
from tests.support.clock import Clock
from tests.support.context import make_context
from tests.support.memory import MemoryJournal

HANDBOOK = load_handbook(PACKAGED_HANDBOOK)
ENGLISH = language("en")
OUTAGE = OutageDeclared(id=UUID(int=10**9), at=AT, title="Alma", begun=AT - timedelta(minutes=5))
Six = dict[str, int]


@MANY
@given(logs())
def test_counts_are_equal_on_page_command_and_report(log: list[Recorded]) -> None:
    entries = [OUTAGE, *(record.entry for record in log)]
    context = context_of(entries)
    progress = progress_of(context)
    assert progress.overview is not None
    counts = progress.overview.counts
    six = asdict(counts)
    assert sum(six.values()) == counts.total + counts.cancelled == len(progress.overview.rows)
    assert counts.left == progress.overview.left.total()
    if counts.total:
        assert of_page(progress) == six
        band = StepBand(progress=progress, language=ENGLISH).__panel__().html
        assert f"{counts.accounted} of {counts.total} loan" in band
        assert of_report(context) == six
    assert of_commands(entries) == [six, six, six]
    if not progress.ledger.reconciled.signed:
        left = progress.overview.open_points(context.folds.checklist)
        assert [point for point in dossier_of(context).open_points if point in left] == [*left]


def context_of(entries: list[Entry]) -> AppContext:
    journal = MemoryJournal(lambda: NOW)
    journal.append(*entries)
    return make_context(Clock(NOW), HANDBOOK, journal=journal)


def progress_of(context: AppContext) -> ReconciliationProgress:
    session = Session(page="reconciliation")
    progress = ReconciliationProgress(ledger=ReconciliationLedger(context), session=session)
    progress.update()
    progress.go("sign")
    return progress


def of_page(progress: ReconciliationProgress) -> Six:
    """Return the sum of each column in the sign-off table, which has a row per desk."""
    html = SignOffView(progress=progress, language=ENGLISH).__panel__().html
    names = {stage.value: upper_first(name) for stage, name in stage_names(ENGLISH).items()}
    return {
        stage: sum(map(int, re.findall(rf'data-label="{name}">(\d+)<', html)))
        for stage, name in names.items()
    }


def of_report(context: AppContext) -> Six:
    """Read the totals from the last line of the dossier's table of loans."""
    loans = next(
        section
        for section in sections(dossier_of(context), HANDBOOK, ENGLISH)
        if stage_names(ENGLISH)[Stage.TO_SETTLE] in section.head
    )
    sums = dict(zip(loans.head, loans.rows[-1], strict=True))
    names = stage_names(ENGLISH)
    return {stage.value: int(sums[names[stage]]) for stage in Stage}


def dossier_of(context: AppContext) -> Dossier:
    made = read_dossier(
        OUTAGE.id, context.store.journal, context.store.history, HANDBOOK.scans, now=NOW
    )
    assert made is not None
    return made


def of_commands(entries: list[Entry]) -> list[Six]:
    """Read the six counts from the summary, from the rows, and from the loans by day and desk."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'relais.sqlite3'}"
        with open_database(url, now=lambda: NOW) as database:
            database.journal.append(*entries)
        summary = command(url, "reconcile", "summary")
        total = next(row for row in summary if row.get("desk") == "total" and "all" in row)
        stages = [row["stage"] for row in command(url, "reconcile", "status")]
        days = command(url, "loans", "summary")
    return [
        {stage.value: total[stage.value] for stage in Stage},
        {stage.value: stages.count(stage.value) for stage in Stage},
        {stage.value: sum(day[stage.value] for day in days) for stage in Stage},
    ]


def command(url: str, *words: str) -> list[dict[str, Any]]:
    result = run_relais(*words, "--json", RELAIS_DATABASE_URL=url)
    assert result.exit_code in {0, 3}, result.output
    return json_lines(result)
