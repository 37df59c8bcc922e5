"""`relais probe` from the command line."""

import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copytree

import pytest

from dashboard.cli.probe import outcome_line, table
from dashboard.settings import PACKAGED_HANDBOOK
from procedure.monitoring.model import FailureCause, Outcome, Phase, Status
from tests.support.cli import run_relais

AT = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)


class Answering(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(503 if self.path == "/ill" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep standard error empty."""


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def ask(*arguments: str) -> tuple[int, str]:
    done = run_relais("probe", *arguments)
    return done.exit_code, done.output


def test_probe_one_address_as_json(site: str) -> None:
    code, result = ask("--json", "--url", f"{site}/?q=1")
    data = json.loads(result)
    assert code == 0
    assert list(data) == [
        "target",
        "url",
        "vantage",
        "at",
        "verdict",
        "cause",
        "phase",
        "http_status",
        "final_url",
        "latency_ms",
        "phases",
        "expires",
        "detail",
    ]
    assert (data["expires"], data["detail"]) == (None, None)
    assert list(data["phases"]) == ["dns", "connect", "tls", "first_byte"]
    assert (data["target"], data["url"], data["vantage"]) == ("127.0.0.1", f"{site}/?q=1", "server")
    assert (data["verdict"], data["cause"], data["phase"]) == ("up", None, None)
    assert (data["http_status"], data["final_url"]) == (200, f"{site}/")
    assert datetime.fromisoformat(data["at"]).utcoffset() == timedelta()
    assert data["phases"]["tls"] is None


def test_json_line_has_certificate_expiry_and_detail() -> None:
    one = Outcome(
        target="alma",
        url="https://a.ch/",
        vantage="server",
        at=AT,
        status=Status.DOWN,
        cause=FailureCause.TLS,
        phase=Phase.TLS,
        detail="certificate has expired",
        expires=AT + timedelta(days=3),
    )
    data = json.loads(outcome_line(one))
    assert (data["expires"], data["detail"]) == (
        "2026-11-27T08:12:00+00:00",
        "certificate has expired",
    )
    remark = "certificate has expired; at tls; certificate expires 2026-11-27"
    assert table([one])[1].endswith(remark)


def test_probe_of_a_down_target_exits_with_1(site: str) -> None:
    code, result = ask("--url", f"{site}/ill")
    assert code == 1
    assert result.splitlines()[1].split()[:3] == ["127.0.0.1", "down", "status"]


@pytest.mark.parametrize(
    "url",
    [
        "www.switch.ch",
        "ftp://x",
        "http://",
        "http://x:0/",
        "http://x:99999",
        "http://[::1",
        "",
        "http://a b/",
    ],
)
def test_probe_of_an_invalid_address_exits_with_2(url: str) -> None:
    code, result = ask("--url", url)
    assert code == 2
    assert result.splitlines()[-1] == (
        f"Error: Invalid value for --url: {url!r} is not an address to probe; give the full "
        "URL, for example https://www.switch.ch"
    )


def test_probe_targets_of_the_handbook_by_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The keys are the handbook's, but the addresses do not exist: tests must not probe real
    # servers.
    folder = copytree(PACKAGED_HANDBOOK, tmp_path / "handbook")
    targets = folder / "targets.toml"
    text = re.sub(r'(?m)^url = ".*"', 'url = "https://nobody.invalid/"', targets.read_text("utf-8"))
    targets.write_text(text, encoding="utf-8")
    monkeypatch.setenv("RELAIS_HANDBOOK", str(folder))
    _, result = ask("--json")
    entries = [json.loads(line) for line in result.splitlines()]
    assert {entry["cause"] for entry in entries} == {"dns"}
    assert [entry["target"] for entry in entries] == [
        "etats-unige",
        "slsp-psi",
        "exlibris-status",
        "switch",
        "alma-saml",
        "alma-secours",
        "tickets",
        "offline-utility",
    ]


def test_table_is_aligned() -> None:
    outcomes = [
        Outcome("alma-saml", "u", "server", AT, Status.UP, latency_ms=61.4, expires=AT),
        Outcome(
            target="switch",
            url="u",
            vantage="server",
            at=AT,
            status=Status.DOWN,
            cause=FailureCause.TIMEOUT,
            phase=Phase.CONNECT,
            latency_ms=10_004.0,
            detail="timed out",
        ),
    ]
    assert table(outcomes) == [
        "target     status  cause     latency",
        "alma-saml  up                  61 ms  certificate expires 2026-11-24",
        "switch     down    timeout  10004 ms  timed out; at connect",
    ]
