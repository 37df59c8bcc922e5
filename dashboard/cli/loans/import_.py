"""`relais loans import`: imports files of transactions.

Exit codes: 0 all files were imported; 1 a file with bad lines was not imported, or the desk was
refused; 2 a wrong option.
"""

import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from dashboard.cli.instants import Instant
from dashboard.cli.loans.format import bad_line, doubt_sentence, numbered_line
from dashboard.cli.open_database import database_option, open_existing, outage_log
from dashboard.cli.output import counted, english, json_line
from dashboard.loans.reason_text import conflict_texts
from dashboard.settings import Settings
from procedure.circulation.circulation_log import CirculationLog
from procedure.circulation.imports.conflicts import Conflict, OutagePeriod
from procedure.circulation.imports.file import LARGEST, read_file
from procedure.circulation.imports.plan import KINDS, ImportPlan, at_a_desk, import_sheet
from procedure.circulation.imports.row import ImportRow, ImportSheet, UnreadableLine
from procedure.circulation.list_advice import USUAL
from procedure.errors import HandbookError, TransactionRefused
from procedure.handbook.model import Handbook
from procedure.handbook.spelling import suggest_known
from procedure.io.clock import utc_now
from procedure.io.database.database import Database
from procedure.io.handbook_files import load_handbook

CLEANED = 'an apostrophe, ="…" or an invisible space around a code was removed'
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(name="import")
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILE…")
@click.option("--desk", default="", metavar="CODE", help="Desk where the rows were recorded.")
@click.option(
    "--keep-good",
    is_flag=True,
    help="Import the good lines of a file even if it also has bad ones.",
)
@click.option(
    "--outage-start", type=Instant(), help="When the outage began; by default, as declared."
)
@click.option(
    "--outage-end",
    type=Instant(),
    help="When the outage ended; rows recorded after it are reported.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per file.")
@database_option
def import_(
    *,
    files: tuple[Path, ...],
    desk: str,
    keep_good: bool,
    outage_start: datetime | None,
    outage_end: datetime | None,
    as_json: bool,
) -> None:
    """Import files of loans and returns; each row is recorded only once.

    OffCirc.dat, files saved by the desk page, CSV and XLSX are recognised by their content. A file
    with a bad line is not imported, unless --keep-good is given.

    Example: `relais loans import OffCirc.dat --desk MAIL`.
    """
    settings = Settings.from_env()
    if desk:
        check_desk(settings, desk)
    if outage_start is None and outage_end is not None:
        raise click.UsageError("--outage-end needs --outage-start.")
    refused, handbook = False, _handbook(settings)
    with open_existing(settings, create=True) as database:
        outage = _outage(database, outage_start, outage_end)
        known = CirculationLog(database.journal.since(kinds=KINDS))
        for file in files:
            sheet = at_a_desk(_read(file), desk.strip())
            plan, imported = import_sheet(
                database.journal,
                known,
                sheet,
                desk=desk.strip(),
                now=utc_now(),
                outage=outage,
                rules=handbook and handbook.scans,
                lists=handbook.lists if handbook else USUAL,
                write_note=database.notes.write,
                keep_good=keep_good,
            )
            refused |= not imported
            result = _object(file, desk, sheet, plan, imported=imported)
            click.echo(json_line(result) if as_json else _lines(result))
    if refused:
        sys.exit(1)


def _outage(
    database: Database, start: datetime | None, end: datetime | None
) -> OutagePeriod | None:
    """Return the outage given by the options, or else the newest declared outage, if any."""
    return outage_log(database).newest_period() if start is None else OutagePeriod(start, end)


def _read(file: Path) -> ImportSheet:
    # Do not read all of a file that is much too large.
    with file.open("rb") as content:
        return read_file(content.read(LARGEST + 1), file.name)


def _object(
    file: Path, desk: str, sheet: ImportSheet, plan: ImportPlan, *, imported: bool
) -> dict[str, object]:
    """Return a file's result for JSON; `left` is the number of good lines not imported."""
    return {
        "file": str(file),
        "desk": desk,
        "new": len(plan.entries) if imported else 0,
        "known": plan.known,
        "left": 0 if imported else len(plan.entries),
        "bad": [_place(line) | {"reason": line.reason} for line in plan.bad],
        "doubts": [_place(row) | {"reason": reason} for row, reason in plan.doubts],
        "conflicts": [_conflict(conflict, plan) for conflict in plan.conflicts],
        "cleaned": sheet.cleaned,
        "unread": list(sheet.unread),
    }


def _place(row: ImportRow | UnreadableLine) -> dict[str, object]:
    return {"line": row.line, **({"sheet": row.sheet} if row.sheet else {})}


def _conflict(conflict: Conflict, plan: ImportPlan) -> dict[str, object]:
    rows = [plan.rows[row] for row in conflict.rows if row in plan.rows]
    return {
        "kind": conflict.kind,
        "item": conflict.item,
        "desks": list(conflict.desks),
        "lines": [row.line for row in rows],
        **({"sheets": [row.sheet for row in rows]} if any(row.sheet for row in rows) else {}),
        "rows": [str(row) for row in conflict.rows],
    }


def _lines(result: Mapping[str, Any]) -> str:
    counts = f"{result['new']} new, {result['known']} known, {len(result['bad'])} bad"
    lines = [f"{result['file']}: {counts}"]
    lines += [
        f"  {bad_line(bad.get('sheet', ''), bad['line'], bad['reason'])}" for bad in result["bad"]
    ]
    lines += [
        f'  the sheet "{name}" was not read: its first line names neither items nor patrons'
        for name in result["unread"]
    ]
    if result["cleaned"]:
        lines.append(f"  {counted(result['cleaned'], 'line')}: {CLEANED}")
    if result["left"]:
        left = counted(result["left"], "good new line")
        lines.append(f"  Nothing was imported. To import the {left}, add --keep-good")
    for doubt in result["doubts"]:
        where = numbered_line(doubt.get("sheet", ""), doubt["line"])
        lines.append(f"  check {where}: {doubt_sentence(doubt['reason'])}")
    messages = conflict_texts(english())
    for conflict in result["conflicts"]:
        about = ", ".join(filter(None, (conflict["item"], *conflict["desks"])))
        message = f"{about}: {messages[conflict['kind']]}"
        lines.append(f"  look at lines {_numbers(conflict)}: {message}")
    return "\n".join(lines)


def _numbers(conflict: Mapping[str, Any]) -> str:
    numbers = [str(line) for line in conflict["lines"]]
    if "sheets" in conflict:
        numbers = map(" ".join, zip(conflict["sheets"], numbers, strict=True))
    return ", ".join(numbers)


def check_desk(settings: Settings, desk: str) -> None:
    """Refuse a desk that is not in the handbook, unless the handbook has faults.

    Raises:
        TransactionRefused: the desk is unknown.
    """
    try:
        desks = load_handbook(settings.handbook).desks
    except HandbookError:
        click.echo(
            "The handbook has faults, so the desk is not checked: run relais check", err=True
        )
        return
    if desk.strip() not in desks:
        hint = suggest_known(desk, desks)
        raise TransactionRefused("desk_unknown", f'The handbook has no desk "{desk}"; {hint}')


def _handbook(settings: Settings) -> Handbook | None:
    try:
        return load_handbook(settings.handbook)
    except HandbookError:
        return None
