"""`relais accept-missing`: accepts that acknowledged entries are lost."""

from pathlib import Path

import click
from sqlalchemy.engine import make_url

from dashboard.cli.open_database import command_settings, database_option
from procedure.errors import JournalMissing
from procedure.io.database.missing_entries import accept_missing as accept, missing_entries


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@database_option
def accept_missing(*, yes: bool) -> None:
    """Continue without acknowledged entries that are missing from the database.

    The server refuses to start if the database has fewer entries than were acknowledged, or belongs
    to another installation. First try to put the right database file back, or to restore a backup:
    use this command only if the entries are lost for good.

    Example: `relais accept-missing`.
    """
    url = make_url(command_settings().database_url)
    path = Path(str(url.database))
    sqlite = url.get_backend_name() == "sqlite"
    missing = missing_entries(path) if sqlite else ""
    if sqlite and not missing and not path.exists():
        raise JournalMissing(f"There is no database at {path}: check RELAIS_DATABASE_URL.")
    if not missing:
        click.echo("No acknowledged entries are known to be missing: nothing was changed.")
        return
    click.echo(missing)
    if not yes:
        click.confirm("Continue without them?", abort=True)
    click.echo(f"From now on, {path} counts as complete up to position {accept(path)}.")
