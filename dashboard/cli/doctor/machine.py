"""`relais doctor`: checks the database, backups, spool, lists, disk, address and server lock."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
from sqlalchemy.engine import make_url
from tornado.httputil import HTTPHeaders

from dashboard.cli.doctor.check_result import CheckResult, Level, fault, ok, warning
from dashboard.cli.output import counted
from dashboard.cli.port_check import check_listening
from dashboard.core.database_store import backups_of
from dashboard.core.errors import DashboardError
from dashboard.server.security_headers import SecurityHeaders
from dashboard.settings import Settings
from procedure.errors import BackupRefused, JournalMissing, JournalTooOld, ProcedureError
from procedure.io.clock import utc_now
from procedure.io.database.database import LOSSY, open_database
from procedure.io.database.server_lock import holder
from procedure.io.database_check import check_database_file
from procedure.io.offline_lists.list_store import ListStore, lists_folder
from procedure.io.spool.spool import spool_base, spool_files
from procedure.io.spool.spool_file import DAMAGED

SAFE_SQLITE = (3, 51, 3)
LOW_DISK = 1_000_000_000  # bytes; the outcomes of a year of probes take up half of this


def check_database(settings: Settings) -> CheckResult:
    """Check that the database is readable and that a server would accept it."""
    try:
        with open_database(settings.database_url, role="reader", now=utc_now) as database:
            count, lossy = database.journal.position(), database.lossy_settings()
        check_database_file(settings.database_url)
    except JournalMissing:
        return warning("database", "there is no database yet: relais serve creates one")
    except JournalTooOld as older:
        return warning("database", str(older))
    except ProcedureError as refusal:
        return fault("database", str(refusal))
    if lossy:
        level = Level.FAULT if "fsync" in lossy else Level.WARNING
        return CheckResult("database", level, LOSSY.format(settings=" and ".join(lossy)))
    return ok("database", f"{counted(count, 'entry', 'entries')} in the journal")


def check_sqlite(url: str, version: tuple[int, ...]) -> Iterator[CheckResult]:
    """Warn about a version of SQLite that can lose a page of its write-ahead log."""
    if make_url(url).get_backend_name() == "sqlite" and version < SAFE_SQLITE:
        used, safe = (".".join(map(str, numbers)) for numbers in (version, SAFE_SQLITE))
        yield warning(
            "database",
            f"SQLite {used} is older than {safe}, which fixed a rare bug in the write-ahead log. "
            "Relais writes through a single connection, so it is unlikely to hit the bug; still, "
            "update SQLite when you can.",
        )


def check_backups(settings: Settings) -> CheckResult:
    """Check the folder that holds the backups made by the server during an outage."""
    if not settings.backups_kept:
        return warning("backups", "RELAIS_BACKUPS_KEPT=0: the server makes no backups")
    folder = backups_of(settings)
    try:
        folder.check()
    except BackupRefused as refusal:
        return warning("backups", str(refusal))
    count = len(folder.files)
    return ok("backups", f"the server makes backups during an outage: {count} in {folder.path}")


def check_spool(settings: Settings) -> CheckResult:
    """Check the folder that holds loans while they cannot be written to the database."""
    base = spool_base(settings.database_url, settings.spool)
    folder = next(parent for parent in base.parents if parent.exists())
    files = spool_files(base)
    damaged = [str(file) for file in files if file.name.endswith(DAMAGED)]
    if damaged:
        return warning("spool", f"unreadable lines in {', '.join(damaged)}: keep the files")
    if files:
        return warning(
            "spool", f"loans in {base.parent} are waiting for the database: start the server"
        )
    if not os.access(folder, os.W_OK | os.X_OK):
        text = f"{base.parent} cannot be written to: check its permissions or set RELAIS_SPOOL"
        return warning("spool", text)
    if settings.spool is None and settings.database_url.startswith("sqlite"):
        return ok(
            "spool",
            "the spool is beside the database: set RELAIS_SPOOL to a folder on another disk",
        )
    return ok("spool", f"{base.parent} can store loans while the database cannot")


def list_store(settings: Settings) -> ListStore:
    """Return the store of the lists, which is next to the database named in the settings."""
    return ListStore(lists_folder(settings.database_url))


def check_lists(settings: Settings) -> Iterator[CheckResult]:
    """Report the files refused by the last import of lists."""
    for refusal in list_store(settings).faults():
        yield warning("lists", refusal)


def check_disk(settings: Settings) -> Iterator[CheckResult]:
    """Check the free disk space for a SQLite database."""
    file = make_url(settings.database_url).database
    if not settings.database_url.startswith("sqlite") or not file:
        return
    folder = next(parent for parent in Path(file).absolute().parents if parent.exists())
    free = shutil.disk_usage(folder).free
    text = f"{free / 1e9:.1f} GB free in {folder}"
    yield ok("disk", text) if free > LOW_DISK else fault("disk", f"{text}: free some space")


def check_address(settings: Settings) -> CheckResult:
    """Check that the server can listen on its address, or is already listening there."""
    host = f"[{settings.address}]" if ":" in settings.address else settings.address
    where = f"{host}:{settings.port}"
    try:
        check_listening(settings.address, settings.port)
    except DashboardError as refusal:
        if _is_served(where, SecurityHeaders(settings.frame_ancestors)):
            return ok("address", f"Relais is serving at {where}")
        return fault("address", str(refusal))
    return ok("address", f"{where} is free")


def check_server_lock(settings: Settings) -> Iterator[CheckResult]:
    """Report a server that uses the SQLite database; warn if it is not at the settings' address."""
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return
    server = holder(Path(url.database))
    if server is None:
        return
    pid, host, since = (server.get(key, "?") for key in ("pid", "host", "since"))
    process = f"process {pid} on {host}, running since {since}"
    if _is_free(settings):
        text = f"{process}, uses the database, but nothing listens at the address in the settings"
        yield warning("server", f"{text}: stop it before you start another")
    else:
        yield ok("server", f"{process}, uses the database: a second server would be refused")


def _is_free(settings: Settings) -> bool:
    """Return whether nothing is listening at the address in the settings."""
    try:
        check_listening(settings.address, settings.port)
    except DashboardError:
        return False
    return True


def _is_served(where: str, security: SecurityHeaders) -> bool:
    """Return whether Relais answers at `where`, judging by the headers of the response."""
    own = HTTPHeaders()
    security.add_to(own)
    try:
        answered = httpx.get(f"http://{where}/", trust_env=False).headers
    except httpx.HTTPError:
        return False
    return all(value in answered.get_list(name) for name, value in own.get_all())
