"""The probes, the loans and the server's own state as metrics for Prometheus."""

import math
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.monitoring.grid import ProbeGrid
from dashboard.ui.failure_log import failure_count
from procedure.diagnosis.rules import FaultLocation
from procedure.monitoring.model import Outcome, Status


class ContextCollector(Collector):
    """A context's current metrics; no label contains names, card numbers or barcodes.

    `to_bring` is the number of loans to transfer to Alma; None while unknown.
    """

    def __init__(self, context: AppContext, to_bring: int | None) -> None:
        self._context, self._to_bring = context, to_bring

    def collect(self) -> Iterator[Metric]:
        """Yield each metric family; an unknown value has no sample."""
        yield InfoMetricFamily(
            "relais", "The version of this server.", {"version": version("alma-relais")}
        )
        grid = ProbeGrid(context=self._context)
        yield from _of_targets(grid, self._context.clock.now())
        yield from _of_outage(grid)
        yield from self._of_loans()
        yield from self._of_server()
        yield from self._of_lists()

    def _of_loans(self) -> Iterator[Metric]:
        log = self._context.folds.loan_log
        name = "relais_loans_to_bring"
        system = self._context.handbook.current.library.system
        about = f"Loans still to be brought into {system}, excluding pending ones."
        to_bring = GaugeMetricFamily(name, about)
        if self._to_bring is not None:
            to_bring.add_metric([], self._to_bring)
        yield to_bring
        name = "relais_pending_loans"
        yield GaugeMetricFamily(name, "Loans waiting for a forgotten card.", len(log.pending()))

    def _of_server(self) -> Iterator[Metric]:
        context = self._context
        sites = Counter(vantage.site for vantage in context.watches.workstations.vantages.values())
        name = "relais_workstations"
        stations = GaugeMetricFamily(name, "Workstations that probe, by site.", labels=["site"])
        for site, count in sites.items():
            stations.add_metric([site], count)
        yield stations
        name = "relais_recording"
        yield GaugeMetricFamily(name, "1 while the database accepts loans.", not context.unwritable)
        name = "relais_spooled_transactions"
        queued = context.store.spool.count if context.store.spool else 0
        yield GaugeMetricFamily(name, "Transactions waiting for the database.", queued)
        name = "relais_history_recording"
        failed = context.watches.probes.history_fault is not None
        yield GaugeMetricFamily(name, "1 while outcomes can be stored.", not failed)
        name = "relais_leads"
        leads = context.leadership.leads
        yield GaugeMetricFamily(name, "1 for the process that watches on behalf of all.", leads)
        name = "relais_handbook_current"
        taken = not (context.handbook.faults or context.handbook.needs_restart)
        yield GaugeMetricFamily(name, "1 while the handbook in use matches its files.", taken)
        name = "relais_journal_entries"
        yield GaugeMetricFamily(name, "Position of the newest entry.", context.folds.position)
        name = "relais_alerts_failing"
        failing = bool(context.upkeep.state("alerts").unreached)
        yield GaugeMetricFamily(name, "1 if the newest alert was not delivered.", failing)
        yield from self._of_backups()
        name = "relais_task_failing"
        tasks = GaugeMetricFamily(name, "1 while a background task is failing.", labels=["task"])
        for task, state in context.upkeep.table.items():
            tasks.add_metric([task], bool(state.fault))
        yield tasks
        name = "relais_page_failures"
        yield CounterMetricFamily(name, "Errors on pages since startup.", value=failure_count())

    def _of_backups(self) -> Iterator[Metric]:
        """Yield the age of the newest backup, or infinity if there is none."""
        name = "relais_backup_age_seconds"
        age = GaugeMetricFamily(name, "Time since the newest backup; +Inf before the first.")
        newest, now = self._context.store.last_times().backup, self._context.clock.now()
        age.add_metric([], math.inf if newest is None else (now - newest).total_seconds())
        yield age

    def _of_lists(self) -> Iterator[Metric]:
        context = self._context
        ages = GaugeMetricFamily(
            "relais_list_age_seconds", "Time since a list was exported.", labels=["list"]
        )
        counts = GaugeMetricFamily(
            "relais_list_identifiers", "Number of identifiers in a list.", labels=["list"]
        )
        for header in context.store.lists.headers():
            ages.add_metric([header.kind], (context.clock.now() - header.as_of).total_seconds())
            counts.add_metric([header.kind], header.count)
        yield from (ages, counts)


def _of_targets(grid: ProbeGrid, now: datetime) -> Iterator[Metric]:
    """Yield each target's status as shown, and the measurements from its newest attempt."""
    labels = ["target"]
    statuses = GaugeMetricFamily(
        "relais_target_status", "1 for the status shown.", labels=[*labels, "status"]
    )
    ages = GaugeMetricFamily(
        "relais_attempt_age_seconds", "Age of the newest attempt.", labels=labels
    )
    latencies = GaugeMetricFamily(
        "relais_attempt_seconds", "Duration of the newest attempt.", labels=labels
    )
    phases = GaugeMetricFamily(
        "relais_attempt_phase_seconds",
        "Duration of each phase of the newest attempt.",
        labels=[*labels, "phase"],
    )
    for cell in grid.cells:
        for status in Status:
            statuses.add_metric([cell.target, status], status is cell.status)
        if cell.newest is None:
            continue
        ages.add_metric([cell.target], (now - cell.newest.at).total_seconds())
        if cell.newest.latency_ms is not None:
            latencies.add_metric([cell.target], cell.newest.latency_ms / 1000)
        for phase, seconds in _phases(cell.newest):
            phases.add_metric([cell.target, phase], seconds)
    yield from (statuses, ages, latencies, phases)


def _phases(outcome: Outcome) -> Iterator[tuple[str, float]]:
    for phase in ("dns", "connect", "tls", "first_byte"):
        took = getattr(outcome.phases, phase)
        if took is not None:
            yield phase, took / 1000


def _of_outage(grid: ProbeGrid) -> Iterator[Metric]:
    context = grid.context
    fault = DiagnosisState(context=context, session=Session(), grid=grid).result.fault
    located = GaugeMetricFamily(
        "relais_fault", "1 for the most likely location of the fault.", labels=["location"]
    )
    for location in FaultLocation:
        located.add_metric([location], location is fault)
    yield located
    declared = context.folds.outages.current() is not None
    yield GaugeMetricFamily("relais_outage_declared", "1 while an outage is declared.", declared)
