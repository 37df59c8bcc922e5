"""`make bench`: runs the benchmarks, and prints the figures as tables and as JSON."""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.campaigns.benchmarks import (
    acts,
    desk,
    frames,
    history,
    lists,
    loans,
    probing,
    reconciliation,
    rush,
)
from tests.campaigns.benchmarks.figure import Figure, machine, show

Measure = Callable[..., Sequence[Figure]]
BENCHMARKS: Mapping[str, Measure] = {
    "probing": probing.measure,
    "loans": loans.measure,
    "desk": desk.measure,
    "history": history.measure,
    "frames": frames.measure,
    "reconciliation": reconciliation.measure,
    "acts": acts.measure,
    "lists": lists.measure,
    "rush": lambda _: rush.measure(),
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("which", nargs="*", choices=[*BENCHMARKS, []], default=[])
    options.add_argument("--folder", default=None, help="A folder on the disk to measure.")
    options.add_argument("--json", default=None, help="The file to write the figures to, as JSON.")
    options.add_argument(
        "--rows",
        type=int,
        default=None,
        help="The number of rows for history, reconciliation, acts or lists.",
    )
    given = options.parse_args()
    more = {} if given.rows is None else {"rows": given.rows}
    values = {}
    for name in given.which or BENCHMARKS:
        with TemporaryDirectory(dir=given.folder) as folder:
            values[name] = BENCHMARKS[name](Path(folder), **more)
        show(name, values[name])
    report = json.dumps({"machine": machine(), "figures": flat(values)}, indent=1)
    if given.json:
        Path(given.json).write_text(report + "\n", "utf-8")
    else:
        print(report)


def flat(benchmarks: Mapping[str, Sequence[Figure]]) -> dict[str, dict[str, str]]:
    return {
        name: {figure.name: f"{figure.value} ({figure.reach})" for figure in figures}
        for name, figures in benchmarks.items()
    }


if __name__ == "__main__":
    main()
