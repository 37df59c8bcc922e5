"""Signing in, signing out, enrolling and exporting while the database does not answer."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dashboard.core.context import AppContext
from procedure.access.roles import Role
from procedure.errors import JournalUnwritable
from procedure.io.database.backend import DatabaseConnection
from procedure.io.database.database import Database, open_database
from procedure.io.remembered_accounts import RememberedAccounts
from tests.dashboard.access.test_enrolment import code_for
from tests.dashboard.access.test_sign_in import Browser, browser


@pytest.fixture(autouse=True)
def _behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAIS_TRUSTED_PROXIES", "192.0.2.1")


@pytest.fixture
def database(tmp_path: Path, context: AppContext) -> Iterator[Database]:
    url = f"sqlite:///{tmp_path / 'relais.sqlite3'}"
    with open_database(url, role="server", now=context.clock.now) as opened:
        context.store.accounts = RememberedAccounts(
            opened.backend, opened.writer, context.clock.now
        )
        yield opened


@pytest.fixture
def fail(database: Database, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function that makes every use of the database fail, as if it had stopped."""

    def refuse(connection: DatabaseConnection | None = None) -> None:
        raise JournalUnwritable("secret.example.org does not answer")

    def begin() -> None:
        monkeypatch.setattr(database.backend.guard, "check_before", refuse)
        monkeypatch.setattr(type(database.backend), "reading", refuse)

    return begin


async def test_sign_in_and_out_work_without_a_database(
    context: AppContext, fail: Callable[[], None]
) -> None:
    async with browser(context) as before:
        assert await before.sign_in() == 303
        fail()
        after = Browser(before.address)
        assert (await after.ask("/sign-in")).code == 200
        assert await after.sign_in(password="wrong words here") == 401
        assert await after.sign_in() == 303
        for page in (before, after):
            assert (await page.ask("/dashboard")).code == 200
            assert (await page.ask("/sign-out", {})).code == 303
            assert (await page.ask("/dashboard")).code == 302


async def test_enrolment_code_is_valid_until_the_workstation_is_recorded(
    context: AppContext, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with browser(context) as marc:
        code = await code_for(context, marc)
        desk = Browser(marc.address)

        def refuse() -> None:
            raise JournalUnwritable("secret.example.org does not answer")

        with monkeypatch.context() as patched:
            patched.setattr(database.backend.guard, "check_before", refuse)
            for page, path, form in (
                (desk, "/enrol", {"code": code}),
                (marc, "/workstations", {"revoke": "pret-1"}),
            ):
                answer = await page.ask(path, form)
                assert answer.code == 503
                assert "relais_token" not in answer.headers.get("Set-Cookie", "")
                text = answer.body.decode()
                assert "Rien n’a été changé" in text
                assert "secret" not in text
        assert context.store.accounts.all()[0].role is Role.COORDINATOR
        assert (await desk.ask("/enrol", {"code": code})).code == 303
        assert [workstation.name for workstation in context.store.accounts.workstations()] == [
            "pret-1"
        ]


async def test_export_reports_a_missing_database(
    context: AppContext, caplog: pytest.LogCaptureFixture
) -> None:
    async with browser(context) as marc:
        context.store.accounts.change("anne", role=Role.COORDINATOR)
        await marc.sign_in()

        def refuse(*_: object, **__: object) -> None:
            raise JournalUnwritable("secret.example.org does not answer")

        context.store.journal.since = refuse  # type: ignore[method-assign,assignment]
        answer = await marc.ask("/dossier/00000000-0000-0000-0000-000000000007")
    assert answer.code == 503
    assert b"does not answer: nothing was changed" in answer.body
    assert b"secret" not in answer.body
    assert "Traceback" not in caplog.text
