"""While everything works: checks of a workstation and scanner, and a key that reports a failure."""

import pytest
from playwright.sync_api import Page, expect

from tests.ui.conftest import Relais, eventually, scan

pytestmark = pytest.mark.ui


def test_workstation_reports_what_it_lacks_and_a_working_scanner(
    page: Page, relais: Relais
) -> None:
    name = page.evaluate("localStorage.getItem('relais.workstation')")

    def reports() -> list[tuple[str, bool]]:
        checks = [
            entry for entry in relais.recorded("workstation_check") if entry["workstation"] == name
        ]
        assert all(abs(check["skew_s"]) < 60 for check in checks)
        return [(check["lacks"], check["scanned_at"] is not None) for check in checks]

    eventually(page, lambda: len(reports()), 1)
    ((lacks, _),) = reports()
    scan(page, ["SLSP204518377"])  # outside any field, so nothing is recorded
    eventually(page, reports, [(lacks, False), (lacks, True)])
    page.reload()  # an open page shows reports once a minute
    page.locator(".readiness summary").first.click()
    expect(page.locator(".readiness .points").first).to_contain_text("HTTPS")
    foot = page.get_by_role("navigation", name="Coordination")
    assert foot.get_by_role("button").or_(foot.get_by_role("link")).all_text_contents() == [
        "Commencer un exercice",
        "Déclarer une panne",
        "Postes inscrits",
    ]


def test_scanner_check_finds_a_missing_end_key_and_uses_pauses(blank: Page, relais: Relais) -> None:
    blank.goto(f"{relais.url}?page=loans")
    blank.get_by_text("Vérifier le scanner de ce poste").click()
    expect(blank.get_by_label("Scan d’essai, rien n’est enregistré")).to_be_focused()
    scan(blank, ["RELAIS-2071"], "\t")
    expect(blank.get_by_text("Il finit par Tab. Clavier juste.")).to_be_visible()
    scan(blank, ["RELAIS-2071"], "")
    expect(blank.get_by_text("Il n’envoie rien à la fin").last).to_be_visible()
    blank.goto(f"{relais.url}?page=loans")
    blank.select_option("#desk", "MAIL")
    for code in ("SLSP204518377", "0NOEND-1", "0NOEND-2"):
        expect(blank.locator('[data-part="input"]').first).to_be_focused()
        scan(blank, [code], "")
        blank.wait_for_timeout(500)  # longer than the longest pause that the scanner check found
        if code == "0NOEND-1":
            # Without an end key, the first code of a new length may be half a code.
            expect(blank.locator("[data-part=guard]")).to_contain_text("Document ou carte")
            blank.keyboard.press("F7")
    eventually(
        blank,
        lambda: [loan["item"] for loan in relais.recorded("loan") if "NOEND" in loan["item"]],
        ["0NOEND-1", "0NOEND-2"],
    )


def test_one_key_reports_a_failure_and_opens_the_procedure(page: Page) -> None:
    expect(page.locator("#etat h1:visible")).to_contain_text("Tout répond.")
    expect(page.locator('[data-hotkey="x"]')).to_be_visible()
    page.keyboard.press("x")
    expect(page.locator('.four [data-step="A1"]')).to_be_visible()
    expect(page.locator(".yours")).to_contain_text("Dit ici à")
