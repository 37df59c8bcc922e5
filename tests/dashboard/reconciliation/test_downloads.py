"""A file is the same at every download; the tables and the download's entry identify no patron."""

from datetime import timedelta
from io import BytesIO
from uuid import UUID
from zipfile import ZipFile

import pytest
from tornado.httpclient import HTTPResponse

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.reconciliation.ledger import ReconciliationLedger
from dashboard.reconciliation.offline_files import OfflineFiles
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.routes import ROUTES
from procedure.circulation.settlements import Corrected
from procedure.circulation.transactions import Loan
from procedure.personal_data.access_entries import FileDownloaded
from procedure.reconciliation.journal_entries import FileUploaded
from procedure.reconciliation.offline_file_export import rewritten
from procedure.records.acts import acts
from tests.support import http

NOBODY = "2071234567"


@pytest.fixture
def written(context: AppContext) -> ReconciliationLedger:
    """Write the loans of two desks, one file for each desk."""
    at = context.clock.now() - timedelta(hours=1)
    context.store.journal.append(
        Loan(id=UUID(int=1), at=at, desk="MAIL", patron=NOBODY, item="0003-abC"),
        Loan(id=UUID(int=2), at=at + timedelta(minutes=1), desk="CMU", patron=NOBODY, item="A-2"),
    )
    ledger = ReconciliationLedger(context)
    OfflineFiles(progress=ReconciliationProgress(ledger=ledger, session=Session())).write()
    return ledger


def ask(ledger: ReconciliationLedger, path: str, place: str = "reconciliation") -> HTTPResponse:
    routes = [(path, page, {"ledger": lambda: ledger}) for path, page, _ in ROUTES if place in path]
    return http.ask(routes, f"/{place}/{path}")


@pytest.mark.parametrize("place", ["reconciliation", "way-back"], ids=["now", "before"])
def test_download_has_the_recorded_bytes(written: ReconciliationLedger, place: str) -> None:
    log = written.reconciled.log
    mail = log.exports[0]
    before = rewritten(log, mail)
    written.context.store.journal.append(
        Corrected(id=UUID(int=9), at=written.context.clock.now(), loan=UUID(int=1), item="other"),
    )
    answer = ask(written, f"file/{mail.id}", place)
    assert (answer.code, answer.body) == (200, before)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{mail.name}"'
    assert answer.headers["Cache-Control"] == "no-store"


def test_download_archive_has_files_to_upload_in_order(
    written: ReconciliationLedger,
) -> None:
    mail, cmu = written.reconciled.log.exports
    names = [f"01_{mail.name}", f"02_{cmu.name}"]
    assert ZipFile(BytesIO(ask(written, "files.zip").body)).namelist() == names
    written.context.store.journal.append(
        FileUploaded(id=UUID(int=9), at=written.context.clock.now(), export=mail.id)
    )
    assert ZipFile(BytesIO(ask(written, "files.zip").body)).namelist() == names[1:]
    written.context.store.journal.append(
        FileUploaded(id=UUID(int=10), at=written.context.clock.now(), export=cmu.id)
    )
    assert ask(written, "files.zip").code == 404


def test_download_tables_have_no_identifier(written: ReconciliationLedger) -> None:
    counts = ask(written, "summary.csv").body.decode("utf-8-sig")
    assert "CMU" in counts
    assert ask(written, "extensions.csv").code == 200
    assert ask(written, "summary.xlsx").body.startswith(b"PK")
    assert NOBODY not in counts + ask(written, "extensions.csv").body.decode("utf-8-sig")


def test_download_of_an_unknown_id_is_not_found(written: ReconciliationLedger) -> None:
    assert ask(written, f"file/{UUID(int=77)}").code == 404


def test_each_download_is_recorded_in_the_journal(written: ReconciliationLedger) -> None:
    mail = written.reconciled.log.exports[0]
    paths = [f"file/{mail.id}", f"file/{mail.id}", "summary.csv", "extensions.xlsx", "files.zip"]
    assert [ask(written, path).code for path in paths] == [200] * len(paths)
    assert ask(written, f"file/{UUID(int=8)}").code == 404
    recorded = written.context.store.journal.since(kinds=(FileDownloaded.KIND,))
    taken = [act.about for act in acts(recorded)]
    names = [mail.name, mail.name, "relais-summary.csv", "relais-extensions.xlsx"]
    assert taken == [*names, "relais-alma.zip"]
    assert NOBODY not in str(recorded)
