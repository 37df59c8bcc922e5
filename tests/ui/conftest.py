"""Fixtures for browser tests: a real server process, stand-in targets, and a strict page."""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import wraps
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from inspect import signature
from pathlib import Path
from random import SystemRandom
from typing import Any, TypeVar
from urllib.request import urlopen

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Route,
    WebError,
    Worker,
    expect,
    sync_playwright,
)

from dashboard.entry_point import main
from dashboard.settings import PACKAGED_HANDBOOK
from tests.support.forked_server import ForkedServer

# On a busy machine, a late result is accepted: only a missing result is a failure.
PATIENCE = 60  # seconds
# Milliseconds within which a page shows a scan. If the scan is not on disk after 100 ms, the page
# shows it as still being written.
DRAWN_WITHIN = 250
expect.set_options(timeout=1000 * PATIENCE)

# The first of these programs that is installed runs the tests, unless the environment variable
# RELAIS_TEST_BROWSER names one.
CHROMIUMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "chromium-headless-shell",
)
FIREFOXES = ("firefox-esr", "firefox")
TARGETS = (
    "etats-unige",
    "slsp-psi",
    "exlibris-status",
    "switch",
    "alma-saml",
    "alma-secours",
    "tickets",
    "offline-utility",
)


# These files take a minute each, so they run first. If they ran last, they would hold up the run.
LONGEST = (
    "test_lending",
    "test_guide",
    "test_accessibility",
    "test_suggestions",
    "test_fallback",
    "test_reconciliation",
    "test_workstations",
    "test_desk_file",
    "test_grid",
    "test_scan_sequences",
)

WIDER_THAN_WINDOW = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
DASHBOARD = Path(__file__).resolve().parents[2] / "dashboard"
PLAIN = "http://relais.example/"
# A host name for this machine. Pages served from it have neither HTTPS nor the privileges of localhost.
PLAIN_HTTP = "desk.example"
IMPORT_MAP = '<script type="importmap">{"imports": {"relais/": "/"}}</script>'

# These ports are below the ports that a system assigns to outgoing connections. If they were not, a
# page that tries to reach a stopped server could be assigned the server's port, and the server
# could not restart.
PORTS = range(20_000, 32_000)


def free_port() -> int:
    while True:
        port = SystemRandom().choice(PORTS)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.stem not in LONGEST)


