"""The desk file, opened from disk: what it keeps, saves and exports."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.settings import PACKAGED_HANDBOOK
from tests.support.handbooks import changed
from tests.ui.axe import violations
from tests.ui.conftest import Relais, Standins, scan
from tests.ui.desk.workstation import PATRON, Workstation, named, part, waits

pytestmark = pytest.mark.ui

SAVE = "Enregistrer un fichier"
# Replaces the file dialog, which a test cannot use.
CHOOSES = """window.written = []
window.showSaveFilePicker = async () => ({ name: "prêts.jsonl", createWritable: async () => {
  if (window.full) throw new Error("no room")
  let text = ""
  return { write: async (part) => { text += part }, close: async () => { window.written.push(text) } }
} })"""


@dataclass
class Desk:
    """Desk files, a browser that opens them, and a Relais that imports the saved files."""

    browser: Browser
    folder: Path
    relais: Relais
    opened: list[Workstation] = field(default_factory=list[Workstation])

    def write(self, name: str, handbook: Path = PACKAGED_HANDBOOK) -> None:
        self.relais.handbook = handbook
        done = self.relais.command("desk-file", "--out", str(self.folder / name))
        assert done.returncode == 0, done.stderr

    def workstation(self, name: str = "desk.html", *, restarts: bool = False) -> Workstation:
        folder = self.folder / "pc" if restarts else None
        made = Workstation(self.browser, f"file://{self.folder}/", name, folder)
        self.opened.append(made)
        return made

    def saved(self, page: Page) -> Path:
        """Save the file and confirm that it exists, as staff do at the end."""
        file = self.downloaded(page)
        page.get_by_role("button", name="Oui, il y est").click()
        return file

    def downloaded(self, page: Page) -> Path:
        with page.expect_download() as download:
            page.get_by_role("button", name=SAVE).click()
        file = self.folder / download.value.suggested_filename
        download.value.save_as(file)
        return file

    def imported(self, file: Path) -> str:
        done = self.relais.command("loans", "import", str(file))
        return done.stdout.splitlines()[0].removeprefix(f"{file}: ") + done.stderr

    @property
    def loans(self) -> list[tuple[str, str]]:
        return [(loan["patron"], loan["item"]) for loan in self.relais.recorded("loan")]


@pytest.fixture
def desk(browser: Browser, standins: Standins, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(browser, tmp_path, Relais(tmp_path, PACKAGED_HANDBOOK, standins))
    made.write("desk.html")
    yield made
    for page in made.opened:
        page.context.close()


def begin(workstation: Workstation) -> Page:
    page = workstation.start(offline=True)
    page.select_option("#desk", "MAIL")
    return page


@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.long)])
def test_every_loan_of_a_killed_browser_is_imported_once(desk: Desk, kills: int) -> None:
    wanted: list[tuple[str, str]] = []
    pc = desk.workstation(restarts=True)
    for turn in range(kills):
        page = pc.start(offline=True)
        if not turn:
            page.select_option("#desk", "MAIL")
        expect(page.locator("#desk")).to_have_value("MAIL")  # the desk of the last loan
        patron = f"SLSP{turn:09}"
        items = named(f"0TURN-{turn:02}", 0, 1 + turn % 3)
        scan(page, [patron, *items])
        wanted += [(patron, item) for item in items]
        waits(page, len(wanted))
        pc.cut_the_power()
    page = pc.start(offline=True)
    expect(part(page, "waiting")).to_have_text(str(len(wanted)))
    file = desk.saved(page)
    waits(page, 0)
    assert desk.imported(file) == f"{len(wanted)} new, 0 known, 0 bad"
    assert desk.imported(file) == f"0 new, {len(wanted)} known, 0 bad"
    assert desk.loans == wanted
    lent = desk.relais.recorded("loan")
    # Compare times, not strings: a time in whole seconds is a shorter string that would sort last.
    lent_at = [datetime.fromisoformat(loan["at"]) for loan in lent]
    assert lent_at == sorted(lent_at)
    assert len({loan["workstation"] for loan in lent}) == 1


def test_file_contains_pending_loans_returns_and_voids(desk: Desk) -> None:
    page = begin(desk.workstation())
    expect(page.locator("[data-part=lists]")).to_have_text("aucune sur ce poste")
    page.keyboard.press("F2")
    scan(page, ["0LOST-1"])
    # The first Escape in the name field ends the turn.
    page.locator("[data-part=note]").focus()
    page.keyboard.press("Escape")
    expect(page.locator("[data-part=who-card]")).to_be_hidden()
    page.keyboard.press("F4")
    scan(page, ["0CART-1"])
    page.keyboard.press("Escape")
    scan(page, [PATRON, "0LENT-1", "0LENT-2"])
    page.keyboard.press("F8")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Scanner sa carte").click()
    scan(page, ["SLSP200000001"])
    waits(page, 6)
    page.get_by_text("Prêts de ce poste").first.click()
    expect(part(page, "log").locator("tr")).to_have_count(4)
    file = desk.saved(page)
    waits(page, 0)
    expect(part(page, "log")).to_contain_text("Dans un fichier")
    assert desk.imported(file).endswith("0 known, 0 bad")
    lent = desk.relais.recorded("loan")
    assert {(loan["patron"], loan["item"], loan["skew_s"]) for loan in lent} == {
        (PATRON, "0LENT-1", None),
        (PATRON, "0LENT-2", None),
        ("SLSP200000001", "0LOST-1", None),
    }
    (void,) = desk.relais.recorded("void")
    assert next(loan["item"] for loan in lent if loan["id"] == void["loan"]) == "0LENT-2"
    assert [back["item"] for back in desk.relais.recorded("return")] == ["0CART-1"]
    # A later scan is saved together with the earlier scans; in the import, only this scan is new.
    scan(page, [PATRON, "0LENT-3"])
    waits(page, 1)
    assert desk.imported(desk.saved(page)).startswith("1 new, ")


def test_open_patron_survives_a_reload_and_a_change_of_language(desk: Desk) -> None:
    """Chromium may reload a file in a process with outdated session storage."""
    page = begin(desk.workstation())
    for number in range(15):
        patron = f"SLSP2000000{number:02d}"
        scan(page, [patron])
        expect(part(page, "patron")).to_have_text(patron)
        page.reload()
        expect(part(page, "patron")).to_have_text(patron)
    page.locator("[data-language=de]").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(part(page, "patron")).to_have_text(patron)


def test_unsaved_scans_from_an_earlier_day_are_counted_separately(desk: Desk) -> None:
    pc = desk.workstation(restarts=True)
    page = pc.start(offline=True, slow=timedelta(days=1))
    page.select_option("#desk", "MAIL")
    scan(page, [PATRON, "0EARLY-1"])
    waits(page, 1)
    pc.context.close()
    page = pc.start(offline=True)
    waits(page, 1)
    expect(page.locator("[data-part=waiting-why]")).to_contain_text("Dont 1 d’un jour passé.")
    scan(page, [PATRON, "0EARLY-2", "0EARLY-3"])
    waits(page, 3)
    expect(page.locator("[data-part=waiting-why]")).to_contain_text("Dont 1 d’un jour passé.")


def test_each_scan_is_written_to_the_chosen_file(desk: Desk) -> None:
    pc = desk.workstation()
    page = begin(pc)
    page.evaluate(CHOOSES)
    scan(page, [PATRON, "0FILE-1"])
    waits(page, 1)
    page.get_by_role("button", name="Écrire aussi un fichier à chaque scan").click()
    expect(part(page, "saved")).to_have_text("Chaque scan est aussi écrit dans prêts.jsonl.")
    waits(page, 0)
    scan(page, ["0FILE-2"])
    waits(page, 0)

    def written() -> list[str]:
        return [json.loads(line)["item"] for line in page.evaluate("written.at(-1)").splitlines()]

    assert written() == ["0FILE-1", "0FILE-2"]
    page.evaluate("window.full = true")
    scan(page, ["0FILE-3"])
    waits(page, 1)
    expect(part(page, "waiting-why")).to_contain_text("Le fichier à côté ne s’écrit plus")
    # The page tries again by itself within 15 s.
    page.evaluate("window.full = false; desk.workstation.outbox.send()")
    waits(page, 0)
    assert written() == ["0FILE-1", "0FILE-2", "0FILE-3"]


def test_only_a_newer_file_of_the_same_library_takes_over(desk: Desk, tmp_path: Path) -> None:
    other = changed(tmp_path / "other", ("words/fr.toml", 'library = "', 'library = "Autre : '))
    desk.write("other.html", other)
    desk.write("newer.html")
    page = begin(desk.workstation())
    scan(page, [PATRON, "0OLD-1", "0OLD-2"])
    waits(page, 2)
    file = desk.saved(page)
    waits(page, 0)
    scan(page, ["0OLD-3"])
    waits(page, 1)
    pc = desk.opened[0]
    # Another library's file has no access to this data, even in the same browser and tab.
    page.goto(f"{pc.url}other.html")
    expect(part(page, "waiting")).to_have_text("0")
    expect(part(page, "who")).to_be_hidden()
    page.get_by_text("Ce fichier").first.click()
    page.set_input_files('[data-part="files"]', file)
    expect(part(page, "file-said")).to_contain_text("vient d’une autre bibliothèque")
    assert page.evaluate("desk.workstation.lines()") == []
    # A newer file of the same library has the older file's data. The open patron is not checked: it
    # belongs to the tab, whose storage Chromium does not always pass from one file to another.
    page.goto(f"{pc.url}newer.html")
    expect(part(page, "waiting")).to_have_text("1")
    assert len(page.evaluate("desk.workstation.lines()")) == 3
    # In a browser with separate storage, the newer desk file can read the loans that the older desk
    # file saved.
    fresh = begin(desk.workstation("newer.html"))
    fresh.get_by_text("Ce fichier").first.click()
    fresh.set_input_files('[data-part="files"]', file)
    expect(part(fresh, "file-said")).to_have_text(f"{file.name} est repris.")
    waits(fresh, 0)  # the loans are in the file that has been read
    scan(fresh, [PATRON, "0NEW-1"])
    waits(fresh, 1)
    assert desk.imported(file) == "2 new, 0 known, 0 bad"
    assert desk.imported(desk.saved(fresh)) == "1 new, 2 known, 0 bad"


def later(days: int) -> str:
    return f"Date.now = ((now) => () => now() + {days * 86_400_000})(Date.now)"


def shown(page: Page) -> Callable[[], int]:
    return lambda: len(page.evaluate("desk.workstation.lines()"))


def test_only_loans_saved_to_a_file_are_erased(desk: Desk) -> None:
    pc = desk.workstation()
    page = begin(pc)
    scan(page, [PATRON, "0KEPT-1"])
    waits(page, 1)
    page.get_by_text("Ce fichier").first.click()
    erase = page.get_by_role("button", name="Effacer ce qui est gardé ici")
    erase.click()
    expect(part(page, "file-said")).to_contain_text("Enregistrez d’abord")
    assert shown(page)() == 1
    # A cancelled download leaves no file, and no browser reports the cancellation.
    desk.downloaded(page)
    confirm = page.get_by_role("button", name="Oui, il y est")
    expect(confirm).to_be_visible()
    erase.click()
    assert shown(page)() == 1
    waits(page, 1)
    confirm.click()
    expect(confirm).to_be_hidden()
    waits(page, 0)
    erase.click()
    expect(part(page, "file-said")).to_have_text("Ce navigateur ne garde plus rien d’ici.")
    expect(part(page, "who")).to_be_hidden()
    assert shown(page)() == 0
    # Saved loans are deleted automatically after a few days; loans that are not in a file are kept.
    scan(page, [PATRON, "0WEEK-1"])
    waits(page, 1)
    desk.saved(page)
    waits(page, 0)
    scan(page, ["0WEEK-2"])
    waits(page, 1)
    for days, left in ((6, ["0WEEK-1", "0WEEK-2"]), (8, ["0WEEK-2"])):
        pc.context.add_init_script(later(days))
        aged = pc.open()
        aged.wait_for_timeout(500)
        assert [line["item"] for line in aged.evaluate("desk.workstation.lines()")] == left
        aged.close()


def test_file_shows_its_age_and_warns_of_a_slow_clock(desk: Desk) -> None:
    pc = desk.workstation()
    page = pc.start(offline=True)
    expect(page.locator("h1")).to_contain_text("Sans serveur.")
    expect(part(page, "round-age")).to_contain_text("horloge non vérifiée")
    expect(part(page, "file-age")).to_have_text("fichier d’aujourd’hui")
    pc.context.add_init_script(later(40))
    old = pc.open()
    expect(old.locator("h1")).to_contain_text("Ce fichier a 40 jours.")
    expect(part(old, "file-age")).to_contain_text("il y a 40 jours")
    pc.context.add_init_script(later(-41))
    expect(pc.open().locator("h1")).to_contain_text("L’horloge de ce poste retarde d’au moins")


def test_file_warns_that_the_browser_stores_nothing(desk: Desk) -> None:
    page = begin(desk.workstation())
    expect(part(page, "state")).to_contain_text("enregistrez un fichier avant de fermer cette page")
    full = """() => { IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError") } }"""
    for place in (page, *page.workers):
        place.evaluate(full)
    scan(page, [PATRON, "0FULL-1"])
    expect(part(page, "state")).to_contain_text("Ce navigateur n’enregistre plus rien.")


def test_file_switches_languages_without_errors(desk: Desk) -> None:
    pc = desk.workstation()
    page = pc.start(offline=True)
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)
    page.get_by_role("link", name="EN").click()
    expect(page.locator("h1")).to_contain_text("No server.")
    expect(part(page, "input")).to_be_focused()
    page.goto(f"{pc.url}{pc.path}?lang=en")
    page.get_by_role("link", name="FR").click()
    expect(page.locator("h1")).to_contain_text("Sans serveur.")
    scan(page, [PATRON])
    expect(part(page, "patron")).to_have_text(PATRON)
    assert faults == []


def test_axe_finds_no_violation_in_the_file(desk: Desk) -> None:
    page = begin(desk.workstation())
    page.evaluate("document.querySelector('[data-part=beside]').hidden = false")
    scan(page, [PATRON, "0AXE-1"])
    waits(page, 1)
    page.get_by_role("button", name="Bordereau").click()
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == [], scheme
