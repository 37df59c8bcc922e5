"""`relais loans import`: files of transactions made elsewhere, taken into the log once.

Exit codes: 0 every file was taken; 1 a file has bad lines and was left as it is, or a desk is
refused; 2 a wrong option.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from dashboard.cli.desk_code import check_desk, scan_rules
from dashboard.cli.instants import Instant
from dashboard.cli.loans.format import bad_line, json_line, question_sentence
from dashboard.settings import Settings
from procedure.circulation.imports.conflicts import Conflict, OutagePeriod
from procedure.circulation.imports.file import LARGEST, read_file
from procedure.circulation.imports.plan import KINDS, ImportPlan, at_a_desk, import_sheet
from procedure.circulation.imports.row import ImportSheet
from procedure.circulation.log import CirculationLog
from procedure.circulation.scan_rules import ScanRules
from procedure.io.database.database import Database, open_database
from procedure.outages.record import OutageLog

_SENTENCES: Mapping[str, str] = {
    "lent_twice": "item {item} was lent again, and no return stands between",
    "lent_and_on_cart": "item {item} was lent and is on a cart: keep that cart closed",
    "in_the_future": "item {item} has a time that is still to come: a clock is wrong",
    "outside_outage": "item {item} has a time outside the outage",
    "two_desks_at_once": "one user was at {desks} in the same minute",
    "other_content": "item {item} has the id of another transaction and was not taken: "
    "if it was lent, enter it by hand",
}
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(name="import")
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE…")
@click.option("--desk", default="", metavar="CODE", help="Where the rows were made.")
@click.option("--keep-good", is_flag=True, help="Take the good lines of a file with bad ones.")
@click.option("--outage-start", type=Instant(), help="Default: the declared outage.")
@click.option("--outage-end", type=Instant(), help="Show what was recorded after.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file.")
def import_(
    *,
    files: tuple[Path, ...],
    desk: str,
    keep_good: bool,
    outage_start: datetime | None,
    outage_end: datetime | None,
    as_json: bool,
) -> None:
    """Take files of loans and returns into the log; what it has already is not doubled.

    OffCirc.dat, JSON lines of the desk page, CSV and XLSX are known by their content. A file with
    a bad line changes nothing, unless --keep-good is given.
    """
    settings = Settings.from_env()
    if desk:
        check_desk(settings, desk)
    if outage_start is None and outage_end is not None:
        raise click.UsageError("Give --outage-start too: an outage that ended has begun.")
    refused, rules = False, scan_rules(settings)
    with open_database(settings.database_url, now=_now) as database:
        outage = _outage(database, outage_start, outage_end)
        known = CirculationLog(database.journal.since(kinds=KINDS))
        for file in files:
            plan, taken = _take(
                *(database, known, file, desk.strip()),
                outage=outage,
                rules=rules,
                keep_good=keep_good,
            )
            refused |= not taken
            found = import_object(file, desk, plan, taken=taken)
            click.echo(json_line(found) if as_json else _lines(found))
    if refused:
        sys.exit(1)


def _outage(
    database: Database, start: datetime | None, end: datetime | None
) -> OutagePeriod | None:
    """Return the outage that is meant: as given, else the newest that anybody declared."""
    if start is not None:
        return OutagePeriod(start, end)
    book = OutageLog()
    book.extend(database.journal.since(kinds=OutageLog.KINDS))
    return book.newest_period()


def _take(
    database: Database,
    known: CirculationLog,
    file: Path,
    desk: str,
    *,
    outage: OutagePeriod | None,
    rules: ScanRules | None,
    keep_good: bool,
) -> tuple[ImportPlan, bool]:
    return import_sheet(
        *(database.journal, known, at_a_desk(_read(file), desk)),
        desk=desk,
        now=_now(),
        outage=outage,
        rules=rules,
        notes=database.notes,
        keep_good=keep_good,
    )


def _read(file: Path) -> ImportSheet:
    # A file far too large is not even read.
    with file.open("rb") as content:
        return read_file(content.read(LARGEST + 1), file.name)


def import_object(file: Path, desk: str, plan: ImportPlan, *, taken: bool) -> dict[str, Any]:
    """Return what became of a file, for JSON; a file that was left as it is has nothing new."""
    return {
        "file": str(file),
        "desk": desk,
        "new": len(plan.entries) if taken else 0,
        "known": plan.known,
        "left": 0 if taken else len(plan.entries),
        "bad": [asdict(one) for one in plan.bad],
        "doubts": [{"line": line, "reason": reason} for line, reason in plan.doubts],
        "conflicts": [_conflict(one, plan) for one in plan.conflicts],
    }


def _conflict(one: Conflict, plan: ImportPlan) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "item": one.item,
        "desks": list(one.desks),
        "lines": [plan.lines[row] for row in one.rows if row in plan.lines],
        "rows": [str(row) for row in one.rows],
    }


def _lines(found: Mapping[str, Any]) -> str:
    told = f"{found['file']}: {found['new']} new, {found['known']} known, {len(found['bad'])} bad"
    lines = [f"  {bad_line(one['line'], one['reason'])}" for one in found["bad"]]
    if found["left"]:
        lines.append(
            f"  Nothing was taken. To take the {found['left']} good lines that are new: --keep-good"
        )
    lines += [
        f"  check line {one['line']}: {question_sentence(one['reason'])}" for one in found["doubts"]
    ]
    for one in found["conflicts"]:
        desks = " and ".join(one["desks"])
        told_of = _SENTENCES[one["kind"]].format(item=one["item"], desks=desks)
        lines.append(f"  look at lines {', '.join(map(str, one['lines']))}: {told_of}")
    return "\n".join([told, *lines])


def _now() -> datetime:
    return datetime.now(UTC)
