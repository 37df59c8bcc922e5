"""`relais serve --demo` marks its page as a demonstration, and does not touch the real database."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from dashboard.cli.run_drill import LIBRARIES
from dashboard.cli.serve_demo import PORT, demo_settings, forget_settings
from dashboard.core.errors import SettingsError
from dashboard.settings import Settings
from procedure.outages.alert_settings import AlertAddress
from tests.dashboard.cli.test_serve import answer, serving
from tests.ui.conftest import free_port

HANDBOOK = LIBRARIES / "koha-example"
REAL = Settings(
    "sqlite:///real.sqlite3",
    language="en",
    handbook=HANDBOOK,
    alma_key="secret",
    alerts=(AlertAddress("json://x"),),
)


def test_demo_settings_keep_only_language_and_handbook() -> None:
    own = demo_settings(REAL, None)
    page = f"http://localhost:{PORT}/status"
    assert own == Settings(
        own.database_url, language="en", handbook=HANDBOOK, port=PORT, status_page=page
    )
    file = Path(str(make_url(own.database_url).database))
    assert file.name == "demo.sqlite3"
    assert file.parent.name.startswith("relais-demo-")
    assert list(file.parent.iterdir()) == []


def test_forget_settings_clears_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("DATABASE_URL", "HANDBOOK", "ALMA_KEY", "TRUSTED_PROXIES", "OPEN"):
        monkeypatch.setenv(f"RELAIS_{name}", "1")
    forget_settings(Settings("sqlite:///demo.sqlite3", handbook=HANDBOOK))
    left = {name: value for name, value in os.environ.items() if name.startswith("RELAIS_")}
    assert left == {
        "RELAIS_DATABASE_URL": "sqlite:///demo.sqlite3",
        "RELAIS_HANDBOOK": str(HANDBOOK),
        "RELAIS_OPEN": "1",
    }


@pytest.mark.parametrize("port", [5006, 5020])
def test_demo_refuses_the_port_of_a_real_server(port: int) -> None:
    settings = Settings("sqlite:///real.sqlite3", port=5020)
    with pytest.raises(SettingsError, match=f"the dashboard uses port {port}"):
        demo_settings(settings, port)


def test_demo_serves_every_address_without_the_real_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    port = free_port()
    with serving(
        ["-m", "dashboard.cli", "serve", "--demo"], tmp_path, port, imports_anew=True
    ) as process:
        assert "<b>Démonstration</b>" in answer(port, "/dashboard")[1].decode()
        content = json.loads(answer(port, "/desk/papers.json")[1])
        assert "<b>Demonstration</b>" in content["languages"]["en"]["page"]
        until = time.monotonic() + 60
        while (board := json.loads(answer(port, "/board.json")[1]))["lend_in"] != "relais":
            assert time.monotonic() < until, board
            time.sleep(0.5)
        assert board["message"]["text"] == "Le fournisseur cherche la cause."
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    assert list((tmp_path / "temporary").iterdir()) == []
    assert not (tmp_path / "relais.sqlite3").exists()


def test_demo_refusal_is_a_message(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dashboard.cli", "serve", "--demo", "--port", "5006"],
        env={key: value for key, value in os.environ.items() if not key.startswith("RELAIS_")},
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("--demo: the dashboard uses port 5006.")
