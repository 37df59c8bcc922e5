"""`relais dossier`: the outages that were declared, and one of them as a report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import click

from dashboard.cli.instants import shown, spelt
from dashboard.cli.output import write_file
from dashboard.outage_report.html import as_html, as_markdown
from dashboard.settings import LANGUAGES, Settings
from dashboard.translations import Language, language
from procedure.handbook.model import Handbook
from procedure.handbook.services import services
from procedure.io.database.database import Database, open_database
from procedure.io.handbook_files import load_handbook
from procedure.outages.dossier import Dossier, read_dossier
from procedure.outages.record import OutageLog, OutageRecord

Paper = Callable[[Dossier, Handbook, Language], str]
PAPERS: dict[str, Paper] = {".md": as_markdown, ".html": as_html}


@click.command()
@click.argument("outage", required=False)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="FILE.md or FILE.html."
)
@click.option("--language", "code", type=click.Choice(LANGUAGES), help="fr or en.")
def dossier(outage: str | None, *, out: Path | None, code: str | None) -> None:
    """Write the dossier of OUTAGE, its id or the beginning of it; without it, list them.

    It goes to standard output as Markdown, or to a file. Times are Geneva's.
    """
    settings = Settings.from_env()
    paper = _paper(out)
    with open_database(settings.database_url, now=_now, create=False) as database:
        records = _records(database)
        if outage is None:
            _list(records)
            return
        handbook = load_handbook(settings.handbook)
        found = read_dossier(
            _chosen(records, outage).declared.id,
            database.journal,
            database.history,
            handbook.scans,
            now=_now(),
            services=services(handbook.procedure),
        )
    assert found is not None
    text = paper(found, handbook, language(code or settings.language))
    if out is None:
        click.echo(text, nl=False)
        return
    write_file(out, text.encode())
    click.echo(f"The dossier is written to {out}.")


def _paper(out: Path | None) -> Paper:
    suffix = ".md" if out is None else out.suffix.lower()
    if suffix not in PAPERS:
        raise click.BadParameter("name a file that ends in .md or .html", param_hint="--out")
    return PAPERS[suffix]


def _records(database: Database) -> tuple[OutageRecord, ...]:
    book = OutageLog()
    book.extend(database.journal.since(kinds=book.KINDS))
    return book.records()


def _chosen(records: tuple[OutageRecord, ...], outage: str) -> OutageRecord:
    found = [one for one in records if str(one.declared.id).startswith(outage.lower())]
    if len(found) == 1:
        return found[0]
    many = "begins the id of more than one outage" if found else "is the id of no declared outage"
    raise click.BadParameter(
        f"{outage} {many}; list them with: relais dossier", param_hint="OUTAGE"
    )


def _list(records: tuple[OutageRecord, ...]) -> None:
    for one in records:
        ended = one.over.ended if one.over else None
        lasted = "lasts" if ended is None else spelt(ended - one.declared.begun)
        times = f"{shown(one.declared.begun)}  {shown(ended):16}  {lasted:>12}"
        click.echo(f"{str(one.declared.id)[:8]}  {times}  {one.declared.title}")
    click.echo(f"{len(records)} outage{'' if len(records) == 1 else 's'} declared.")


def _now() -> datetime:
    return datetime.now(UTC)
