"""nginx, Caddy and systemd accept the files in docs/deployment.md; a proxy passes on a loan."""

import re
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import trustme
from playwright.sync_api import Browser, expect

from tests.dashboard.cli.test_serve import COMMANDS, answer, serving
from tests.support.cli import run_relais
from tests.ui.conftest import free_port, scan

pytestmark = pytest.mark.ui
DOCUMENT = Path(__file__).resolve().parents[2].joinpath("docs", "deployment.md").read_text("utf-8")
PASSWORD = "quatre mots faciles"
NGINX = """pid {folder}/nginx.pid;
error_log {folder}/error.log;
daemon off;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{site}
}}
"""
CADDY = """{{
	admin off
	auto_https disable_redirects
	skip_install_trust
	storage file_system {folder}/caddy
}}
{site}
"""


def block(after: str, language: str) -> str:
    """Return the first code block in `language` below the heading `after` in the document."""
    below = DOCUMENT.partition(f"\n## {after}\n")[2]
    found = re.search(rf"```{language}\n(.*?)```", below, re.DOTALL)
    assert found is not None, after
    return found[1]


def put(text: str, changes: dict[str, str]) -> str:
    """Replace names in a file with this machine's names; each old name must occur in the file."""
    for old, new in changes.items():
        assert old in text, old
        text = text.replace(old, new)
    return text


def site(kind: str, folder: Path, port: int, server: int, prefix: str) -> str:
    own = {"127.0.0.1:5006": f"127.0.0.1:{server}"}
    if kind == "nginx":
        own |= {"/etc/ssl/relais.pem": f"{folder}/cert.pem"}
        own |= {"/etc/ssl/private/relais.key": f"{folder}/key.pem"}
        own |= {"listen 443": f"listen {port}", "relais.example.ch": "localhost"}
        # Use free ports and only IPv4: a test may not use port 80, and a machine may lack IPv6.
        own |= {"listen 80;": f"listen 127.0.0.1:{free_port()};"}
        own |= {"    listen [::]:80;\n": "", "    listen [::]:443 ssl;\n": ""}
        own |= {"location / {": f"location /{prefix}/ {{"} if prefix else {}
    else:
        own |= {"/etc/caddy/relais.pem": f"{folder}/cert.pem"}
        own |= {"/etc/caddy/relais.key": f"{folder}/key.pem"}
        own |= {"relais.example.ch": f"localhost:{port}"}
        own |= {"reverse_proxy": f"reverse_proxy /{prefix}/*"} if prefix else {}
    return put(block("nginx", "nginx") if kind == "nginx" else block("Caddy", ""), own)


@contextmanager
def proxy(kind: str, folder: Path, port: int, server: int, prefix: str) -> Iterator[None]:
    certificate = trustme.CA().issue_cert("localhost")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    with (folder / "cert.pem").open("wb") as file:
        file.writelines(part.bytes() for part in certificate.cert_chain_pems)
    frame = NGINX if kind == "nginx" else CADDY
    written = folder / f"{kind}.conf"
    written.write_text(frame.format(folder=folder, site=site(kind, folder, port, server, prefix)))
    command = {
        "nginx": ["nginx", "-e", f"{folder}/error.log", "-c", str(written)],
        "caddy": ["caddy", "run", "--config", str(written), "--adapter", "caddyfile"],
    }[kind]
    with (folder / "proxy.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


@pytest.mark.long
@pytest.mark.parametrize("prefix", ["", "relais"], ids=["root", "path"])
@pytest.mark.parametrize("kind", ["nginx", "caddy"])
def test_loan_is_recorded_through_a_proxy(
    kind: str, prefix: str, browser: Browser, tmp_path: Path
) -> None:
    if shutil.which(kind) is None:
        pytest.skip(f"{kind} is not installed")
    database = tmp_path / "relais.sqlite3"
    url = f"sqlite:///{database}"
    account = ("user", "add", "anne", "--role", "coordinator", "--password-stdin")
    run_relais(*account, "--database", url, text=PASSWORD)
    server, port = free_port(), free_port()
    words = [*COMMANDS["relais"], "--origin", f"localhost:{port}"]
    words += ["--prefix", prefix] if prefix else []
    base = f"https://localhost:{port}/{prefix}".rstrip("/")
    with (
        serving(words, tmp_path, server, RELAIS_TRUSTED_PROXIES="127.0.0.1"),
        proxy(kind, tmp_path, port, server, prefix),
    ):
        inside = f"/{prefix}/readyz" if prefix else "/readyz"
        answer(server, inside)
        context = browser.new_context(ignore_https_errors=True)
        sockets: list[str] = []
        page = context.new_page()
        page.on("websocket", lambda socket: sockets.append(socket.url))
        page.goto(f"{base}/dashboard?page=loans")
        assert page.url.startswith(f"{base}/sign-in?")
        page.get_by_label("Nom").fill("anne")
        page.get_by_label("Mot de passe").fill(PASSWORD)
        page.get_by_role("button", name="Se connecter").click()
        expect(page.locator('[data-part="input"]')).to_be_visible()
        assert page.url == f"{base}/dashboard?page=loans"
        assert sockets == [f"{base.replace('https', 'wss')}/dashboard/ws?page=loans"]
        signed = next(cookie for cookie in context.cookies() if cookie["name"] == "relais_sign_in")
        assert (signed["secure"], signed["httpOnly"]) == (True, True)
        page.goto(f"{base}/desk/")
        page.select_option("#desk", "MAIL")
        scan(page, ["SLSP204518377", "A1234567891"])
        until = time.monotonic() + 60
        while not (lent := loans(database)) and time.monotonic() < until:
            time.sleep(0.2)
        assert lent == 1
        packed = context.request.get(f"{base}/sign-in", headers={"Accept-Encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.headers["strict-transport-security"] == "max-age=31536000"
        # The proxy passes on the browser's real address, whatever the request's headers claim.
        context.request.post(
            f"{base}/sign-in",
            form={"name": "anne", "password": "wrong"},
            headers={"Origin": base, "X-Forwarded-For": "192.0.2.66", "X-Real-IP": "192.0.2.67"},
        )
        log = (tmp_path / "log").read_text()
        assert re.search(r"Failed sign-in from (127\.0\.0\.1|::1) \[\w+\]\n", log)
        assert "192.0.2." not in log
        context.close()


def loans(database: Path) -> int:
    with closing(sqlite3.connect(database)) as connection:
        count: tuple[int] = connection.execute(
            "SELECT count(*) FROM entry WHERE kind = 'loan'"
        ).fetchone()
    return count[0]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    program = shutil.which("true")
    unit = put(block("systemd", "ini"), {"/opt/relais/bin/relais": str(program)})
    (tmp_path / "relais.service").write_text(unit)
    verify = ["systemd-analyze", "verify", "--man=no", str(tmp_path / "relais.service")]
    done = subprocess.run(verify, capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "relais.service" in line]
    assert ours == []
