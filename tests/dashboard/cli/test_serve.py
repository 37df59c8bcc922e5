"""`relais serve` and `panel serve`, run as processes, have the same routes and refusals."""

import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import Request, urlopen

import pytest
from panel.command import main as panel_main

import dashboard
from dashboard.entry_point import main
from dashboard.ui.templating import STATIC
from tests.stored.opened import HERE as STORED
from tests.support.cli import run_relais
from tests.support.forked_server import ForkedServer
from tests.ui.conftest import free_port

FOLDER = str(Path(dashboard.__file__).parent)
COMMANDS = {
    "relais": ["-m", "dashboard.cli", "serve"],
    "panel": ["-m", "panel", "serve", FOLDER],
}
PROGRAMS = {"dashboard.cli": main, "panel": panel_main}
Served = ForkedServer | subprocess.Popen[bytes]


HOSTILE = {
    "/dashboard/static/%00": 404,
    "/static/js/%00": 404,
    "/static/extensions/panel/%00": 404,
    f"/dashboard/static/{'a' * 5000}": 404,
    f"/static/{'a' * 5000}": 404,
    "/dashboard/static/%ed%a0%80": 400,
    "/desk/%00": 404,
    f"/dossier/{'-' * 36}": 404,
    f"/dossier/{'0' * 36}": 404,
    f"/reconciliation/file/{'-' * 36}": 404,
}


@contextmanager
def serving(
    words: list[str],
    folder: Path,
    port: int,
    log: str = "log",
    *,
    imports_anew: bool = False,
    program: Callable[[], object] | None = None,
    **settings: str,
) -> Iterator[Served]:
    """Run a command in a fork of a process that has imported a server's modules.

    With `imports_anew`, a new interpreter runs it, to test startup itself. If a `program` is
    passed, the words are its arguments.
    """
    values = {key: value for key, value in os.environ.items() if not key.startswith("RELAIS_")}
    own = {"RELAIS_DATABASE_URL": f"sqlite:///{folder / 'relais.sqlite3'}"}
    words, env = [*words, "--port", str(port)], values | own | settings
    process: Served
    if imports_anew:
        with (folder / log).open("wb") as file:
            command = [sys.executable, *words]
            process = subprocess.Popen(command, env=env, stdout=file, stderr=file, cwd=folder)
    else:
        program, words = (program, words) if program else (PROGRAMS[words[1]], words[2:])
        process = ForkedServer(words, env, folder / log, program, folder)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def answer(port: int, path: str, *, host: str | None = None) -> tuple[int, bytes]:
    """Return the status and the body (empty for errors); retry until the server listens."""
    asked = Request(f"http://localhost:{port}{path}", headers={"Host": host} if host else {})
    until = time.monotonic() + 120
    while True:
        try:
            with urlopen(asked, timeout=20) as response:
                return response.status, response.read()
        except HTTPError as refusal:
            with refusal:
                return refusal.code, b""
        except (URLError, ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


@pytest.mark.parametrize("name", COMMANDS)
def test_serve_and_panel_serve_have_the_same_addresses(name: str, tmp_path: Path) -> None:
    port = free_port()
    with serving(COMMANDS[name], tmp_path, port) as process:
        answers = {
            path: answer(port, path) for path in ("/board.json", "/desk/", "/", "/dashboard")
        }
        assert {path: status for path, (status, _) in answers.items()} == dict.fromkeys(
            answers, 200
        )
        assert b'"targets"' in answers["/board.json"][1]
        assert b"Relais" in answers["/"][1]
        assert {path: answer(port, path)[0] for path in HOSTILE} == HOSTILE
        for path in (*answers, "/dashboard/assets/page.js", "/dashboard/autoload.js"):
            assert answer(port, path, host=f"rebound.example:{port}")[0] == 403
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) in {0, -signal.SIGTERM}


def refusal(words: list[str], folder: Path) -> str:
    """Run a command that refuses to start a server; return its output."""
    with serving(words, folder, free_port(), log="second") as process:
        assert process.wait(120) == 1
    return (folder / "second").read_text()


@pytest.mark.parametrize(
    ("first_name", "name"),
    [("panel", "relais"), pytest.param("relais", "panel", marks=pytest.mark.long)],
)
def test_serve_refuses_a_second_server_on_one_database(
    first_name: str, name: str, tmp_path: Path
) -> None:
    port = free_port()
    with serving(COMMANDS[first_name], tmp_path, port) as first:
        assert answer(port, "/desk/time")[0] == 200
        result = refusal(COMMANDS[name], tmp_path)
        assert "Another Relais server is using the database" in result
        assert f"process {first.pid} on " in result
    port = free_port()
    with serving(COMMANDS[name], tmp_path, port):
        assert answer(port, "/desk/time")[0] == 200


@pytest.mark.parametrize("name", COMMANDS)
def test_serve_to_others_needs_a_sign_in(name: str, tmp_path: Path) -> None:
    assert "--open" in refusal([*COMMANDS[name], "--address", "0.0.0.0"], tmp_path)


