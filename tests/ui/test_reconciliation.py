"""The reconciliation on the page, from ten dropped files to the last sentence, with a hand's clicks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.procedure.io import planted
from tests.procedure.io.planted import DESKS, KEYS, TROUBLES, Day
from tests.support.alma import serving
from tests.ui.conftest import PATIENCE, Relais, Standins, handbook_over, scan
from tests.ui.test_accessibility import violations

pytestmark = pytest.mark.ui


@dataclass
class RelaisWithAlma(Relais):
    """A server that asks a stand-in for Alma."""

    alma: int = 0

    @property
    def environment(self) -> dict[str, str]:
        return super().environment | {
            "RELAIS_ALMA_URL": f"http://127.0.0.1:{self.alma}",
            "RELAIS_ALMA_KEY": KEYS.read,
            "RELAIS_ALMA_WRITE_KEY": KEYS.write,
            "RELAIS_ALMA_NETWORK_KEY": KEYS.network,
            "RELAIS_ALMA_RATE": "1000",
            "RELAIS_SHORT_LOANS": "1H=0.04",
        }


@pytest.fixture(scope="module")
def alma() -> Iterator[tuple[Day, int]]:
    """A planted day of today, and its stand-in on a thread of its own."""
    result = (planted.BEGAN, planted.NOW)
    planted.NOW = datetime.now(UTC).replace(second=0, microsecond=0)
    planted.BEGAN = planted.NOW - timedelta(hours=6)
    there = planted.day(1000, 5)
    there.stand_in.now = lambda: datetime.now(UTC)
    with serving(there.stand_in) as port:
        yield there, port
    planted.BEGAN, planted.NOW = result


@pytest.fixture(scope="module")
def relais(
    standins: Standins, alma: tuple[Day, int], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Relais]:
    """A server whose papers have the planted day's desks."""
    folder = tmp_path_factory.mktemp("relais")
    handbook = handbook_over(standins, folder / "handbook")
    (handbook / "desks.toml").write_text(
        "".join(
            f'[{desk}]\nname = "Guichet {desk[4:]}"\nsite = "Site"\nlibraries = ["MAIN"]\n'
            for desk in DESKS
        )
    )
    server = RelaisWithAlma(folder, handbook, standins, alma=alma[1])
    server.start()
    yield server
    server.kill()


@dataclass
class Hand:
    """A coordinator's hand: each click, each drop and each paste counts."""

    page: Page
    clicks: int = 0

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.click()

    def press(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=name).first)

    def go(self, step: str) -> None:
        self.click(self.page.get_by_role("link", name=step))

    def drop(self, files: list[tuple[str, bytes]]) -> None:
        self.clicks += 1
        chosen = [
            {"name": name, "mimeType": "text/plain", "buffer": content} for name, content in files
        ]
        self.page.locator(".drop-zone:visible input").first.set_input_files(chosen)


def test_ten_desks_come_back_in_fewer_than_forty_clicks(
    context: BrowserContext, relais: Relais, alma: tuple[Day, int]
) -> None:
    there, page = alma[0], context.new_page()
    page.goto(f"{relais.url}?page=back")
    hand = Hand(page)
    expect(page.get_by_text("Rien à transférer.")).to_be_visible()
    bring_in(hand, there)
    questions = check_scans(hand)
    ask_first(hand)
    assert there.stand_in.gate.effects == []
    reports = upload(hand, there)
    take_reports(hand, reports)
    prove(hand)
    assert violations(page) == []
    repair(hand, there)
    hand.press("C’est remis Blocage")
    expect(page.get_by_role("button", name="rouvrir Blocage remis")).to_be_visible()
    hand.go("Chariots")
    expect(page.get_by_role("heading", name="Chariots", exact=True)).to_be_visible()
    expect(page.locator(".tally .n")).to_contain_text("1\u202f000 sur 1\u202f000 prêts justifiés")
    assert (questions, hand.clicks - questions < 40) == (10, True)
    # No user is in the page's address, and no item is lent twice.
    assert not any(row.patron in page.url for row in there.rows)
    lent = [loan.item for loan in there.stand_in.world.loans.values() if not loan.returned]
    assert len(lent) == len(set(lent))


def bring_in(hand: Hand, there: Day) -> None:
    hand.drop([(f"OffCirc_{desk}.dat", there.file(desk)) for desk in DESKS])
    hand.press("Prendre les bonnes lignes de ces 10 fichiers")
    expect(hand.page.get_by_text("prêts au journal")).to_contain_text("1\u202f000")
    hand.press("Suite")


