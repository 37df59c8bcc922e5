"""`relais drill`: simulates an outage for practice, at its own address, with its own database."""

import os
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import click

import procedure
from dashboard.cli.port_check import check_listening, free_port
from dashboard.cli.replay import load_scenario
from dashboard.cli.serve import ORIGIN, serve_pages
from dashboard.cli.serve_demo import forget_settings, refuse_own_port, temporary_database
from dashboard.settings import Settings
from procedure.diagnosis.scenario import Scenario
from procedure.handbook.model import Handbook
from procedure.io.clock import utc_now
from procedure.io.handbook_files import load_handbook
from procedure.io.last_times import remember_drill_of
from procedure.simulation.drill_queue import usual_outage

PORT = 5026
SCENARIOS = Path(procedure.__file__).parent / "scenarios"
LIBRARIES = Path(procedure.__file__).parent / "libraries"


@click.command()
@click.argument("scenario", required=False)
@click.option(
    "--library",
    type=click.Choice(sorted(folder.name for folder in LIBRARIES.iterdir())),
    help="Use a made-up library instead of your handbook.",
)
@click.option("--speed", type=click.FloatRange(1, 60), default=10.0, show_default=True)
@click.option("--users", type=click.IntRange(1, 50), default=6, show_default=True)
@click.option("--desk", help="Code of the desk with the queue; by default, the first.")
@click.option("--address", default=None, help="Address to listen on; by default, localhost.")
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True)
@ORIGIN
@click.option("--until-eof", is_flag=True, hidden=True)  # for the button on the dashboard
def drill(
    scenario: str | None,
    *,
    library: str | None,
    speed: float,
    users: int,
    desk: str | None,
    address: str | None,
    port: int,
    origin: tuple[str, ...],
    until_eof: bool,
) -> None:
    """Simulate an outage until interrupted, to practise or just to watch.

    SCENARIO is a file or the name of a scenario that comes with Relais; by default, no address of
    the library system answers. The library system is simulated, and the drill has a temporary
    database: in the dashboard's own database, only the date of the drill is stored.

    Example: `relais drill eu03-down-silent --speed 20`.
    """
    real = Settings.from_env()
    refuse_own_port(port, real, "The drill")
    address = address or Settings("").address
    check_listening(address, port)
    folder = LIBRARIES / library if library else real.handbook
    handbook = load_handbook(folder)
    desk = desk or next(iter(handbook.desks))
    if desk not in handbook.desks:
        raise click.BadParameter(
            f"not a desk in the handbook; its desks are: {', '.join(handbook.desks)}",
            param_hint="--desk",
        )
    played = _scenario(scenario, handbook) if scenario else usual_outage(handbook, utc_now())
    alma_port = free_port("127.0.0.1")
    # This import takes two seconds.
    from dashboard.simulation.drill_server import DrillPlan, open_drill  # noqa: PLC0415

    own = drill_settings(replace(real, handbook=folder), speed, alma_port)
    forget_settings(own)
    os.environ["RELAIS_OPEN"] = "1"  # the data is made up, so colleagues need not sign in
    plan = DrillPlan(played, speed, users, desk, alma_port, until_eof)
    open_drill(own, handbook, plan, partial(remember_drill_of, real.database_url))
    click.echo(f"The drill is at http://{(origin or (f'{address}:{port}',))[0]}/drill", err=True)
    serve_pages(address, port, origin)


def drill_settings(settings: Settings, speed: float, alma_port: int) -> Settings:
    """Return settings for a drill, with a temporary database, a simulated Alma and no secrets.

    Only the handbook and the language are taken from `settings`; durations are divided by `speed`.
    """
    usual = Settings("")
    return Settings(
        temporary_database("drill"),
        handbook=settings.handbook,
        language=settings.language,
        probe_interval=timedelta(seconds=max(1.0, 60 / speed)),
        suspect_after=usual.suspect_after / speed,
        recovered_after=usual.recovered_after / speed,
        alma_url=f"http://127.0.0.1:{alma_port}",
        alma_key="drill",
        alma_write_key="drill",
        alma_rate=25.0,
    )


def _scenario(name: str, handbook: Handbook) -> Scenario:
    file = Path(name)
    if not file.is_file():
        file = SCENARIOS / f"{name}.toml"
    if not file.is_file():
        known = ", ".join(sorted(path.stem for path in SCENARIOS.glob("*.toml")))
        raise click.BadParameter(
            f"{name} is not a file or a scenario; the scenarios are: {known}", param_hint="SCENARIO"
        )
    return load_scenario(file, handbook)
