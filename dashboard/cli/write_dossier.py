"""`relais dossier`: lists the declared outages, or writes a dossier."""

from collections.abc import Callable
from pathlib import Path

import click

from dashboard.cli.instants import format_duration, format_local, format_utc
from dashboard.cli.open_database import database_option, find_record, open_existing, outage_log
from dashboard.cli.output import counted, json_line, write_file
from dashboard.core.library_settings import apply_library_settings
from dashboard.dossier.html import as_html, as_markdown
from dashboard.settings import Settings
from dashboard.translations import Language, offered_language, offered_languages
from dashboard.translations.languages import use_lending_step
from procedure.handbook.model import Handbook, services
from procedure.io.clock import utc_now
from procedure.io.handbook_files import load_handbook
from procedure.outages.dossier import Dossier, read_dossier
from procedure.outages.outage_entries import OutageRecord
from procedure.reconciliation.systems.library_system import library_system

Renderer = Callable[[Dossier, Handbook, Language], str]
RENDERERS: dict[str, Renderer] = {".md": as_markdown, ".html": as_html}


@click.command()
@click.argument("outage", required=False)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write: FILE.md or FILE.html.",
)
@click.option("--language", "code", metavar="CODE", help="Language of the text, such as en.")
@click.option("--json", "as_json", is_flag=True, help="Print the list, one JSON object per line.")
@database_option
def dossier(outage: str | None, *, out: Path | None, code: str | None, as_json: bool) -> None:
    """Write the dossier of OUTAGE, or list all outages.

    OUTAGE is the id of an outage, a prefix of it, or `last`. The dossier is written as Markdown to
    standard output, or to a file. Times are local.

    Example: `relais dossier 019781e8 --out dossier.html`.
    """
    settings = Settings.from_env()
    render = RENDERERS.get(".md" if out is None else out.suffix.lower())
    if render is None:
        raise click.BadParameter("give a file name that ends in .md or .html", param_hint="--out")
    if as_json and outage is not None:
        raise click.UsageError("--json is for the list: omit OUTAGE.")
    with open_existing(settings) as database:
        records = outage_log(database).records()
        if outage is None:
            _list(records, as_json=as_json)
            return
        handbook = load_handbook(settings.handbook)
        apply_library_settings(handbook.library, settings.handbook)
        use_lending_step(handbook.procedure.lending.key)
        if code is not None and code not in offered_languages():
            known = ", ".join(offered_languages())
            raise click.BadParameter(f"give one of {known}", param_hint="--language")
        found = read_dossier(
            find_record(records, outage).declared.id,
            database.journal,
            database.history,
            handbook.scans,
            now=utc_now(),
            services=services(handbook),
            points=library_system(handbook.library.system, settings.offline_layout).points,
        )
    assert found is not None
    text = render(found, handbook, offered_language(code, settings.language))
    if out is None:
        click.echo(text, nl=False)
        return
    write_file(out, text.encode())
    click.echo(f"The dossier was written to {out}.")


def _list(records: tuple[OutageRecord, ...], *, as_json: bool) -> None:
    if as_json:
        for record in records:
            click.echo(json_line(_object(record)))
        return
    for record in records:
        begun, ended = record.declared.begun, record.over.ended if record.over else None
        lasted = "ongoing" if ended is None else format_duration(ended - begun)
        times = f"{format_local(begun)}  {format_local(ended):16}  {lasted:>12}"
        click.echo(f"{str(record.declared.id)[:8]}  {times}  {record.declared.title}")
    click.echo(f"{counted(len(records), 'outage')} declared.")


def _object(record: OutageRecord) -> dict[str, object]:
    declared, over = record.declared, record.over
    return {
        "id": str(declared.id),
        "title": declared.title,
        "planned": declared.planned,
        "declared": format_utc(declared.at),
        "begun": format_utc(declared.begun),
        "ended": format_utc(over and over.ended),
    }