def check_scans(hand: Hand) -> int:
    """Each card of no known form is found right; return how many questions there were."""
    page, answers = hand.page, hand.page.get_by_role("button", name="C’est juste")
    page.get_by_label("Décidé par").fill("L. M.")
    questions = answers.count()
    for left in range(questions, 0, -1):
        expect(answers).to_have_count(left)
        hand.click(answers.first)
    expect(page.get_by_text("Aucun scan à vérifier.")).to_be_visible()
    hand.press("Suite")
    return questions


def ask_first(hand: Hand) -> None:
    """The pre-flight names each trouble that the API can tell."""
    hand.press("Vérifier 1\u202f000 prêts auprès d’Alma")
    again = hand.page.get_by_role("button", name="Vérifier de nouveau")
    expect(again).to_be_visible(timeout=3000 * PATIENCE)
    expect(hand.page.locator(".forecast tbody tr")).to_have_count(14)


def upload(hand: Hand, there: Day) -> list[tuple[str, bytes]]:
    """The checklist, the files, and what a person does at Alma's own screen."""
    page = hand.page
    page.get_by_label("Qui coche").fill("L. M.")
    for point in ("Blocage «", "Chariots fermés", "Guichet choisi", "Un fichier par guichet"):
        hand.press(f"C’est fait {point}")
        expect(page.get_by_role("button", name=f"rouvrir {point}")).to_be_visible()
    hand.press("Écrire les 10 fichiers")
    # The loans of the workstations whose clock was ahead.
    hand.press("Ces dates sont justes")
    with page.expect_download() as fetched:
        hand.click(page.get_by_role("link", name="Télécharger les 10 fichiers"))
    files = ZipFile(BytesIO(Path(fetched.value.path()).read_bytes()))
    names = files.namelist()
    desks = [name.split("_")[1] for name in names]
    return [
        (f"{name}.txt", there.stand_in.upload(desk, files.read(name), name).encode())
        for name, desk in zip(names, desks, strict=True)
    ]


def take_reports(hand: Hand, reports: list[tuple[str, bytes]]) -> None:
    """The first is pasted, the others are dropped."""
    page = hand.page
    hand.press("Suite")
    hand.clicks += 1
    page.get_by_label("Dans Alma, ouvrez le rapport").fill(reports[0][1].decode())
    hand.press("Lire ce rapport")
    expect(page.get_by_text("Le compte y est")).to_be_visible()
    hand.press("Prendre ce rapport")
    expect(page.get_by_text("9 fichiers attendent le leur")).to_be_visible()
    hand.drop(reports[1:])
    expect(page.get_by_text("Le compte y est")).to_have_count(9)
    hand.press("Prendre ces 9 rapports")
    expect(page.get_by_text("chaque fichier a le sien", exact=True)).to_be_visible()


def prove(hand: Hand) -> None:
    hand.press("Suite")
    hand.press("Demander à Alma où sont 1\u202f000 prêts")
    refused = 5 * sum(line != "done" for line, _ in TROUBLES.values())
    title = hand.page.get_by_role("heading", name=f"{refused} prêts à régler", exact=True)
    expect(hand.page.get_by_role("button", name="Régler le premier")).to_be_visible(
        timeout=3000 * PATIENCE
    )
    expect(title).to_be_visible()
    expect(hand.page.locator(".tally .n")).to_have_text(
        f"{1000 - refused} sur 1\u202f000 prêts justifiés"
    )


def repair(hand: Hand, there: Day) -> None:
    """A number found, a loan made now, a row settled by hand; no scan answers anything."""
    page, effects = hand.page, there.stand_in.gate.effects
    hand.press("Prendre le numéro trouvé")
    expect(page.get_by_text("Corrigé. Ce qui a été scanné reste au journal.")).to_be_visible()
    early = next(row.item for row in there.rows if row.trouble == "returned_too_early")
    hand.click(page.get_by_role("button", name="Voir les").filter(has_text="plus récente"))
    row = page.locator(".tabulator-row", has_text=early)
    hand.click(row.get_by_role("button", name="Régler"))
    hand.press("Prêter maintenant par l’API")
    expect(page.get_by_text("Prêter maintenant dans Alma, daté d’aujourd’hui")).to_be_visible()
    scan(page, ["1060000123"])
    assert effects == []
    hand.press("Oui, prêter ce document à ce lecteur")
    expect(page.get_by_text("Prêté dans Alma, daté d’aujourd’hui.")).to_be_visible()
    assert effects == [f"lend {early}"]
    hand.go("Preuve ligne à ligne")
    hand.press("Régler le premier")
    page.get_by_label("Réglé à la main, ou confié").fill("prêté dans Alma avec le guichet")
    hand.press("C’est réglé")
    expect(page.locator(".legend")).to_contain_text("1 réglé à la main")
