"""`/metrics` returns every value in Prometheus's format, and no personal data."""

import json
import math
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families as parsed
from tornado.httpclient import HTTPResponse

from dashboard.core.context import AppContext
from dashboard.metrics.metrics_handler import Metrics
from procedure.errors import JournalGone
from procedure.io.clock import new_uuid7
from procedure.io.offline_lists.list_store import ListStore
from procedure.monitoring.model import FailureCause, Phases, Status
from procedure.offline_lists.list_layout import Header, ListKind
from procedure.readiness.readiness import LastTimes
from tests.support import http, make

MONITORING = Path(__file__).resolve().parents[3] / "docs" / "monitoring"

Samples = dict[tuple[str, tuple[str, ...]], float]


def ask(context: AppContext, to_bring: int | None = None, **request: Any) -> HTTPResponse:
    async def count() -> int | None:
        return to_bring

    arguments = {"context": lambda: context, "to_bring": count}
    return http.ask([(r"/metrics", Metrics, arguments)], "/metrics", **request)


# A sample's label values are in alphabetical order of the labels' names.
def samples(context: AppContext, to_bring: int | None = None) -> Samples:
    families = parsed(ask(context, to_bring).body.decode())
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def of(values: Samples, name: str) -> dict[tuple[str, ...], float]:
    return {labels: value for (metric, labels), value in values.items() if metric == name}


def test_metrics_of_a_new_server(context: AppContext, handbook) -> None:
    answer = ask(context)
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    values = samples(context)
    assert of(values, "relais_info") == {(version("alma-relais"),): 1}
    statuses = of(values, "relais_target_status")
    shown = {target: status for (status, target), is_shown in statuses.items() if is_shown}
    assert shown == dict.fromkeys(handbook.targets, "unknown")
    for name in ("relais_attempt_age_seconds", "relais_loans_to_bring", "relais_workstations"):
        assert of(values, name) == {}
    assert {
        name: of(values, name)[()]
        for name in (
            "relais_pending_loans",
            "relais_recording",
            "relais_history_recording",
            "relais_outage_declared",
            "relais_handbook_current",
            "relais_journal_entries",
        )
    } == {
        "relais_pending_loans": 0,
        "relais_recording": 1,
        "relais_history_recording": 1,
        "relais_outage_declared": 0,
        "relais_handbook_current": 1,
        "relais_journal_entries": 0,
    }


def test_metrics_of_the_newest_attempt_and_shown_status(context: AppContext, watch, clock) -> None:
    took = Phases(dns=2.0, connect=10.0)
    watch.see_enough(
        "switch", Status.DOWN, cause=FailureCause.TIMEOUT, latency_ms=1500, phases=took
    )
    clock.pass_by(seconds=8)
    values = samples(context)
    assert of(values, "relais_target_status")["down", "switch"] == 1
    assert of(values, "relais_target_status")["up", "switch"] == 0
    assert of(values, "relais_attempt_age_seconds") == {("switch",): 8}
    assert of(values, "relais_attempt_seconds") == {("switch",): 1.5}
    assert of(values, "relais_attempt_phase_seconds") == {
        ("dns", "switch"): 0.002,
        ("connect", "switch"): 0.01,
    }


def test_metrics_of_an_old_reading(context: AppContext, watch, clock) -> None:
    watch.see_enough("switch", Status.UP)
    clock.at += timedelta(hours=1)
    assert of(samples(context), "relais_target_status")["unknown", "switch"] == 1
    assert of(samples(context), "relais_target_status")["up", "switch"] == 0


def test_metrics_of_loans_outage_and_lost_database(context: AppContext, clock) -> None:
    loan = make.loan(
        new_uuid7(), "ITEM-SECRET-1", "SLSP-SECRET-1", at=clock.at, workstation="Poste-X"
    )
    declared = make.outage(new_uuid7(), at=clock.at, operator="C. Secret")
    context.store.journal.append(declared, loan)
    context.store.fault = JournalGone("moved")
    answer = ask(context, to_bring=1).body.decode()
    assert not [word for word in ("SECRET", "Secret", "Poste-X") if word in answer]
    values = samples(context, to_bring=1)
    assert values["relais_loans_to_bring", ()] == 1
    assert values["relais_outage_declared", ()] == 1
    assert values["relais_recording", ()] == 0
    assert values["relais_journal_entries", ()] == 2


