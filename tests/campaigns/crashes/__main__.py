"""Run a campaign and print its figures; the exit code is 1 if anything went wrong."""

import argparse
import asyncio
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.campaigns.crashes.campaign import Campaign
from tests.campaigns.crashes.servers import installation
from tests.campaigns.crashes.verdict import Verdict
from tests.support.postgres import DATABASES


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.campaigns.crashes", description=__doc__)
    options.add_argument("--database", choices=DATABASES, required=True)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--stations", type=int, default=64)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting of PostgreSQL, such as synchronous_commit=off",
    )
    given = options.parse_args()
    # Exit through SystemExit, so that child processes are terminated too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    settings = dict(setting.split("=", 1) for setting in given.set)
    with (
        TemporaryDirectory(prefix="relais-crashes-") as folder,
        installation(given.database, Path(folder), **settings) as running,
    ):
        campaign = Campaign(running, given.kills, given.stations, given.seed, on_kill=_progress)
        verdict = asyncio.run(campaign.run())
    killed = ", ".join(f"{count} of {name}" for name, count in campaign.killed.items())
    print(f"{given.database}: {given.stations} workstations, seed {given.seed}; kills: {killed}")
    print(f"restarts of Relais after it exited on its own: {campaign.ended}")
    print(
        f"{campaign.acknowledged} loans acknowledged in {campaign.seconds:.0f} s; "
        f"failed messages: {campaign.failures}"
    )
    print(", ".join(f"{name} {count}" for name, count in asdict(verdict).items()))
    return verdict != Verdict()


def _progress(kills: int) -> None:
    if kills % 10 == 0:
        print(f"{kills} kills", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
