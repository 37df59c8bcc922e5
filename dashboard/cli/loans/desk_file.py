"""`relais desk-file`: writes the desk page as one HTML file, which works without a server."""

from pathlib import Path

import click

from dashboard.cli.output import write_file
from dashboard.core.library_settings import apply_library_settings
from dashboard.desk.one_file import NAME, one_file
from dashboard.settings import Settings
from procedure.io.clock import utc_now
from procedure.io.handbook_files import load_handbook


@click.command(name="desk-file")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=NAME,
    show_default=True,
    help="Where to write the file.",
)
def desk_file(out: Path) -> None:
    """Write the desk page as one HTML file, with the handbook's desks, code shapes and texts.

    The page works from a disk or a USB stick, without a server or a network, and saves loans to a
    file for `relais loans import`.

    Example: `relais desk-file --out stick/relais-desk.html`.
    """
    folder = Settings.from_env().handbook
    handbook = load_handbook(folder)
    apply_library_settings(handbook.library, folder)
    content = one_file(handbook, utc_now())
    write_file(out, content)
    click.echo(f"The desk page was written to {out} ({len(content) / 1000:.0f} kB).")
