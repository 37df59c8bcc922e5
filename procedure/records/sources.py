"""Opens records for reading, from a database or from a journal in memory."""

from collections.abc import Collection
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from procedure.handbook.model import Handbook
from procedure.io.clock import utc_now
from procedure.io.database.database import Database, open_database
from procedure.io.handbook_files import load_handbook
from procedure.journal import Journal
from procedure.local_time import use_zone
from procedure.records.privacy import Coarse, Privacy
from procedure.records.records import Records

PACKAGED_HANDBOOK = Path(__file__).resolve().parent.parent / "handbook"


def open_records(
    source: str | Journal,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    outage: str | None = None,
    handbook: Handbook | Path | None = None,
    identifiers: Collection[str] = (),
    coarse: Collection[Coarse] = (),
    key: bytes | None = None,
) -> Records:
    """Open an installation's records; nothing is created, migrated or written.

    - `source`: the URL of a database (`sqlite:////srv/relais/relais.sqlite3`, `postgresql://…`), or
      a journal in memory. A journal has no outcomes of probes, so the frames made from them are
      empty.
    - `since`, `until` (aware; by default the first observation and now): the limits of the frames
      about targets and services.
    - `outage`: the id of a declared outage, a prefix of it, or `last`, to read only the records of
      that outage; see `Records.of_outage`.
    - `handbook`: defines the services, and the time zone for the whole process; by default the
      packaged handbook.
    - `identifiers`: see `unlocked` in `procedure.records.Privacy`; by default, frames do not show
      the identifiers of patrons and operators.
    - `coarse`, `key`: see `procedure.records.Privacy`.

    Leaving the `with` block of the records closes the source.

    Raises:
        JournalMissing: there is no database, and none is created.
        JournalTooOld: an earlier version of Relais created the database; the message says
            what to do.
        JournalTooNew, JournalUnwritable: see `open_database`.
        HandbookError: the handbook cannot be used.
        OutageNotFound: no outage matches `outage`, or several do; the message lists the choices.
        ValueError: the source is not a URL, `since` or `until` has no time zone, or `identifiers`
            or `coarse` contains an unknown name.
    """
    privacy = Privacy(identifiers, coarse) if key is None else Privacy(identifiers, coarse, key)
    if not isinstance(handbook, Handbook):
        handbook = load_handbook(handbook or PACKAGED_HANDBOOK)
    use_zone(handbook.library.zone)
    with ExitStack() as opened:
        database = _open(source, opened)
        records = Records(
            database.journal if isinstance(source, str) else source,
            database.history,
            handbook,
            since=since,
            until=until or utc_now(),
            privacy=privacy,
            outage=outage,
        )
        return records.closed_by(opened.pop_all())


def _open(source: str | Journal, opened: ExitStack) -> Database:
    """Return the database at a URL, or an empty temporary database for a journal in memory."""
    if isinstance(source, str | Path) and "://" not in str(source):
        raise ValueError(
            f"{source} is not a database URL; write sqlite:////srv/relais/relais.sqlite3"
        )
    if isinstance(source, str):
        return opened.enter_context(open_database(source, role="reader", now=utc_now))
    folder = opened.enter_context(TemporaryDirectory(prefix="relais-records-"))
    database = open_database(f"sqlite:///{folder}/records.sqlite3", now=utc_now)
    return opened.enter_context(database)