TOKEN = "a-token-of-more-than-20-signs"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"Authorization": f"Bearer {TOKEN}"}, 200),
        ({"Authorization": f"bearer {TOKEN}"}, 401),
        ({"Authorization": f"Bearer {TOKEN}x"}, 401),
        ({"Authorization": "Bearer ü"}, 401),
        ({"Authorization": "Bearer "}, 401),
        ({}, 401),
    ],
)
def test_metrics_accept_the_token_of_the_settings(
    context: AppContext, sent: dict[str, str], status: int
) -> None:
    given: Any = {"login": http.Login(None), "settings": {"metrics_token": TOKEN}}
    assert ask(context, headers=sent, **given).code == status


def test_metrics_accept_no_token_unless_one_is_set(context: AppContext) -> None:
    sent = {"Authorization": "Bearer "}
    assert ask(context, login=http.Login(None), headers=sent).code == 401


def test_metrics_have_the_age_of_lists(context: AppContext, tmp_path: Path) -> None:
    assert of(samples(context), "relais_list_age_seconds") == {}
    context.store.lists = ListStore(tmp_path / "lists")
    builder, browser_key = context.store.lists.builder(ListKind.ITEMS)
    builder.add(["1"], 0)
    header = Header(ListKind.ITEMS, context.clock.now() - timedelta(hours=9), 1)
    context.store.lists.keep(builder.build(), header, browser_key)
    values = samples(context)
    assert of(values, "relais_list_age_seconds") == {("items",): 9 * 3600}
    assert of(values, "relais_list_identifiers") == {("items",): 1}


def test_metrics_have_the_age_of_the_newest_backup(context: AppContext, clock) -> None:
    def age() -> dict[tuple[str, ...], float]:
        return of(samples(context), "relais_backup_age_seconds")

    assert age() == {(): math.inf}
    context.store.made = LastTimes(backup=clock.at - timedelta(hours=30))
    assert age() == {(): 30 * 3600}


def test_help_has_the_name_of_the_library_system(context: AppContext) -> None:
    library = replace(context.handbook.current.library, system="Koha")
    context.handbook.current = replace(context.handbook.current, library=library)
    text = ask(context).body.decode()
    assert (
        "# HELP relais_loans_to_bring Loans still to be brought into Koha, excluding pending ones."
        in text
    )
    assert "Alma" not in "".join(line for line in text.splitlines() if line.startswith("# HELP"))


def known_names(context: AppContext) -> set[str]:
    return set(re.findall(r"^# TYPE (\w+)", ask(context).body.decode(), re.MULTILINE))


def test_rules_and_dashboard_name_existing_metrics(context: AppContext) -> None:
    rules = yaml.safe_load((MONITORING / "relais-rules.yml").read_text("utf-8"))
    board = json.loads((MONITORING / "relais-grafana.json").read_text("utf-8"))
    asked = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    shown = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    assert (len(asked), len(shown)) == (12, 17)
    known = known_names(context)
    for expression in (*asked, *shown):
        named = set(re.findall(r"\brelais_\w+", expression))
        assert named <= known | {"relais_page_failures_total"}, expression
        assert named or 'up{job="relais"}' in expression
    tested = yaml.safe_load((MONITORING / "relais-rules-test.yml").read_text("utf-8"))
    alerts = {alert["alertname"] for test in tested["tests"] for alert in test["alert_rule_test"]}
    assert alerts == {rule["alert"] for group in rules["groups"] for rule in group["rules"]}


def test_alert_rules_pass_their_promtool_test() -> None:
    assert shutil.which("promtool"), "promtool is missing; sh .ci/promtool installs it"
    subprocess.run(
        ["promtool", "test", "rules", "relais-rules-test.yml"], cwd=MONITORING, check=True
    )
