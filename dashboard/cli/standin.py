"""`relais standin`: serves a stand-in for Alma."""

import asyncio
import os
from pathlib import Path

import click
import msgspec

from dashboard.cli.open_database import database_option, open_existing
from dashboard.core.errors import FileRefused
from dashboard.settings import Settings
from procedure.circulation.transactions import Loan
from procedure.io.handbook_files import load_handbook
from procedure.simulation.alma.request_gate import RequestGate
from procedure.simulation.alma.server import FakeAlma
from procedure.simulation.alma.world import Stock, World, stock_of


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), required=True, help="Port; 0 picks a free one."
)
@click.option(
    "--address", default="127.0.0.1", help="Address to listen on; by default, only this machine."
)
@click.option(
    "--world",
    type=click.Path(path_type=Path),
    help="JSON file with the items and users; by default, those in the log.",
)
@click.option("--key", default="", help="Key for reading; by default, any key is accepted.")
@click.option("--write-key", default="", help="Key for writing.")
@click.option("--network-key", default="", help="Key for reading in the network zone.")
@click.option("--remaining", type=int, default=1_000_000, help="API calls left until midnight.")
@click.option("--automatic", is_flag=True, help="Set the block preference to the wrong value.")
@database_option
def standin(
    *,
    port: int,
    address: str,
    world: Path | None,
    key: str,
    write_key: str,
    network_key: str,
    remaining: int,
    automatic: bool,
) -> None:
    """Serve a stand-in for Alma until interrupted; nothing is stored.

    To upload an offline file and get a report like Alma's, POST the file to
    /standin/upload?desk=CODE.

    Example: `relais standin --port 8765 --world world.json`.
    """
    stock = _stock_of_log() if world is None else _read(world)
    gate = RequestGate(key, write_key, network_key, remaining)
    asyncio.run(_serve(FakeAlma(World(stock), gate, automatic=automatic), port, address))


async def _serve(stand_in: FakeAlma, port: int, address: str) -> None:
    _, port = stand_in.listen(port, address)
    click.echo(
        f"A stand-in for Alma is listening on http://{address}:{port} (process {os.getpid()})"
    )
    await asyncio.Event().wait()


def _read(file: Path) -> Stock:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Stock)
    except OSError as refusal:
        raise FileRefused(f"{file} cannot be read ({refusal.strerror}).") from None
    except msgspec.DecodeError as fault:
        raise FileRefused(f"{file} does not contain items and users: {fault}") from None


def _stock_of_log() -> Stock:
    """Return a stock with the items, patrons and desks of all loans, and the handbook's desks."""
    settings = Settings.from_env()
    desks = load_handbook(settings.handbook).desks
    with open_existing(settings) as database:
        entries = [record.entry for record in database.journal.since(kinds=("loan",))]
    loans = [entry for entry in entries if isinstance(entry, Loan)]
    return stock_of(
        [loan.item for loan in loans],
        [loan.patron for loan in loans],
        dict.fromkeys([*desks, *(loan.desk for loan in loans)], "MAIN"),
    )
