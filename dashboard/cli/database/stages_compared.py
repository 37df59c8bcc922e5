"""Compares loans' stages in this version and the version in use, for `relais upgrade --check`."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TextIO

import click

from dashboard.cli.doctor.check_result import CheckResult, fault, ok, warning
from dashboard.cli.output import counted
from procedure.reconciliation.reconciled_loan import BY_REPORT, ReconciledLoan, Stage
from procedure.reconciliation.stage_counts import StageChange, stage_changes

_NOT_COMPARED = (
    "not compared with the version in use; to compare, run the following, with the first `relais` "
    "from the version in use: `relais reconcile status --json | relais upgrade --check --before -`"
)
_MEANINGS = {
    BY_REPORT: (
        "Alma's report accounts for every line of their file and does not list them as refused"
    ),
    "lent_by_api": "they were made by Alma's API",
    "by_hand": "they were settled by hand",
    "to_check": "a question about their scan is open",
    "void_in_alma": "they were voided, but Alma still has them",
}
_REFERENCE = "see `reason` in docs/reconciliation-reference.md"


def read_stages(file: TextIO) -> dict[str, str]:
    """Read the stage of each loan from the output of `relais reconcile status --json`.

    Raises:
        click.BadParameter: the file does not contain such output.
    """
    try:
        printed = [json.loads(line) for line in file if line.strip()]
        return {loan["id"]: loan["stage"] for loan in printed}
    except (ValueError, TypeError, KeyError):
        text = "this is not the output of relais reconcile status --json"
        raise click.BadParameter(text, param_hint="--before") from None


def compare_stages(
    loans: Sequence[ReconciledLoan], before: Mapping[str, str] | None
) -> Iterator[CheckResult]:
    """Count the loans by stage and, unless `before` is None, report any changes of stage."""
    yield ok(
        "loans", f"according to this version, {_by_stage(Counter(loan.stage for loan in loans))}"
    )
    if before is None:
        if loans:
            yield warning("loans", _NOT_COMPARED)
        return
    yield ok("loans", f"according to the version in use, {_by_stage(Counter(before.values()))}")
    known = {str(loan.loan.id) for loan in loans}
    if missing_ids := before.keys() - known:
        missing = counted(len(missing_ids), "loan")
        yield fault("loans", f"missing here, but in the version in use: {missing}")
    if since := known - before.keys():
        yield ok("loans", f"{counted(len(since), 'loan')} recorded since that output was written")
    changes = stage_changes(before, loans)
    for change, count in changes.most_common():
        yield warning("loans", f"{counted(count, 'loan')}: {_described(change)}")
    if not changes:
        yield ok("loans", "each loan has the same stage as in the version in use")


def _by_stage(counts: Mapping[str, int]) -> str:
    stages = ", ".join(f"{counts.get(stage, 0)} {_plain(stage)}" for stage in Stage)
    return f"{counted(sum(counts.values()), 'loan')}: {stages}"


def _described(change: StageChange) -> str:
    meaning = _MEANINGS.get(change.reason, _REFERENCE)
    reason = f", because of {change.reason} ({meaning})" if change.reason else ""
    return f"{_plain(change.before)} before, {_plain(change.after)} now{reason}"


def _plain(stage: str) -> str:
    return stage.replace("_", " ").replace("alma", "Alma")
