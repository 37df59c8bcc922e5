"""The desk page in a real browser: no server, no network, a killed browser, and nothing lost."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen
from uuid import UUID, uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from dashboard.loans.scan_text import slip_words
from dashboard.translations import language
from procedure.circulation.due_dates import loan_slip
from procedure.circulation.transactions import Loan
from procedure.io.handbook_files import load_handbook
from procedure.local_time import library_zone
from tests.ui.conftest import (
    BROWSERS,
    DRAWN_WITHIN,
    LENDS_ANYWAY,
    PATIENCE,
    Relais,
    eventually,
    only_worker,
    scan,
)

pytestmark = pytest.mark.ui
PATRON = "SLSP204518377"
SENDING = "**/desk/transactions"
DROP = """(text) => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([text], "relais_poste.jsonl"))
    const dropped = new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true })
    document.body.dispatchEvent(dropped)
}"""
NAMES = ("desk.example",)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--host-resolver-rules=MAP desk.example 127.0.0.1",
]


class Workstation:
    """A PC with its browser's own folder: what was kept outlives the browser."""

    def __init__(self, browser: Browser, folder: Path, url: str) -> None:
        self.url, self.folder = url, folder
        self._browser = browser
        self.context: BrowserContext

    def start(self, *, offline: bool = False, slow: timedelta | None = None) -> Page:
        path = next(result for name in BROWSERS if (result := shutil.which(name)))
        self.context = self._browser.browser_type.launch_persistent_context(
            self.folder,
            executable_path=path,
            args=ARGUMENTS,
            timeout=1000 * PATIENCE,
            viewport={"width": 1366, "height": 768},
            locale="en-US",
            timezone_id="Europe/Zurich",
        )
        self.context.set_default_timeout(1000 * PATIENCE)
        self.context.set_offline(offline)
        self.context.add_init_script(LENDS_ANYWAY)
        if slow is not None:
            self.context.add_init_script(
                f"""const off = {slow / timedelta(milliseconds=1)}, real = Date.now, from = performance.timeOrigin
                Date.now = () => real() - off
                Object.defineProperty(performance, "timeOrigin", {{ value: from - off }})"""
            )
        return self.open()

    def open(self, path: str = "/desk/") -> Page:
        page = self.context.new_page()
        page.goto(self.url + path)
        expect(part(page, "input")).to_be_focused()
        return page

    def cut_the_power(self) -> None:
        """Kill the browser as a power cut would: no goodbye, no last write."""
        for process in self._processes():
            os.kill(process, signal.SIGKILL)
        until = time.monotonic() + PATIENCE
        while self._processes() and time.monotonic() < until:
            time.sleep(0.05)
        (self.folder / "SingletonLock").unlink(missing_ok=True)

    def _processes(self) -> list[int]:
        values = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if f"--user-data-dir={self.folder}".encode() in words and not any(
                word.startswith(b"--type=") for word in words
            ):
                values.append(int(entry.name))
        return values


Start = Callable[..., tuple[Workstation, Page]]


@pytest.fixture
def start(chromium: Browser, relais: Relais, tmp_path: Path) -> Iterator[Start]:
    """Start workstations with a desk chosen; the server is up again when the test ends."""
    made: list[Workstation] = []

    def begin(host: str = "localhost", **more: Any) -> tuple[Workstation, Page]:
        folder = tmp_path / f"pc{len(made)}"
        made.append(Workstation(chromium, folder, f"http://{host}:{relais.port}"))
        page = made[-1].start(**more)
        page.select_option("#desk", "MAIL")
        if host == "localhost":
            # The service worker has every file before the server may go. What a page sends is not
            # intercepted if the worker takes it over after route().
            page.wait_for_function("navigator.serviceWorker.controller")
        return made[-1], page

    yield begin
    for entry in made:
        entry.context.close()
    if relais.process is None or relais.process.poll() is not None:
        relais.start()


def part(page: Page, name: str) -> Any:
    return page.locator(f'[data-part="{name}"]')


def entries(relais: Relais, kind: str, begin: str = "") -> list[dict[str, Any]]:
    return [entry for entry in relais.recorded(kind) if entry.get("item", "").startswith(begin)]


def loans(relais: Relais, begin: str) -> list[dict[str, Any]]:
    return entries(relais, "loan", begin)


def items(relais: Relais, begin: str) -> list[str]:
    return [loan["item"] for loan in loans(relais, begin)]


def waits(page: Page, count: int) -> None:
    page.wait_for_timeout(DRAWN_WITHIN)
    expect(part(page, "rows").locator("tr", has_text="Écriture")).to_have_count(0)
    expect(part(page, "waiting")).to_have_text(str(count))


def named(prefix: str, first: int, last: int) -> list[str]:
    return [f"{prefix}-{number:03d}" for number in range(first, last)]


