"""`relais probe`: probes the handbook's targets or an address."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, timedelta
from importlib.metadata import version
from urllib.parse import urlsplit

import click

from dashboard.cli.output import json_line
from dashboard.settings import Settings
from procedure.io.handbook_files import load_handbook
from procedure.io.http.prober import Prober, user_agent
from procedure.monitoring.model import Outcome, Status, Target

ANSWERING = (Status.UP, Status.SLOW)


@click.command()
@click.option("--url", help="Probe this address instead of the handbook's targets.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.pass_context
def probe(ctx: click.Context, *, url: str | None, as_json: bool) -> None:
    """Probe every target once; the exit code is 0 if all are up or slow, or else 1.

    Example: `relais probe --url https://www.switch.ch`.
    """
    settings = Settings.from_env()
    handbook_targets = load_handbook(settings.handbook).targets.values() if url is None else ()
    targets = list(handbook_targets) if url is None else [_parse_target(url)]
    outcomes = asyncio.run(probe_all(targets, settings))
    for line in map(outcome_line, outcomes) if as_json else table(outcomes):
        click.echo(line)
    ctx.exit(0 if all(outcome.status in ANSWERING for outcome in outcomes) else 1)


def outcome_line(outcome: Outcome) -> str:
    """Return an outcome as a line of JSON, with durations in ms and instants in UTC.

    `expires` is the time at which the certificate expires.
    """
    values: dict[str, object] = {
        "target": outcome.target,
        "url": outcome.url,
        "vantage": outcome.vantage,
        "at": outcome.at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "verdict": outcome.status,
        "cause": outcome.cause,
        "phase": outcome.phase,
        "http_status": outcome.http_status,
        "final_url": outcome.final_url,
        "latency_ms": outcome.latency_ms,
        "phases": asdict(outcome.phases),
        "expires": None if outcome.expires is None else outcome.expires.astimezone(UTC).isoformat(),
        "detail": outcome.detail or None,
    }
    return json_line(values)


def table(outcomes: Sequence[Outcome]) -> list[str]:
    """Return the outcomes as aligned lines."""
    rows = [("target", "status", "cause", "latency", "")]
    rows += [
        (outcome.target, outcome.status, outcome.cause or "", _latency(outcome), _remark(outcome))
        for outcome in outcomes
    ]
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    line = f"{{:{wide[0]}}}  {{:{wide[1]}}}  {{:{wide[2]}}}  {{:>{wide[3]}}}  {{}}"
    return [line.format(*row).rstrip() for row in rows]


def _latency(outcome: Outcome) -> str:
    return "" if outcome.latency_ms is None else f"{outcome.latency_ms:.0f} ms"


def _remark(outcome: Outcome) -> str:
    notes = [outcome.detail] if outcome.detail else []
    if outcome.cause and outcome.phase:
        notes.append(f"at {outcome.phase}")
    if outcome.expires_soon and outcome.expires is not None:
        notes.append(f"certificate expires {outcome.expires:%Y-%m-%d}")
    return "; ".join(notes)


def _parse_target(url: str) -> Target:
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https"} and parts.port != 0
        usable = known and bool(parts.hostname) and not re.search(r"\s", url)
    except ValueError:
        usable = False
    if not usable:
        raise click.BadParameter(
            f"{url!r} is not an address to probe; give the full URL, "
            "for example https://www.switch.ch",
            param_hint="--url",
        )
    # The handbook may not describe this address, so accept a login page on any host.
    return Target(urlsplit(url).hostname or url, url, "", timedelta(minutes=1), login_hosts=("*",))


async def probe_all(targets: Sequence[Target], settings: Settings) -> list[Outcome]:
    """Probe all targets concurrently, once each."""
    agent = user_agent(version("alma-relais"), settings.contact)
    async with Prober(agent=agent, timeout=settings.probe_timeout) as prober:
        return list(await asyncio.gather(*(prober.probe(target) for target in targets)))