class Standins:
    """Local stand-ins for the handbook's targets; each responds with the status that a test sets.

    With status 0, a stand-in hangs up without responding.
    """

    def __init__(self) -> None:
        self.status = dict.fromkeys(TARGETS, 200)
        result = self.status

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status = result.get(self.path.strip("/"), 404)
                if not status:
                    self.close_connection = True
                    return
                body = b"<html><body>a page</body></html>"
                self.send_response(status)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Connection", "close")
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(body)

            do_HEAD = do_GET  # noqa: N815

            def log_message(self, *args: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128  # many pages probe at once, and none should wait

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def only(self, *failing: str, status: int = 503) -> None:
        """Make only these targets fail."""
        self.status.update(dict.fromkeys(TARGETS, 200) | dict.fromkeys(failing, status))

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def handbook_over(standins: Standins, folder: Path) -> Path:
    """Copy the packaged handbook with the stand-ins' addresses and ten-second intervals."""
    shutil.copytree(PACKAGED_HANDBOOK, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    targets_file = folder / "targets.toml"
    text = targets_file.read_text("utf-8")
    for key in TARGETS:
        text = re.sub(
            rf'(\[{key}\][^\[]*?url = )"[^"]*"', rf'\1"{standins.url}/{key}"', text, flags=re.DOTALL
        )
    text = re.sub(r'interval = "[^"]*"', 'interval = "10 s"', text)
    # The feeds do not exist, so staff must read the status pages.
    text = re.sub(r'(\.feed\][^\[]*?url = )"[^"]*"', rf'\1"{standins.url}/no-feed"', text)
    targets_file.write_text(text, "utf-8")
    return folder


@dataclass
class Relais:
    """A running `relais serve` with its own data folder."""

    folder: Path
    handbook: Path
    standins: Standins
    port: int = field(default_factory=free_port)
    process: ForkedServer | None = None
    program: Callable[[], object] = main
    names: Sequence[str] = ()  # other host names under which the server is open to everybody

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/dashboard"

    @property
    def environment(self) -> dict[str, str]:
        values = {k: v for k, v in os.environ.items() if not k.startswith("RELAIS_")}
        return values | {
            "RELAIS_DATABASE_URL": f"sqlite:///{self.folder / 'relais.sqlite3'}",
            "RELAIS_HANDBOOK": str(self.handbook),
            "RELAIS_PROBE_INTERVAL": "1",
            # A busy machine makes stand-ins slow. A slow stand-in must not count as failing.
            "RELAIS_PROBE_TIMEOUT": "10",
            "PYTHONUNBUFFERED": "1",
        }

    @property
    def words(self) -> list[str]:
        """The arguments of `relais` that start the server."""
        names = ["localhost", *self.names]
        origins = [word for name in names for word in ("--origin", f"{name}:{self.port}")]
        command = ["serve", "--port", str(self.port), *origins]
        return [*command, "--open"] if self.names else command

    def start(self) -> None:
        self.process = ForkedServer(
            self.words, self.environment, self.folder / "server.log", self.program
        )
        wait_until_served(self)

    def signal(self, which: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(which)

    def kill(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()

    def recorded(self, kind: str) -> list[dict[str, Any]]:
        """Return the entries of a kind from the database itself, in commit order."""
        with closing(sqlite3.connect(self.folder / "relais.sqlite3")) as database:
            rows = database.execute(
                "select entry.body, coalesce(own.body, '{}') from entry "
                "left join personal as own using (position) where kind = ? order by position",
                (kind,),
            )
            return [json.loads(body) | json.loads(own) for body, own in rows]

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command in a process of its own, without importing everything anew."""
        outputs = [self.folder / name for name in ("command.out", "command.err")]
        for output in outputs:
            output.unlink(missing_ok=True)
        log, errors = outputs
        process = ForkedServer(words, self.environment, log, main, self.folder, errors)
        code = process.wait()
        assert code is not None
        return subprocess.CompletedProcess(words, code, log.read_text(), errors.read_text())


def wait_until_served(server: Relais) -> None:
    until = time.monotonic() + 2 * PATIENCE
    while time.monotonic() < until:
        try:
            urlopen(f"http://localhost:{server.port}/liveness", timeout=5).close()
        except OSError:
            assert server.process is not None
            assert server.process.poll() is None, (server.folder / "server.log").read_text()
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the server did not start: " + (server.folder / "server.log").read_text())


@pytest.fixture(scope="module")
def standins() -> Iterator[Standins]:
    made = Standins()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def relais(
    standins: Standins, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Relais]:
    """A server for this module alone, with an empty database and all targets up.

    It also responds under the host names in the module's `NAMES`.
    """
    folder = tmp_path_factory.mktemp("relais")
    names = getattr(request.module, "NAMES", ())
    server = Relais(folder, handbook_over(standins, folder / "handbook"), standins, names=names)
    server.start()
    yield server
    server.kill()


def launch_options(browser_name: str) -> dict[str, Any]:
    """Return Playwright's options for starting the installed browser of this name.

    Skips the test if Firefox, or the program that RELAIS_TEST_BROWSER names, is not installed.
    """
    wanted = os.environ.get("RELAIS_TEST_BROWSER")
    if browser_name == "firefox":
        path = _program(FIREFOXES)
        if path is None:
            pytest.skip(
                "Firefox is not installed: install Debian's firefox-esr, or Mozilla's build"
            )
        preferences = {"network.dns.localDomains": PLAIN_HTTP}
        return {
            "channel": "moz-firefox",
            "executable_path": path,
            "firefox_user_prefs": preferences,
        }
    path = _program([wanted] if wanted else CHROMIUMS)
    if wanted and path is None:
        pytest.skip(f"{wanted} is not installed")
    arguments = [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        f"--host-resolver-rules=MAP {PLAIN_HTTP} 127.0.0.1",
    ]
    return {"executable_path": path, "args": arguments}


def _program(names: Iterable[str]) -> str | None:
    return next((result for name in names if (result := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser(browser_name: str) -> Iterator[Browser]:
    """The browser that `--browser` names, or Chromium."""
    with sync_playwright() as playwright:
        browser = getattr(playwright, browser_name).launch(**launch_options(browser_name))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def plain(browser: Browser) -> Iterator[Page]:
    """A page on plain HTTP, without Web Locks, that can import every module by its name."""

    def serve(route: Route) -> None:
        name = route.request.url.removeprefix(PLAIN)
        if name == "component.js":
            path = DASHBOARD / "loans" / "scan_box_component.js"
            route.fulfill(path=path, content_type="text/javascript")
        elif name:
            route.fulfill(path=DASHBOARD / "assets" / name, content_type="text/javascript")
        else:
            route.fulfill(body=IMPORT_MAP, content_type="text/html")

    page = browser.new_page()
    page.route(f"{PLAIN}**", serve)
    page.goto(PLAIN)
    yield page
    page.close()


def with_live_parts(opens: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap `opens` so that it waits for a page's live parts, if the page reaches its server."""

    @wraps(opens)
    def opened(page: Page, *args: Any, **options: Any) -> Any:
        answer = opens(page, *args, **options)
        expect(page.locator("html:not(.is-cut) .first")).to_have_count(0, timeout=1000 * PATIENCE)
        return answer

    return opened


# Resolves once nothing is animated. Asking for the animations starts those that a change causes.
SETTLED = """async () => {
  const trees = (root) => [root, ...[...root.querySelectorAll("*")]
    .flatMap((element) => (element.shadowRoot ? trees(element.shadowRoot) : []))]
  const moving = () => trees(document).flatMap((tree) => tree.getAnimations())
    .filter((animation) => animation.playState !== "finished")
  for (let found = moving(); found.length; found = moving()) {
    await Promise.allSettled(found.map((animation) => animation.finished))
  }
}"""


def without_motion(switches: Callable[..., None]) -> Callable[..., None]:
    """Wrap `switches` so that it waits until nothing on the page is animated.

    It brings the page to the front, because a page in the background is not animated further.
    """

    @wraps(switches)
    def switched(page: Page, **media: Any) -> None:
        page.bring_to_front()
        switches(page, **media)
        page.evaluate(SETTLED)

    return switched


Page.goto = with_live_parts(Page.goto)  # type: ignore[method-assign]
Page.reload = with_live_parts(Page.reload)  # type: ignore[method-assign]
Page.emulate_media = without_motion(Page.emulate_media)  # type: ignore[method-assign]


class Strict:
    """Records the faults of an open page: requests to other sites, and errors.

    Requests to the stand-ins are allowed, even if they fail: the page's browser probe sends them.
    """

    def __init__(self, context: BrowserContext, host: str, standins: str) -> None:
        self.faults: list[str] = []
        self.server_may_die = False
        self.may_be_signed_out = False
        self._host = host
        self._standins = f"{standins}/"
        context.on("request", lambda request: self._request(request.url))
        context.on("weberror", self._raised)
        context.on("console", self._console)

    def _request(self, url: str) -> None:
        if url.startswith(self._standins):
            return
        if not url.startswith((f"http://{self._host}", f"ws://{self._host}", "data:", "blob:")):
            self.faults.append(f"foreign request: {url}")

    def _raised(self, error: WebError) -> None:
        # Firefox reports an error if a test leaves a page while its websocket is opening.
        if "was interrupted while the page was loading" in str(error.error):
            return
        # The message of a library's error does not say where the error was raised; the stack does.
        self.faults.append(f"page error: {error.error}\n{getattr(error.error, 'stack', '')}")

    def _console(self, message: object) -> None:
        text = getattr(message, "text", "")
        if getattr(message, "type", "") != "error":
            return
        # When a test kills the server, the console reports failed connections.
        if self.server_may_die and re.search(
            r"ERR_|[Ww]eb[Ss]ocket|not connected|\bws\b|fetching the script", text
        ):
            return
        # After a sign-out, the browser's other tabs are refused until they notice the sign-out.
        if self.may_be_signed_out and "status of 401" in text:
            return
        # The browser itself reports a failed probe in the console, with the address that it tried.
        where = getattr(message, "location", {}).get("url", "")
        if where.startswith(self._standins) and "Failed to load resource" in text:
            return
        self.faults.append(f"console error: {text}")


@pytest.fixture
def targets(relais: Relais) -> None:
    relais.standins.only()


# Chooses in advance to lend in Relais anyway, because Alma is answering in most tests.
LENDS_ANYWAY = """try {
  const kept = sessionStorage.getItem("relais.scanning")
  const anyway = JSON.stringify({ anyway: Number.MAX_SAFE_INTEGER })
  if (!kept) sessionStorage.setItem("relais.scanning", anyway)
} catch { /* a page of no site */ }"""


@pytest.fixture
def context(browser: Browser, relais: Relais, targets: None) -> Iterator[BrowserContext]:
    made = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="en-US", timezone_id="Europe/Zurich"
    )
    made.add_init_script(LENDS_ANYWAY)
    made.strict = Strict(made, f"localhost:{relais.port}", relais.standins.url)  # type: ignore[attr-defined]
    made.set_default_timeout(1000 * PATIENCE)
    yield made
    faults = made.strict.faults  # type: ignore[attr-defined]
    made.close()
    assert faults == []


@pytest.fixture
def blank(context: BrowserContext) -> Page:
    """A page that has not opened anything yet."""
    return context.new_page()


@pytest.fixture
def page(blank: Page, relais: Relais) -> Page:
    """A page of the running server, with the guide in French."""
    blank.goto(relais.url)
    return blank


T = TypeVar("T")


def only_worker(page: Page) -> Worker:
    """Return the page's worker, which starts after the page is usable."""
    eventually(page, lambda: len(page.workers), 1)
    return page.workers[0]


def eventually(page: Page, read: Callable[[], T], wanted: T) -> None:
    """Wait until `read` returns `wanted`: a page may show entries that are not committed yet."""
    until = time.monotonic() + PATIENCE
    while (result := read()) != wanted and time.monotonic() < until:
        page.wait_for_timeout(50)  # not `sleep`, which would block the page's routes
    assert result == wanted


def is_firefox(page: Page) -> bool:
    browser = page.context.browser
    return browser is not None and browser.browser_type.name == "firefox"


def dispatch(page: Page, event: str, detail: Iterable[dict[str, Any]]) -> None:
    """Send a browser all events from a hand or a scanner at once, each with its own timestamp.

    If each event waited for the response to the previous event, a slow machine would delay the
    later events: a page would wait in vain for the next key, and a double click would become two
    clicks.

    Skips the test in Firefox, whose driver does not accept timestamps.
    """
    if is_firefox(page):
        pytest.skip("Firefox's driver accepts no timestamps for keys and clicks")
    line = page.context.new_cdp_session(page)
    send = line._impl_obj.send
    more = [0] * (len(signature(send).parameters) - 2)  # Playwright 1.65 and later need a timeout

    async def all_of_it() -> None:
        await asyncio.gather(*(send(event, entry, *more) for entry in detail))

    line._sync(all_of_it())
    line.detach()


# Whether the page has been open for 300 ms. The keys of a scan take up to 100 ms, and a scan that
# begins within the page's first 160 ms may lack its first keys (`EARLY` in scanner_keys.js).
APPEARED = """() => {
    const [navigation] = performance.getEntriesByType("navigation")
    return performance.now() > (navigation?.domContentLoadedEventStart ?? 0) + 300
}"""


def scan(page: Page, codes: Iterable[str], end: str = "\r") -> None:
    """Press keys like a scanner: timestamps at most 5 ms apart, with `end` after each code.

    All timestamps are in the last tenth of a second. First, wait until the page has been open long
    enough: if a key came earlier, the page would assume that the code lacks its beginning.
    """
    # Not wait_for_function(), which a desk file's policy forbids.
    eventually(page, lambda: page.evaluate(APPEARED), wanted=True)
    keys = [letter for code in codes for letter in f"{code}{end}"]
    if is_firefox(page):
        page.keyboard.type("".join(keys))  # about 6 ms apart
        return
    apart = min(0.005, 0.1 / len(keys))
    begun = time.time() - apart * len(keys)
    strokes = [_strokes(key, begun + apart * number) for number, key in enumerate(keys)]
    dispatch(page, "Input.dispatchKeyEvent", [event for stroke in strokes for event in stroke])


def scan_slowly(page: Page, codes: Iterable[str], apart: float) -> None:
    """Press keys like a scanner that leaves `apart` seconds between keys."""
    begun = time.time()
    for number, key in enumerate(letter for code in codes for letter in f"{code}\r"):
        dispatch(page, "Input.dispatchKeyEvent", _strokes(key, begun + apart * number))
        page.wait_for_timeout(1000 * apart)


def play(page: Page, keys: Iterable[tuple[str, float]]) -> None:
    """Send all keys at once, each timestamped the given number of seconds after the previous key.

    In Firefox, whose driver does not accept timestamps, wait between the keys.
    """
    pressed = list(keys)
    if is_firefox(page):
        for key, after in pressed:
            page.wait_for_timeout(1000 * after)
            page.keyboard.press({"\r": "Enter", "\t": "Tab"}.get(key, key))
        return
    length = sum(after for _, after in pressed)
    # Not wait_for_function(), which a desk file's policy forbids.
    older = f"performance.now() > {1000 * length + 600}"
    eventually(page, lambda: page.evaluate(older), wanted=True)
    at = time.time() - length
    strokes = []
    for key, after in pressed:
        at += after
        strokes += _strokes(key, at)
    dispatch(page, "Input.dispatchKeyEvent", strokes)


def strokes_of(
    code: str, end: str = "\r", *, apart: float = 0.005, pause_at: int = 0, pause: float = 0.0
) -> list[tuple[str, float]]:
    """Return the keys of a scan as `play` expects them.

    If `pause_at` is set, the key at that index follows a pause of `pause` seconds.
    """
    keys = [(key, apart) for key in f"{code}{end}"]
    if pause_at:
        keys[pause_at] = (keys[pause_at][0], pause)
    return keys


def scan_heard_late(
    page: Page, code: str, end: str = "\r", *, first: int = 1, late: float = 0.1
) -> None:
    """Press keys like a scanner, on a slow machine.

    All keys after the `first` keys arrive `late` seconds after them.
    """
    page.wait_for_function(APPEARED)
    begun = time.time() - 0.15
    strokes = [_strokes(key, begun + 0.005 * number) for number, key in enumerate(f"{code}{end}")]
    dispatch(page, "Input.dispatchKeyEvent", [key for stroke in strokes[:first] for key in stroke])
    page.wait_for_timeout(1000 * late)
    dispatch(page, "Input.dispatchKeyEvent", [key for stroke in strokes[first:] for key in stroke])


def double_click(what: Locator) -> None:
    """Click twice within a tenth of a second."""
    box = None
    while box is None:  # a new reading may replace the element after the hover
        what.hover()
        box = what.bounding_box()
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2, "button": "left"}
    strokes = [(kind, count) for count in (1, 2) for kind in ("mousePressed", "mouseReleased")]
    begun = time.time() - 0.03 * len(strokes)
    entries = [
        {"type": kind, "clickCount": count, "timestamp": begun + 0.03 * number, **at}
        for number, (kind, count) in enumerate(strokes)
    ]
    dispatch(what.page, "Input.dispatchMouseEvent", entries)


def _strokes(key: str, at: float) -> list[dict[str, Any]]:
    """Return the events for pressing and releasing a key at `at` (seconds since 1970)."""
    ends = {"\r": ("Enter", 13), "\t": ("Tab", 9)}
    name, code = ends.get(key, (key, None))
    named = {"key": name, "timestamp": at}
    if code is not None:
        named |= {"code": name, "windowsVirtualKeyCode": code}
    text = {} if key == "\t" else {"text": key}
    return [{"type": "keyDown", **text, **named}, {"type": "keyUp", **named}]
