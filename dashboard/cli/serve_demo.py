"""`relais serve --demo`: serves made-up data and a simulated outage."""

import atexit
import os
from datetime import timedelta
from tempfile import TemporaryDirectory

import click

from dashboard.cli.sample_data import record_days
from dashboard.core.errors import SettingsError
from dashboard.core.library_settings import apply_library_settings
from dashboard.settings import Settings
from procedure.io.clock import utc_now
from procedure.io.database.database import open_database
from procedure.io.handbook_files import load_handbook
from procedure.simulation.incidents import under_way
from procedure.simulation.sample import Sample, SampleClock

DAYS = 30
# The period before now for which every probe is made up. On earlier days, each target has at most
# one probe every five minutes. A longer period would delay the first page by more than a few
# seconds.
DENSE = timedelta(days=2)
PORT = 5016
_OWN_PORT = (
    "{what}: the dashboard uses port {port}. Browsers store unsent loans by address and port, and "
    "would send those made here to the dashboard. Give another port."
)


def refuse_own_port(port: int | None, settings: Settings, what: str) -> None:
    """Refuse the dashboard's port for a demonstration or a drill.

    Raises:
        SettingsError: the dashboard uses `port` itself.
    """
    if port in {Settings("").port, settings.port}:
        raise SettingsError(_OWN_PORT.format(what=what, port=port))


def temporary_database(name: str) -> str:
    """Return the URL of a database in a folder that is deleted at exit."""
    folder = TemporaryDirectory(prefix=f"relais-{name}-")
    atexit.register(folder.cleanup)
    return f"sqlite:///{folder.name}/{name}.sqlite3"


def demo_settings(settings: Settings, port: int | None) -> Settings:
    """Return settings for a demonstration, with a temporary database and no secrets.

    Only the language and the handbook are taken from `settings`.
    """
    refuse_own_port(port, settings, "--demo")
    port = port or PORT
    status_page = f"http://localhost:{port}/status"
    url = temporary_database("demo")
    return Settings(
        url,
        language=settings.language,
        handbook=settings.handbook,
        port=port,
        status_page=status_page,
    )


def forget_settings(demo: Settings) -> None:
    """Replace the settings in the environment with the database and handbook of `demo`.

    `RELAIS_OPEN` is kept. Later code reads the environment again.
    """
    for name in [
        variable
        for variable in os.environ
        if variable.startswith("RELAIS_") and variable != "RELAIS_OPEN"
    ]:
        del os.environ[name]
    os.environ["RELAIS_DATABASE_URL"] = demo.database_url
    os.environ["RELAIS_HANDBOOK"] = str(demo.handbook)


def serve_demo(settings: Settings) -> None:
    """Fill the database, and prepare the pages for the simulated outage."""
    click.echo(f"Making up {DAYS} days of data and an outage; nothing is kept.", err=True)
    forget_settings(settings)
    handbook, until = load_handbook(settings.handbook), utc_now()
    apply_library_settings(
        handbook.library, settings.handbook
    )  # for the time zone and the system's name
    incident = under_way(until)
    past = Sample(handbook, until=until, days=DAYS, now=incident, dense=DENSE)
    clock = SampleClock(past.since)
    with open_database(settings.database_url, now=clock) as database:
        record_days(past, DAYS, database, clock)
    click.echo("Loading the page: the first time takes a few seconds longer.", err=True)
    # This import takes two seconds.
    from dashboard.simulation.demo import open_demo  # noqa: PLC0415

    open_demo(settings, handbook, incident, until)
