"""A real Prometheus reads the metrics, evaluates the rules, and answers Grafana's queries."""

import json
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from tests.dashboard.cli.test_serve import COMMANDS, answer, serving
from tests.support.cli import run_relais
from tests.ui.conftest import free_port
from tests.ui.test_deployment import proxy

MONITORING = Path(__file__).resolve().parents[1] / "docs" / "monitoring"
CONFIGURATION = {"global": {"scrape_interval": "2s", "evaluation_interval": "2s"}}
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(shutil.which("prometheus") is None, reason="Prometheus is not installed"),
]


@contextmanager
def prometheus(folder: Path, *jobs: dict[str, Any]) -> Iterator[str]:
    """Run Prometheus with the alert rules; yield the address of its API."""
    rules = [str(MONITORING / "relais-rules.yml")]
    written = folder / "prometheus.yml"  # JSON is also YAML
    written.write_text(json.dumps(CONFIGURATION | {"rule_files": rules, "scrape_configs": jobs}))
    port = free_port()
    command = ["prometheus", f"--config.file={written}", f"--storage.tsdb.path={folder / 'series'}"]
    with (folder / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=log
        )
    try:
        yield f"http://127.0.0.1:{port}/api/v1"
    finally:
        process.terminate()
        process.wait()


def asked(api: str, what: str, **query: str) -> Any:
    with urlopen(f"{api}/{what}?{urlencode(query)}", timeout=20) as response:
        return json.load(response)["data"]


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            if holds():
                return
        except URLError:
            pass
        assert time.monotonic() < until
        time.sleep(0.5)


def test_every_alert_rule_is_valid_and_every_query_has_a_result(tmp_path: Path) -> None:
    port = free_port()
    dashboard = json.loads((MONITORING / "relais-grafana.json").read_text("utf-8"))
    queries = {query["expr"] for panel in dashboard["panels"] for query in panel.get("targets", ())}
    target = {"job_name": "relais", "static_configs": [{"targets": [f"localhost:{port}"]}]}
    demo = ["-m", "dashboard.cli", "serve", "--demo"]
    with serving(demo, tmp_path, port, imports_anew=True), prometheus(tmp_path, target) as api:
        answer(port, "/readyz")

        def unanswered() -> set[str]:
            return {query for query in queries if not asked(api, "query", query=query)["result"]}

        wait_until(lambda: not unanswered())
        (group,) = asked(api, "rules")["groups"]
        assert len(group["rules"]) == (MONITORING / "relais-rules.yml").read_text().count("alert:")
        assert {rule["health"] for rule in group["rules"]} == {"ok"}
        firing = {rule["name"] for rule in group["rules"] if rule["state"] == "firing"}
        assert firing == set()


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_metrics_are_read_by_token_over_tls(tmp_path: Path) -> None:
    token, server, port = secrets.token_urlsafe(), free_port(), free_port()
    (tmp_path / "token").write_text(token)
    account = ("user", "add", "anne", "--role", "coordinator", "--password-stdin")
    database = f"sqlite:///{tmp_path / 'relais.sqlite3'}"
    run_relais(*account, "--database", database, text="quatre mots faciles")
    (tmp_path / "wrong").write_text(secrets.token_urlsafe())
    job = {
        "scheme": "https",
        "tls_config": {"ca_file": str(tmp_path / "cert.pem")},
        "static_configs": [{"targets": [f"localhost:{port}"]}],
    }
    jobs = [
        job | {"job_name": name, "authorization": {"credentials_file": str(tmp_path / file)}}
        for name, file in (("relais", "token"), ("stranger", "wrong"))
    ]
    words = [*COMMANDS["relais"], "--origin", f"localhost:{port}"]
    own = {"RELAIS_METRICS_TOKEN": token, "RELAIS_TRUSTED_PROXIES": "127.0.0.1"}
    with (
        serving(words, tmp_path, server, **own),
        proxy("nginx", tmp_path, port, server, ""),
        prometheus(tmp_path, *jobs) as api,
    ):
        answer(server, "/readyz")

        def health() -> dict[str, str]:
            targets = asked(api, "targets")["activeTargets"]
            return {target["labels"]["job"]: target["health"] for target in targets}

        wait_until(lambda: health() == {"relais": "up", "stranger": "down"})
        (stranger,) = (
            scraped["lastError"]
            for scraped in asked(api, "targets")["activeTargets"]
            if scraped["labels"]["job"] == "stranger"
        )
        assert "401" in stranger or "403" in stranger
        (info,) = asked(api, "query", query="relais_info")["result"]
        assert info["metric"]["job"] == "relais"