def test_desk_lends_200_through_a_dead_server_no_network_and_a_power_cut(
    start: Start, relais: Relais
) -> None:
    pc, page = start()
    scan(page, [PATRON, *named("0CUT", 0, 40)])
    waits(page, 0)
    relais.kill()
    pc.context.set_offline(True)
    scan(page, named("0CUT", 40, 80))
    waits(page, 40)
    expect(page.get_by_text("Serveur injoignable depuis")).to_be_visible()
    pc.context.close()

    page = pc.start(offline=True)
    waits(page, 40)
    assert page.locator("#desk").input_value() == "MAIL"
    scan(page, [PATRON, *named("0CUT", 80, 140)])
    waits(page, 100)
    pc.cut_the_power()

    page = pc.start(offline=True)
    waits(page, 100)
    scan(page, [PATRON, *named("0CUT", 140, 200)])
    waits(page, 160)
    relais.start()
    pc.context.set_offline(False)
    waits(page, 0)
    result = loans(relais, "0CUT")
    assert [loan["item"] for loan in result] == named("0CUT", 0, 200)
    assert len({loan["id"] for loan in result}) == 200
    numbers = [loan["sequence"] for loan in result]
    assert numbers == list(range(numbers[0], numbers[0] + 200))
    instants = [datetime.fromisoformat(loan["at"]) for loan in result]
    assert instants == sorted(instants)
    assert {loan["workstation"] for loan in result} == {part(page, "workstation").text_content()}
    expect(page.get_by_text("Le serveur répond.")).to_be_visible()


def test_desk_keeps_recorded_scans_through_a_power_cut(start: Start, relais: Relais) -> None:
    pc, page = start()
    page.route(SENDING, lambda route: route.fulfill(status=503, body="{}"))
    scan(page, [PATRON, *named("0MID", 0, 25)])
    element = part(page, "rows").locator("tr", has_text="Sur ce poste")
    expect(element.first).to_be_attached()
    taken = element.all_inner_texts()
    pc.cut_the_power()
    seen = {result[0] for text in taken if (result := re.search(r"0MID-\d+", text))}
    page = pc.start()
    waits(page, 0)
    values = items(relais, "0MID")
    assert seen
    assert seen <= set(values)
    assert values == named("0MID", 0, len(values))


FAILURES = {
    "dropped": "Serveur injoignable depuis",
    "500": "Le serveur échoue depuis",
    "401": "Votre connexion a expiré.",
    "429": "Le serveur reçoit trop de messages.",
    "full": "son disque est peut-être plein",
}


def failing(kind: str, asked: list[list[str]]) -> Callable[[Route], None]:
    """Answer as a server in trouble does; `asked` gets the ids of each message."""

    def answer(route: Route) -> None:
        sent = [loan["id"] for loan in route.request.post_data_json["transactions"]]
        if kind == "dropped":
            route.fetch()  # the server has committed them
            route.abort()
        elif kind == "full":
            unwritten = {"state": "waiting", "warning": None, "reason": "unwritable"}
            answers = [{"id": loan_id} | unwritten for loan_id in sent]
            route.fulfill(json={"answers": answers, "now": 1000 * time.time()})
        else:
            route.fulfill(status=int(kind), json={"error": "on purpose"})
        asked.append(sent)

    return answer


def test_desk_outbox_is_kept_until_acknowledged(start: Start, relais: Relais) -> None:
    _, page = start()
    scan(page, [PATRON])
    for number, (kind, event) in enumerate(FAILURES.items()):
        asked: list[list[str]] = []
        page.route(SENDING, failing(kind, asked))
        scan(page, named("0FAIL", 12 * number, 12 * number + 12))
        waits(page, 12)
        expect(page.get_by_text(event)).to_be_visible()
        if number:  # the first time it is sent again by itself
            page.evaluate("window.desk.workstation.outbox.send()")
        eventually(page, lambda asked=asked: len(asked) > 1, wanted=True)
        waits(page, 12)
        page.unroute_all(behavior="wait")
        page.evaluate("window.desk.line.ask()")  # as the page does every ten seconds
        waits(page, 0)
    assert items(relais, "0FAIL") == named("0FAIL", 0, 60)


def test_desk_new_version_takes_over_with_a_full_outbox(start: Start, relais: Relais) -> None:
    pc, page = start()
    stuck = lambda route: route.fulfill(status=503, json={})  # noqa: E731
    pc.context.route(SENDING, stuck)
    before = part(page, "version").text_content()
    scan(page, [PATRON, *named("0NEW", 0, 15)])
    waits(page, 15)
    relais.kill()
    paper = relais.handbook / "words" / "fr.toml"
    paper.write_text(paper.read_text("utf-8").replace("Prêtez en secours", "Prêtez ici"), "utf-8")
    relais.start()
    page.evaluate("navigator.serviceWorker.ready.then((one) => one.update())")
    # In the middle of a reader nothing moves; once nobody scans, the page is loaded anew.
    page.wait_for_function("window.desk.renewing")
    page.wait_for_timeout(1200)
    assert part(page, "version").text_content() == before
    page.keyboard.press("Escape")
    page.evaluate("window.desk.box.scannedAt = -1e9")
    expect(part(page, "version")).not_to_have_text(before or "")
    expect(page.locator("#step-C1")).to_contain_text("Prêtez ici")
    waits(page, 15)
    scan(page, [PATRON, *named("0NEW", 15, 20)])
    pc.context.unroute(SENDING)
    waits(page, 0)
    assert items(relais, "0NEW") == named("0NEW", 0, 20)


