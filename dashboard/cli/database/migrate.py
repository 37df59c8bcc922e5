"""`relais migrate`: copies the database from SQLite to PostgreSQL."""

from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy import URL
from sqlalchemy.engine import make_url

from dashboard.cli.output import counted_progress, json_line
from dashboard.core.setting_parsers import database_url
from dashboard.settings import Settings
from procedure.errors import TransferRefused
from procedure.io.database_transfer import CopiedTable, transfer
from procedure.io.spool.spool import spool_base, spool_files

SPOOLED = (
    "{file} has loans that are not in the database yet: start the server with SQLite "
    "and stop it once the pages report no waiting loans, then migrate. Nothing was copied."
)


@click.command()
@click.option(
    "--from",
    "source",
    metavar="URL",
    help="sqlite:///…; by default, the one in the settings.",
)
@click.option(
    "--to",
    "target",
    metavar="URL",
    required=True,
    help="postgresql://…; the database must be empty.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per table.")
def migrate(*, source: str | None, target: str, as_json: bool) -> None:
    """Copy a SQLite database into an empty PostgreSQL database.

    Stop the server first. All rows are read back and compared by count and checksum before anything
    is committed, so the copy is either complete or absent. The source is not changed.

    Example: `relais migrate --to postgresql://relais@localhost/relais`.
    """
    settings = Settings.from_env()
    origin = _parse(source or settings.database_url, "sqlite", "--from")
    destination = _parse(target, "postgresql", "--to")
    if spooled := spool_files(spool_base(str(origin), settings.spool)):
        raise TransferRefused(SPOOLED.format(file=spooled[0]))
    with counted_progress("Copying") as on_progress:
        url = destination.render_as_string(hide_password=False)
        tables = transfer(Path(str(origin.database)), url, on_progress=on_progress)
    if as_json:
        for table in tables:
            click.echo(json_line(asdict(table)))
        return
    for line in _lines(tables):
        click.echo(line)
    click.echo(
        f"Every table is the same in both databases. Set RELAIS_DATABASE_URL to {destination!r}, "
        f"with its password, and start the server. {origin.database} is unchanged: keep it."
    )


def _parse(url: str, kind: str, option: str) -> URL:
    try:
        parsed = make_url(database_url(url))
    except ValueError as fault:
        raise click.BadParameter(str(fault), param_hint=option) from None
    if parsed.get_backend_name() != kind:
        raise click.BadParameter(f"give a {kind} database: {kind}://…", param_hint=option)
    return parsed


def _lines(tables: tuple[CopiedTable, ...]) -> list[str]:
    width = max(len(table.name) for table in tables)
    return [f"{table.name:<{width}}  {table.rows:>10}  {table.checksum}" for table in tables]