def test_serve_open_says_so_on_the_page(tmp_path: Path) -> None:
    port = free_port()
    with serving([*COMMANDS["relais"], "--address", "0.0.0.0", "--open"], tmp_path, port):
        assert "Ouvert à tous" in answer(port, "/dashboard")[1].decode()


def test_serve_refuses_several_processes(tmp_path: Path) -> None:
    result = refusal([*COMMANDS["panel"], "--num-procs", "2"], tmp_path)
    assert "--num-procs 2: Relais runs in one process" in result
    assert not (tmp_path / "relais.sqlite3").exists()


def test_serve_has_every_file_of_the_page_under_panels_flags(tmp_path: Path) -> None:
    flags, page = (
        ["--index", "dashboard", "--prefix", "relais", "--autoreload", "--warm"],
        "/relais/",
    )
    port = free_port()
    with serving([*COMMANDS["panel"], *flags], tmp_path, port):
        html = answer(port, page)[1].decode()
        names = re.findall(r'(?:src|href)="([^"?#]+\.(?:js|css|svg)[^"]*)"', html)
        assert {"page.js", "relais.css", "icon.svg", "bokeh.min.js"} <= {
            urlsplit(name).path.rpartition("/")[2] for name in names
        }
        answers = {name: answer(port, urljoin(page, name)) for name in names}
        assert {name: status for name, (status, _) in answers.items()} == dict.fromkeys(
            answers, 200
        )
        # Pages opened before an update may still load files from the folder `static`.
        ours = STATIC.joinpath("workstation.js").read_bytes()
        for folder in ("assets", "static"):
            address = urljoin(page, f"dashboard/{folder}/workstation.js")
            assert answer(port, address) == (200, ours)
        assert answer(port, urljoin(page, "dashboard/static/missing.js"))[0] == 404
        assert "Traceback" not in (tmp_path / "log").read_text()


def test_serve_lets_browsers_cache_files(tmp_path: Path) -> None:
    port = free_port()
    with serving(COMMANDS["relais"], tmp_path, port):
        answer(port, "/liveness")
        address = f"http://localhost:{port}/dashboard/assets/relais.css"
        with urlopen(f"{address}?v=1", timeout=20) as first:
            assert first.headers["Cache-Control"] == "max-age=315360000"
            assert first.headers["Content-Type"] == "text/css"
            etag = first.headers["Etag"]
        with pytest.raises(HTTPError) as unchanged:
            urlopen(Request(address, headers={"If-None-Match": etag}), timeout=20)
        with unchanged.value as answered:
            assert answered.code == 304


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux limits other processes")
def test_serve_survives_half_open_connections(tmp_path: Path) -> None:
    port = free_port()
    with serving(COMMANDS["panel"], tmp_path, port) as process, ExitStack() as response:
        resource.prlimit(process.pid, resource.RLIMIT_NOFILE, (256, 1024))  # set before it listens
        assert answer(port, "/desk/time")[0] == 200
        before = (tmp_path / "log").stat().st_size
        opened = response.enter_context(socket.create_connection(("127.0.0.1", port), 20))

        def half_open(number: int) -> None:
            for _ in range(number):
                one = response.enter_context(socket.create_connection(("127.0.0.1", port), 20))
                with suppress(ConnectionError):  # the server may close it at once
                    one.sendall(b"GET /desk/time HTTP/1.1\r\n")

        # more than the server's limit at startup
        half_open(700)
        assert answer(port, "/desk/time")[0] == 200
        # more than its hard limit; it must still serve existing clients
        half_open(500)
        opened.sendall(f"GET /desk/time HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n".encode())
        assert opened.recv(12) == b"HTTP/1.1 200"
        response.close()
        assert answer(port, "/desk/time")[0] == 200
        log = (tmp_path / "log").read_bytes()[before:]
        assert b"Traceback" not in log
        assert len(log) < 10_000
        assert b"Too many open connections" in log


def test_serve_ends_with_130_after_ctrl_c_and_logs_little(tmp_path: Path) -> None:
    port, earlier = free_port(), str(STORED / "0d1645c8" / "handbook")
    with serving(COMMANDS["relais"], tmp_path, port, RELAIS_HANDBOOK=earlier) as process:
        answer(port, "/board.json")
        answer(port, f"/{'a' * 5000}")
        answer(port, "/healthz")  # by then, the log contains the line for the previous request
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
    log = (tmp_path / "log").read_text()
    assert "Traceback" not in log
    assert log.count("runs as root") == (os.geteuid() == 0)
    assert log.count("neighbours.toml: Relais no longer shows the boards") == 1
    assert log.count("services: the public page no longer shows services") == 3
    assert "a" * 80 in log
    assert "a" * 200 not in log


def test_serve_names_an_invalid_setting(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, *COMMANDS["relais"]],
        env=os.environ | {"RELAIS_LANGUAGE": "italiano"},
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "RELAIS_LANGUAGE" in done.stderr


@pytest.mark.parametrize("prefix", ["..", "a b", "a//b", "é"])
def test_serve_accepts_a_prefix_of_plain_letters_only(prefix: str) -> None:
    refused = run_relais("serve", "--prefix", prefix)
    assert refused.exit_code == 2
    assert "is not a path of letters and digits" in refused.output