def test_desk_tabs_and_dashboard_share_outbox_and_sequence(start: Start, relais: Relais) -> None:
    pc, first = start()
    second = pc.open()
    panel = pc.open("/dashboard?page=loans")
    expect(panel.locator("#desk")).to_have_value("MAIL")  # chosen once, on whichever page
    for desk in ("CMU", "MAIL"):
        panel.select_option("#desk", desk)
        expect(first.locator("#desk")).to_have_value(desk)
    tabs = (first, second, panel)
    for tab in tabs:
        tab.bring_to_front()
        scan(tab, [PATRON])
    stuck = lambda route: route.fulfill(status=503, json={})  # noqa: E731
    pc.context.route(SENDING, stuck)
    wanted = named("0TAB", 0, 30)
    for number in range(0, 30, 3):
        tab = tabs[number // 3 % 3]
        tab.bring_to_front()
        scan(tab, wanted[number : number + 3])
        waits(tab, number + 3)  # people change tabs slower than a disk writes
    for tab in tabs:
        tab.bring_to_front()
        waits(tab, 30)
    pc.context.unroute(SENDING)
    for tab in tabs:
        tab.bring_to_front()
        waits(tab, 0)
        rows = part(tab, "rows").locator("tr", has_text="Enregistré")
        expect(rows).to_have_count(12 if tab is first else 9)
    result = loans(relais, "0TAB")
    assert [loan["item"] for loan in result] == wanted
    assert len({loan["sequence"] for loan in result}) == 30
    assert len({loan["workstation"] for loan in result}) == 1


def test_desk_on_plain_http_keeps_an_outbox_and_says_what_is_missing(
    start: Start, relais: Relais
) -> None:
    pc, page = start(host="desk.example")
    assert page.evaluate("[isSecureContext, 'locks' in navigator]") == [False, False]
    expect(page.get_by_text("Sans HTTPS")).to_be_visible()
    other = pc.open()
    stuck = lambda route: route.fulfill(status=503, json={})  # noqa: E731
    pc.context.route(SENDING, stuck)
    for number, tab in enumerate((page, other)):
        tab.bring_to_front()
        scan(tab, [PATRON, *named("0HTTP", 5 * number, 5 * number + 5)])
        waits(tab, 5 * number + 5)
    pc.context.unroute(SENDING)
    waits(other, 0)
    assert items(relais, "0HTTP") == named("0HTTP", 0, 10)


def test_desk_corrects_a_slow_clock_and_says_so(start: Start, relais: Relais) -> None:
    begun = datetime.now(UTC)
    _, page = start(slow=timedelta(minutes=7))
    expect(page.get_by_text("L’horloge de ce poste retarde de 7\u202fmin.")).to_be_visible()
    scan(page, [PATRON, "0SLOW-1"])
    waits(page, 0)
    (entry,) = loans(relais, "0SLOW")
    at, made_at = (datetime.fromisoformat(entry[key]) for key in ("at", "made_at"))
    near = timedelta(seconds=2)  # a busy machine measures its clock less well
    assert begun - near < at < datetime.now(UTC) + near
    assert abs(at - made_at - timedelta(minutes=7)) < near
    assert entry["skew_s"] == pytest.approx(420, abs=2)
    page.get_by_text("Prêts de ce poste").first.click()
    expect(part(page, "log").locator("tr").first).to_contain_text("poste ")


def test_desk_saved_file_is_imported_once(start: Start, relais: Relais, tmp_path: Path) -> None:
    pc, page = start()
    pc.context.route(SENDING, lambda route: route.fulfill(status=503, json={}))
    scan(page, [PATRON, *named("0FILE", 0, 6)])
    waits(page, 6)
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Enregistrer un fichier").click()
    file = tmp_path / waiting.value.suggested_filename
    waiting.value.save_as(file)
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert [line["item"] for line in lines] == named("0FILE", 0, 6)
    assert {(line["kind"], line["desk"], line["patron"]) for line in lines} == {
        ("loan", "MAIL", PATRON)
    }
    result = relais.command("loans", "import", str(file), "--json")
    assert json.loads(result.stdout)["new"] == 6, result.stderr
    # Dropped anywhere on the loans place, with a line that the file had not, and one that is none.
    panel = pc.open("/dashboard?page=loans")
    more = json.dumps(lines[0] | {"id": str(uuid4()), "item": "0FILE-006", "sequence": 99})
    panel.evaluate(DROP, f"{file.read_text('utf-8')}{more}\n{{\n")
    element = panel.locator(".said-new")
    expect(element).to_have_text("Nouveau ici\u202f: 1 prêt. Rien n’est encore pris.")
    expect(element).to_be_focused()
    expect(panel.get_by_text("ligne 8, n’est pas une ligne")).to_be_visible()
    panel.keyboard.press("Tab")
    expect(panel.get_by_role("button", name="Prendre les bonnes lignes")).to_be_focused()
    scan(panel, [PATRON])  # its Enter presses nothing: it goes to the box
    expect(part(panel, "patron")).to_have_text(PATRON)
    expect(element).to_contain_text("Rien n’est encore pris.")
    panel.get_by_role("button", name="Prendre les bonnes lignes").press("Enter")
    expect(element).to_have_text("Pris\u202f: 1 prêt.")
    expect(element).to_be_focused()
    pc.context.unroute(SENDING)
    panel.close()
    waits(page, 0)
    assert items(relais, "0FILE") == named("0FILE", 0, 7)


def test_desk_with_a_full_disk_says_so_and_sends_the_loan(start: Start, relais: Relais) -> None:
    _, page = start()
    page.route(SENDING, lambda route: route.fulfill(status=503, json={}))
    only_worker(page).evaluate(  # the database is in the worker
        """() => { IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError") } }"""
    )
    scan(page, [PATRON, "0DISK-1", "0DISK-2"])
    expect(part(page, "rows").locator("tr", has_text="Cette page seule")).to_have_count(2)
    expect(part(page, "keeping")).to_contain_text("Le navigateur n’enregistre plus rien")
    assert page.evaluate("window.desk.box.sounds.played")[-2:] == ["refused", "refused"]
    page.unroute(SENDING)
    waits(page, 0)
    assert items(relais, "0DISK") == ["0DISK-1", "0DISK-2"]


def test_desk_void_from_the_log_and_printed_sheet(start: Start, relais: Relais) -> None:
    _, page = start()
    page.evaluate("window.print = () => {}")
    scan(page, [PATRON, "0BACK-1", "0BACK-2"])
    waits(page, 0)
    page.get_by_text("Prêts de ce poste").first.click()
    rows = part(page, "log").locator("tr")
    expect(rows).to_have_count(2)
    rows.filter(has_text="0BACK-1").get_by_role("button").click()
    expect(rows.filter(has_text="0BACK-1")).to_contain_text("Annulé")
    expect(part(page, "log-count")).to_have_text("1 prêt aujourd’hui")
    waits(page, 0)
    page.get_by_text("Feuille papier du jour").click()
    page.get_by_role("button", name="Imprimer la feuille").click()
    codes = part(page, "sheet").locator(".code").all_text_contents()
    assert codes == [PATRON, "0BACK-2"]
    sheet = part(page, "sheet")
    assert sheet.locator("svg[aria-label]").count() == 2
    # As printed: the head of the day and the desk is one that repeats, and a bar is four dots of a
    # 300 dpi printer wide, whatever its height.
    page.emulate_media(media="print")
    for table in (".sheet-loans", ".sheet-blank"):
        head = sheet.locator(f"{table} thead .sheet-top")
        expect(head).to_contain_text(re.compile(r"Prêts en secours du .* 20\d\d Uni Mail"))
        expect(head).to_contain_text("1 prêt")
        assert head.evaluate("(row) => getComputedStyle(row.parentElement).display") == (
            "table-header-group"
        )
    wide, modules = sheet.locator("svg").last.evaluate(
        "(one) => [one.getScreenCTM().a, one.viewBox.baseVal.width]"
    )
    assert (wide * 300 / 96, modules > 100) == (pytest.approx(4, abs=0.05), True)
    page.emulate_media(media="screen")


def test_desk_bars_are_valid_code_128(start: Start) -> None:
    _, page = start()
    every = "".join(map(chr, range(32, 127)))
    symbols = page.evaluate(
        """async (every) => {
          const { symbol, values } = await import("/desk/code128.js")
          return [...[...every].map((one) => symbol(values(one))), symbol(values("PJJ123C"))]
        }""",
        every,
    )
    # Start, one letter, check, stop: eleven modules each, thirteen for the stop, no two alike.
    letters = [symbol[6:12] for symbol in symbols[:-1]]
    assert {sum(map(int, letter)) for letter in letters} == {11}
    assert len(set(letters)) == len(every)
    assert {(symbol[:6], symbol[18:]) for symbol in symbols[:-1]} == {("211214", "2331112")}
    # Read back with an independent decoder when it was written.
    assert symbols[-1] == "2112143131211121331121331232212232112211321313213113212331112"
    drawn = """async () => (await import("/desk/code128.js")).values("03124510é")"""
    assert page.evaluate(drawn) is None


def test_desk_shows_the_coordinators_message_without_a_server(start: Start, relais: Relais) -> None:
    pc, page = start()
    board = page.evaluate("fetch('/board.json').then((one) => one.json())")
    board["message"] = {"at": board["at"], "text": "<b>C1</b> est en vigueur."}
    page.route("**/board.json", lambda route: route.fulfill(json=board))
    page.evaluate("window.desk.line.ask()")
    expect(part(page, "message")).to_contain_text("<b>C1</b> est en vigueur.")
    pc.context.set_offline(True)
    page.reload()
    expect(part(page, "message")).to_contain_text("<b>C1</b> est en vigueur.")
    expect(part(page, "grid").locator("li")).not_to_have_count(0)


def standing(relais: Relais, begin: str) -> list[tuple[str, str]]:
    """Give who has what: the loans that nobody took back, in their order."""
    void = {entry["loan"] for entry in entries(relais, "void")}
    values = [loan for loan in loans(relais, begin) if loan["id"] not in void]
    return [(row["patron"], row["item"]) for row in values]


def test_desk_doubt_is_answered_by_one_key(start: Start, relais: Relais) -> None:
    _, page = start()
    guard, rows, patron = (
        part(page, "guard"),
        part(page, "rows").locator("tr"),
        part(page, "patron"),
    )
    heard = part(page, "heard")
    # The item came before the card.
    scan(page, ["0GUARD-1", PATRON])
    expect(guard).to_contain_text("Inversés")
    expect(heard).to_contain_text("Carte et document semblent inversés.")
    page.keyboard.press("F6")
    expect(patron).to_have_text(PATRON)
    expect(rows).to_have_count(1)
    expect(guard).to_be_empty()
    waits(page, 0)
    assert standing(relais, "0GUARD") == [(PATRON, "0GUARD-1")]
    # A scan cut short, then the whole card: nothing to answer.
    page.keyboard.press("Escape")
    scan(page, ["SLSP2045"])
    expect(guard).to_contain_text("Le scan semble coupé")
    scan(page, ["2071234567"])
    expect(patron).to_have_text("2071234567")
    expect(guard).to_be_empty()
    # A card of no known shape is right all the same: the loans keep that word.
    page.keyboard.press("Escape")
    scan(page, ["E10234567"])
    expect(guard).to_contain_text("n’a la forme d’aucune carte connue")
    page.keyboard.press("F9")
    expect(guard).to_be_empty()
    scan(page, ["0GUARD-2"])
    expect(rows.first).to_contain_text("Confirmé au poste.")
    # The keyboard is French: repaired, and said.
    page.keyboard.press("Escape")
    scan(page, ["éàè&é\"'(-è"])
    expect(patron).to_have_text("2071234567")
    expect(guard).to_contain_text("Clavier français détecté, lu comme 2071234567")
    assert page.evaluate("window.desk.box.sounds.played").count("warning") >= 4
    scan(page, ["9782070360024"])
    expect(guard).to_contain_text("C’est l’ISBN du livre")
    scan(page, ["0GUARD-3"])
    # Small letters, read twice, and right all the same: one loan, with that word. What is asked
    # about is what was scanned last, and how much else waits is said.
    scan(page, ["0guard-4", "0guard-4"])
    expect(guard).to_contain_text("Lettres minuscules")
    expect(guard).to_contain_text("1 autre scan est à vérifier.")
    page.keyboard.press("F9")
    expect(guard).to_contain_text("C’est l’ISBN du livre")
    guard.get_by_role("button", name="Annuler ce scan").click()
    expect(guard).not_to_contain_text("ISBN")
    expect(rows.filter(has_text="9782070360024")).to_contain_text("Annulé")
    waits(page, 0)
    assert standing(relais, "0guard") == [("2071234567", "0guard-4")]
    assert loans(relais, "0guard")[-1]["overridden"] is True
    assert standing(relais, "9782070360024") == []
    assert standing(relais, "0GUARD") == [
        (PATRON, "0GUARD-1"),
        ("E10234567", "0GUARD-2"),
        ("2071234567", "0GUARD-3"),
    ]
    assert [loan["overridden"] for loan in loans(relais, "0GUARD-2")] == [True]


def test_desk_card_begins_the_next_reader_with_its_own_sound(start: Start, relais: Relais) -> None:
    _, page = start()
    guard, patron = part(page, "guard"), part(page, "patron")
    played = "window.desk.box.sounds.played"
    cards = [PATRON, "SLSP-198334071", "2071234567", "HES1234567", "2061112223"]
    wanted = [(card, f"0NEXT-{card[:5]}-{book}") for card in cards for book in range(4)]
    for card in cards:
        scan(page, [card, card, *(book for one, book in wanted if one == card)])
        expect(patron).to_have_text(card)
    waits(page, 0)
    assert standing(relais, "0NEXT") == wanted
    assert [loan for loan in standing(relais, "") if loan[1] in cards] == []
    scan(page, [PATRON])
    expect(guard).to_contain_text("Lecteur suivant\u202f: SLSP204518377")
    expect(guard).to_contain_text("Les scans d’avant restent à 2061112223 (4 documents).")
    expect(part(page, "heard")).to_contain_text("Lecteur suivant")
    assert page.evaluate(played)[-1] == "next"
    # In return mode it is refused aloud, and one key says that it was an item.
    page.keyboard.press("F4")
    scan(page, ["0NEXT-8", PATRON])
    expect(guard).to_contain_text(
        "C’est une carte de lecteur\u202f: rien n’est posé sur le chariot."
    )
    eventually(page, lambda: page.evaluate(played).count("refused"), 1)
    scan(page, ["2071234567"])
    expect(guard).to_contain_text("2071234567")  # no key answers a question that is not drawn yet
    page.keyboard.press("F9")
    expect(guard).to_be_empty()
    waits(page, 0)
    value = [entry["item"] for entry in relais.recorded("return") if entry["workstation"]][-2:]
    assert value == ["0NEXT-8", "2071234567"]


def test_desk_name_in_the_item_field_goes_to_the_note(start: Start, relais: Relais) -> None:
    _, page = start()
    page.keyboard.press("F2")
    expect(part(page, "note")).to_be_focused()
    scan(page, ["0NAME-1"])
    expect(part(page, "input")).to_be_focused()
    page.keyboard.type("Mme Rochat", delay=70)
    page.keyboard.press("Enter")
    expect(part(page, "note")).to_have_value("Mme Rochat")
    page.keyboard.type("0NAME-2", delay=70)  # a barcode, typed because it would not scan
    page.keyboard.press("Enter")
    scan(page, ["NO_HOST_NAME"])  # no digit, but no hand is that fast
    waits(page, 0)
    page.keyboard.press("Escape")
    shown = part(page, "waits-list").locator("li")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("Mme Rochat")
    expect(shown).to_contain_text("0NAME-1, 0NAME-2, NO_HOST_NAME")
    void = {entry["loan"] for entry in relais.recorded("void")}
    left = [entry for entry in relais.recorded("waiting") if entry["id"] not in void]
    assert [loan["item"] for loan in left][-3:] == ["0NAME-1", "0NAME-2", "NO_HOST_NAME"]
    assert [entry for entry in relais.recorded("waiting") if "Rochat" in entry["item"]] == []


def test_desk_second_reading_counts_once_the_first_is_voided(start: Start, relais: Relais) -> None:
    _, page = start()
    rows = part(page, "rows").locator("tr")
    scan(page, [PATRON, "0TWICE-1", "0TWICE-1"])
    waits(page, 0)
    expect(rows.first).to_contain_text("Doublon")
    page.get_by_text("Prêts de ce poste").first.click()
    twice = part(page, "log").locator("tr", has_text="0TWICE-1")
    twice.last.get_by_role("button").click()
    expect(twice.first).to_contain_text("Enregistré")
    expect(rows.first).to_contain_text("Enregistré")
    waits(page, 0)
    assert standing(relais, "0TWICE") == [(PATRON, "0TWICE-1")]


def test_desk_pending_loan_offline_follows_other_pages(start: Start, relais: Relais) -> None:
    pc, page = start()
    relais.kill()
    pc.context.set_offline(True)
    page.keyboard.press("F2")
    expect(part(page, "note")).to_be_focused()
    page.keyboard.type("Mme Rochat", delay=70)
    page.keyboard.press("Enter")
    scan(page, ["0NOTE-1", "0NOTE-2"])
    waits(page, 2)
    page.keyboard.press("Escape")
    # Who scans before typing a name is not held up.
    page.keyboard.press("F2")
    expect(part(page, "note")).to_be_focused()
    scan(page, ["0NOTE-3"])
    waits(page, 3)
    expect(part(page, "note")).to_have_value("")
    # Two people, one note: each has their own loans.
    page.keyboard.press("F2")
    expect(part(page, "note")).to_be_focused()
    page.keyboard.type("Mme Rochat", delay=70)
    page.keyboard.press("Enter")
    scan(page, ["0NOTE-4"])
    waits(page, 4)
    pc.context.close()
    page = pc.start(offline=True)
    page.keyboard.press("Escape")
    shown = part(page, "waits-list").locator("li")
    expect(shown).to_have_count(3)
    expect(shown.first).to_contain_text("Mme Rochat")
    expect(shown.first).to_contain_text("0NOTE-1, 0NOTE-2")
    expect(shown.nth(1)).to_contain_text("carte oubliée")
    expect(shown.last).to_contain_text("Mme Rochat")
    expect(shown.last).to_contain_text("0NOTE-4")
    shown.first.get_by_role("button", name="Scanner sa carte").click()
    scan(page, ["2071234567"])
    expect(shown).to_have_count(2)
    shown.first.get_by_role("button", name="Annuler").click()
    expect(shown).to_have_count(1)
    shown.first.get_by_role("button", name="Annuler").click()
    expect(part(page, "waits")).to_be_hidden()
    # Back with the card: what was taken before is shown, with its slip.
    scan(page, ["2071234567"])
    expect(part(page, "earlier-count")).to_have_text("2 documents déjà pris aujourd’hui à ce poste")
    relais.start()
    pc.context.set_offline(False)
    waits(page, 0)
    assert standing(relais, "0NOTE") == [("2071234567", "0NOTE-1"), ("2071234567", "0NOTE-2")]
    lent, left = loans(relais, "0NOTE"), entries(relais, "waiting", "0NOTE")
    assert [loan["at"] for loan in lent] == [loan["at"] for loan in left[:2]]
    result = page.evaluate("window.desk.workstation.store.all()")
    assert "Rochat" not in (relais.folder / "server.log").read_text("utf-8")
    assert "Rochat" not in json.dumps([result, left])
    a_colleague_completes_two(page, relais)


def a_colleague_completes_two(page: Page, relais: Relais) -> None:
    """At another workstation: both leave the list here with their note, one after a dispute."""
    shown = part(page, "waits-list").locator("li")
    page.keyboard.press("Escape")
    page.keyboard.press("F2")
    expect(part(page, "note")).to_be_focused()
    part(page, "note").fill("M. Blanc")
    part(page, "note").press("Enter")
    scan(page, ["0NOTE-5", "0NOTE-6"])
    waits(page, 0)
    ids = [entry["id"] for entry in entries(relais, "waiting", "0NOTE")[-2:]]
    complete_elsewhere(relais, ids[0], "2079999999")
    page.evaluate("window.desk.box.following.ask()")
    expect(shown).to_have_count(1)
    expect(shown.first).not_to_contain_text("0NOTE-5")
    expect(rows_of(page, "0NOTE-5")).to_contain_text("Complété")
    # The other one they complete while this workstation, cut off, does so with a wrong card.
    page.route(SENDING, lambda route: route.fulfill(status=503, json={}))
    shown.first.get_by_role("button", name="Scanner sa carte").click()
    scan(page, ["2071234567"])
    page.keyboard.press("F8")
    waits(page, 3)
    complete_elsewhere(relais, ids[1], "2079999999")
    page.unroute(SENDING)
    page.evaluate("window.desk.line.ask()")
    waits(page, 0)
    expect(part(page, "guard")).to_contain_text("Complété entre-temps à un autre poste")
    expect(part(page, "waits")).to_be_hidden()
    assert [loan for loan in standing(relais, "0NOTE") if loan[0] != "2071234567"] == [
        ("2079999999", "0NOTE-5"),
        ("2079999999", "0NOTE-6"),
    ]
    assert len(entries(relais, "waiting", "0NOTE")) == 6
    assert "Blanc" not in json.dumps(page.evaluate("window.desk.workstation.store.all()"))


def rows_of(page: Page, item: str) -> Any:
    return part(page, "rows").locator("tr", has_text=item)


def complete_elsewhere(relais: Relais, waiting: str, patron: str) -> None:
    """Say as another workstation does whose the card is of what waits."""
    values = {"kind": "complete", "id": str(uuid4()), "waiting": waiting, "patron": patron}
    body = json.dumps({"transactions": [values]}).encode()
    headers = {"X-Relais": "desk", "Content-Type": "application/json"}
    address = f"http://localhost:{relais.port}/desk/transactions"
    with urlopen(Request(address, body, headers), timeout=10) as answer:
        (entry,) = json.load(answer)["answers"]
    assert entry["state"] == "kept"


def test_desk_cart_order_of_events_slip_and_paper_sheet(start: Start, relais: Relais) -> None:
    _, page = start()
    rows, guard = part(page, "rows").locator("tr"), part(page, "guard")
    scan(page, [PATRON, "0CART-1"])
    waits(page, 0)
    page.keyboard.press("F4")
    part(page, "cart").fill("2")
    part(page, "cart").press("Enter")
    scan(page, ["0CART-1", "0CART-2"])
    expect(rows.last).to_contain_text(re.compile(r"Dans l’ordre.: prêté à \d\d:\d\d, posé à"))
    waits(page, 0)
    expect(rows.first).to_contain_text("Sur le chariot")
    page.keyboard.press("Escape")
    scan(page, ["2071234567", "0CART-2"])
    expect(guard).to_contain_text("Ce document est sur le chariot, pas encore rendu dans Alma.")
    scan(page, ["0CART-3"])
    waits(page, 0)
    assert [(entry["item"], entry["cart"]) for entry in entries(relais, "return", "0CART")] == [
        ("0CART-1", "2"),
        ("0CART-2", "2"),
    ]
    assert [loan["warning"] for loan in loans(relais, "0CART")] == [None, "on_cart", None]
    page.get_by_role("button", name="Bordereau").click()
    expect(part(page, "slip-text")).to_contain_text("0CART-3")
    with_rules = load_handbook(relais.handbook).scans
    lent = [loan_of(loan) for loan in loans(relais, "0CART") if loan["patron"] == "2071234567"]
    assert part(page, "slip-text").text_content() == loan_slip(
        lent, with_rules, slip_words(language("fr"))
    )
    page.keyboard.press("Escape")
    # A line of the paper sheet, with the hour written there.
    page.get_by_text("Feuille papier du jour").click()
    page.get_by_role("button", name="Saisir une feuille papier").click()
    day = datetime.now(UTC).astimezone(library_zone()).date() - timedelta(days=1)
    part(page, "late-day").fill(str(day))
    part(page, "late-time").fill("09:41")
    part(page, "late-time").blur()
    scan(page, [PATRON, "0CART-4"])
    waits(page, 0)
    (late,) = loans(relais, "0CART-4")
    at = datetime.fromisoformat(late["at"]).astimezone(library_zone())
    assert (late["late"], f"{at:%Y-%m-%d %H:%M:%S}") == (True, f"{day} 09:41:00")
    page.get_by_role("button", name="Finir la saisie").click()
    expect(part(page, "late")).to_be_hidden()


def loan_of(body: dict[str, Any]) -> Loan:
    at = datetime.fromisoformat(body["at"])
    return Loan(UUID(body["id"]), at, body["desk"], body["patron"], body["item"])


def test_desk_axe_finds_no_violation(start: Start) -> None:
    from axe_playwright_python.sync_playwright import Axe

    _, page = start()
    page.route(SENDING, lambda route: route.fulfill(status=503, json={}))
    page.keyboard.press("F2")
    scan(page, ["0AXE-9"])
    page.keyboard.press("Escape")
    # Drawn late, as on a busy PC: a field that is still hidden would refuse the focus.
    page.evaluate("window.requestAnimationFrame = (draw) => setTimeout(draw, 100)")
    page.evaluate("document.querySelector('[data-do=late]').click()")
    expect(part(page, "late-time")).to_be_focused()  # a scan into it goes to the box all the same
    scan(page, [PATRON, "0AXE-1", "SLSP204518399", "0AXE-2"])
    waits(page, 3)
    page.get_by_role("button", name="Bordereau").click()
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    expect(part(page, "log").locator("tr")).to_have_count(3)
    for scheme in ("light", "dark"):
        # Still, so that no button is measured half-way between two colours.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        value = Axe().run(page).response["violations"]
        assert [(row["id"], row["nodes"][0]["html"]) for row in value] == []


def test_desk_english_is_complete_and_the_page_small(start: Start, relais: Relais) -> None:
    pc, page = start()
    page.goto(f"{pc.url}/desk/?lang=en")
    expect(page.get_by_role("textbox", name="Scan a user’s card")).to_be_focused()
    expect(page.get_by_text("The server responds.")).to_be_visible()
    expect(page.locator("#step-A1")).to_contain_text("Does a status page announce the outage?")
    line = pc.context.new_cdp_session(page)
    line.send("Network.enable")
    sizes: list[int] = []
    line.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    line.send("Network.setBypassServiceWorker", {"bypass": True})
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.reload()
    expect(page.get_by_text("The server responds.")).to_be_visible()
    assert 10_000 < sum(sizes) < 120_000  # with the headers of some forty answers


# How a browser's storage goes while a page is open: cleared by the user in its settings, deleted by
# a script or a cleaning tool, emptied in the developer tools, which tells the page nothing.
CLEARING = {
    "deleted": """async () => {
        localStorage.clear()
        sessionStorage.clear()
        await new Promise((done) => { indexedDB.deleteDatabase("relais").onsuccess = done })
    }""",
    "emptied": """() => new Promise((done) => {
        indexedDB.open("relais").onsuccess = ({ target: { result } }) => {
            const emptying = result.transaction(["transactions", "numbers"], "readwrite")
            for (const name of ["transactions", "numbers"]) emptying.objectStore(name).clear()
            emptying.oncomplete = () => { result.close(); done() }
        }
    })""",
}


def clear_storage(page: Page, how: str, url: str) -> None:
    if how in CLEARING:
        page.evaluate(CLEARING[how])
        return
    line = page.context.new_cdp_session(page)
    origin = "/".join(url.split("/")[:3])
    line.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
    line.detach()


@pytest.mark.parametrize("how", ["cleared", *CLEARING])
def test_desk_loans_in_memory_outlive_the_storage(start: Start, relais: Relais, how: str) -> None:
    pc, page = start()
    scan(page, [PATRON, f"0{how}-before"])
    waits(page, 0)
    if how == "cleared":
        relais.kill()
    else:
        page.route(SENDING, lambda route: route.abort())
    scan(page, named(f"0{how}", 0, 8))
    waits(page, 8)
    clear_storage(page, how, pc.url)
    expect(part(page, "waiting")).to_have_text("8")
    expect(page.get_by_text("Tout est sur le serveur")).to_have_count(0)
    scan(page, named(f"0{how}", 8, 10))
    waits(page, 10)
    if how == "emptied":
        page.evaluate("window.desk.workstation.outbox.send()")  # as it does within 30 s
    expect(part(page, "keeping")).to_contain_text("Les données de ce navigateur ont été effacées")
    if how == "cleared":
        relais.start()
    page.unroute_all(behavior="wait")
    page.evaluate("window.desk.line.ask()")  # as the page does every ten seconds
    waits(page, 0)
    expect(page.get_by_text("Tout est sur le serveur")).to_be_visible()
    assert items(relais, f"0{how}") == [f"0{how}-before", *named(f"0{how}", 0, 10)]
    assert len({loan["workstation"] for loan in loans(relais, f"0{how}")}) == 1


def test_dashboard_keeps_loans_that_its_storage_lost(start: Start, relais: Relais) -> None:
    pc, desk_page = start()
    page = pc.open("/dashboard?page=loans")
    # It has prepared for a server that is gone: later it would register the worker anew.
    page.wait_for_function("localStorage['relais.board']")
    stuck = lambda route: route.fulfill(status=503, json={})  # noqa: E731
    pc.context.route(SENDING, stuck)
    scan(page, [PATRON, *named("0PANEL", 0, 5)])
    waits(page, 5)
    clear_storage(page, "cleared", pc.url)
    for one in (page, desk_page):
        expect(part(one, "waiting")).to_have_text("5")
    scan(page, ["0PANEL-005"])
    waits(page, 6)
    page.close()  # the other tab has heard of them
    desk_page.bring_to_front()
    waits(desk_page, 6)
    pc.context.unroute(SENDING)
    waits(desk_page, 0)
    assert items(relais, "0PANEL") == named("0PANEL", 0, 6)


def test_desk_order_with_a_clock_set_back_between_offline_sessions(
    start: Start, relais: Relais
) -> None:
    pc, page = start()
    pc.context.set_offline(True)
    scan(page, [PATRON, "0STEP-1", "0STEP-2"])
    waits(page, 2)
    pc.context.close()
    page = pc.start(offline=True, slow=timedelta(hours=1))
    waits(page, 2)
    page.keyboard.press("F4")
    scan(page, ["0STEP-1"])
    waits(page, 3)
    page.keyboard.press("Escape")
    scan(page, [PATRON, "0STEP-1"])  # within two minutes, and no second reading
    waits(page, 4)
    pc.context.set_offline(False)
    page.evaluate("window.desk.line.ask()")  # as the page does every ten seconds
    waits(page, 0)
    made = [("loan", loan) for loan in loans(relais, "0STEP")]
    made += [("return", entry) for entry in entries(relais, "return", "0STEP")]
    made.sort(key=lambda entry: (entry[1]["at"], entry[1]["sequence"]))
    assert [(kind, one["item"]) for kind, one in made] == [
        *(("loan", "0STEP-1"), ("loan", "0STEP-2"), ("return", "0STEP-1"), ("loan", "0STEP-1")),
    ]
    assert len({one["at"] for _, one in made}) == 4
    clocks = [datetime.fromisoformat(one["made_at"] or one["at"]) for _, one in made[1:3]]
    assert clocks[1] < clocks[0], "what the clock said stays"
    listed = json.loads(
        relais.command("loans", "list", "--item", "0STEP-1", "--json").stdout.splitlines()[-1]
    )
    assert listed["state"] == "recorded"


def test_desk_refuses_pasted_text_and_goes_on(start: Start, relais: Relais) -> None:
    _, page = start()
    page.route(SENDING, lambda route: route.abort())
    scan(page, [PATRON, "0PASTE-1"])
    for letters in ("9" * 600_000, *("\\ud83d" * 900 for _ in range(60))):
        page.evaluate(f'window.desk.box.take("{letters}" + Math.random())')
    scan(page, ["0PASTE-2"])
    waits(page, 63)
    page.unroute(SENDING)
    page.evaluate("window.desk.line.ask()")  # as the page does every ten seconds
    waits(page, 0)
    assert items(relais, "0PASTE") == ["0PASTE-1", "0PASTE-2"]
    expect(part(page, "rows").locator("tr", has_text="Refusé")).to_have_count(61)
