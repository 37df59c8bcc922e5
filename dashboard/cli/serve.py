"""`relais serve`: serves the dashboard."""

import gc
import os
import re
import signal
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType

import click

from dashboard.cli.port_check import check_listening
from dashboard.server.json_log import write_json
from dashboard.settings import Settings, logs_json

APP = Path(__file__).resolve().parent.parent


def _check_origin(
    ctx: click.Context, option: click.Parameter, origins: tuple[str, ...]
) -> tuple[str, ...]:
    for origin in origins:
        host, colon, port = origin.partition(":")
        if not host or (colon and not (port.isascii() and port.isdecimal())):
            raise click.BadParameter(f"{origin!r} is not HOST or HOST:PORT", ctx, option)
    return origins


def _check_prefix(ctx: click.Context, option: click.Parameter, prefix: str) -> str:
    path = prefix.strip("/")
    if not re.fullmatch(r"([A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*)?", path):
        raise click.BadParameter(f"{prefix!r} is not a path of letters and digits", ctx, option)
    return path


ORIGIN = click.option(
    "--origin",
    multiple=True,
    callback=_check_origin,
    help="HOST:PORT that browsers use, if it differs from the address.",
)


@click.command()
@click.option("--address", default=None, help="Address to listen on; by default, localhost.")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="Port; by default, 5006.")
@ORIGIN
@click.option(
    "--open",
    "opened",
    is_flag=True,
    help="Let in everybody who can reach the server, without signing in; each page says so.",
)
@click.option(
    "--prefix",
    default="",
    callback=_check_prefix,
    help="Path at the start of every address, such as relais behind a proxy's /relais/.",
)
@click.option(
    "--demo", is_flag=True, help="Serve made-up data on port 5016; the database is not used."
)
def serve(
    address: str | None,
    port: int | None,
    origin: tuple[str, ...],
    *,
    opened: bool,
    prefix: str,
    demo: bool,
) -> None:
    """Serve the dashboard to browsers until interrupted.

    Example: `relais serve --origin relais.example.ch`.
    """
    if opened:
        os.environ["RELAIS_OPEN"] = "1"  # the server reads the settings again
    if logs_json():
        write_json()
    settings = Settings.from_env()
    if demo:
        # This imports pandas, which is slow.
        from dashboard.cli.serve_demo import demo_settings, serve_demo  # noqa: PLC0415

        settings = demo_settings(settings, port)
        check_listening(address or settings.address, settings.port)
        serve_demo(settings)
    address, port = address or settings.address, port or settings.port
    check_listening(address, port)
    with _no_garbage_collection():
        # This import takes two seconds, so the settings are checked first.
        from dashboard.app import app_context  # noqa: PLC0415

        app_context()  # fails on a faulty handbook or an unwritable database
    if demo:
        click.echo(f"Open http://{address}:{port} in a browser. Press Ctrl-C to stop.", err=True)
    serve_pages(address, port, origin, prefix=prefix, log_level="warning" if demo else "info")


def serve_pages(
    address: str,
    port: int,
    origin: tuple[str, ...],
    *,
    prefix: str = "",
    log_level: str = "info",
) -> None:
    """Serve pages until interrupted; `origin` holds the hosts and ports that browsers use."""
    with _no_garbage_collection():
        from dashboard.server.panel_internals import serve  # noqa: PLC0415

    origins = origin or _origins(address, port)
    with _interruptible():
        arguments = _serve_arguments(address, port, origins, prefix)
        serve("relais serve", [*arguments, "--log-level", log_level])


@contextmanager
def _no_garbage_collection() -> Generator[None]:
    """Disable garbage collection during imports, which shortens startup by a seventh."""
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


@contextmanager
def _interruptible() -> Generator[None]:
    """Raise `KeyboardInterrupt` after Ctrl-C, which Bokeh's server swallows."""
    interrupted = Event()

    def interrupt(number: int, frame: FrameType | None) -> None:
        interrupted.set()
        signal.default_int_handler(number, frame)

    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, interrupt)
    yield
    if interrupted.is_set():
        raise KeyboardInterrupt


def _origins(address: str, port: int) -> tuple[str, ...]:
    # Bokeh does not accept IPv6 addresses as origins, so browsers must use a host name instead.
    hosts = ([] if ":" in address else [address]) + ["localhost", "127.0.0.1"]
    return tuple(f"{host}:{port}" for host in hosts)


def _serve_arguments(address: str, port: int, origins: tuple[str, ...], prefix: str) -> list[str]:
    arguments = [str(APP), "--liveness"]
    arguments += ["--address", address, "--port", str(port)]
    arguments += ["--session-token-expiration", "86400"]
    arguments += ["--prefix", prefix] if prefix else []
    for origin in dict.fromkeys(origins):
        arguments += ["--allow-websocket-origin", origin]
    return arguments
