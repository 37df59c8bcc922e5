"""`relais records export`: writes the tables of the records to files."""

from datetime import datetime
from getpass import getuser
from pathlib import Path
from typing import Literal

import click

from dashboard.cli.instants import Instant, check_span
from dashboard.cli.open_database import database_option, open_existing
from dashboard.cli.output import counted
from dashboard.settings import Settings
from procedure.io.clock import new_uuid7, utc_now
from procedure.io.frame_files import refuse_unless_new
from procedure.io.handbook_files import load_handbook
from procedure.personal_data.access_entries import FileDownloaded
from procedure.records.export import export_frames, journal_name
from procedure.records.privacy import IDENTIFIERS, Privacy
from procedure.records.records import Records


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--format",
    "form",
    type=click.Choice(["parquet", "csv"]),
    default="parquet",
    show_default=True,
    help="Format of the files.",
)
@click.option("--outage", help="Only this declared outage: its id, a prefix of it, or `last`.")
@click.option(
    "--since",
    type=Instant(),
    help="Only what was observed from this time on; by default, everything.",
)
@click.option(
    "--until", type=Instant(), help="Only what was observed before this time; by default, now."
)
@click.option(
    "--identifiers",
    type=click.Choice(IDENTIFIERS),
    multiple=True,
    help="Show these identifiers as they were recorded; needs --by.",
)
@click.option("--by", metavar="NAME", help="Who exports the files; for the journal.")
@database_option
def export(
    *,
    folder: Path,
    form: Literal["parquet", "csv"],
    outage: str | None,
    since: datetime | None,
    until: datetime | None,
    identifiers: tuple[str, ...],
    by: str | None,
) -> None:
    """Write all tables to a new FOLDER, with the meaning of each column.

    Patrons and operators are replaced by pseudonyms, which are consistent within an export. To show
    either as recorded, use --identifiers. The journal records who exported the files, and the
    number of rows about people.

    Example: `relais records export outage --outage last --format csv`.
    """
    check_span(since, until)
    if identifiers and not by:
        raise click.UsageError("--identifiers needs --by: say who exports them.")
    refuse_unless_new(folder)
    handbook = load_handbook(Settings.from_env().handbook)
    with open_existing() as database:
        read = Records(
            database.journal,
            database.history,
            handbook,
            since=since,
            until=until or utc_now(),
            privacy=Privacy(identifiers),
            outage=outage,
        )
        frames = read.all_frames()
        taken = FileDownloaded(
            id=new_uuid7(),
            at=utc_now(),
            operator=by or f"{getuser()} (shell)",
            file=journal_name(folder.name, frames, identifiers),
        )
        # As with downloads from the dashboard, files are written only if the journal can record
        # the export.
        export_frames(frames, folder, form, lambda: database.journal.append(taken))
    click.echo(f"{counted(len(frames), 'table')} written to {folder}.")
