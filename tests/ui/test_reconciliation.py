"""A reconciliation carried out on the page, from the dropped files to the signature."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.procedure.io import planted
from tests.procedure.io.planted import DESKS, KEYS, TROUBLES, Day
from tests.support.alma import serving
from tests.ui.conftest import PATIENCE, Relais, Standins, eventually, handbook_over, scan
from tests.ui.test_accessibility import violations

pytestmark = pytest.mark.ui

BOXES = ".reconciliation-group .pick input"
# The content that a screen reader reads for two loans to settle, in this order.
TO_SETTLE = """
- heading /2 Document introuvable/ [level=3]
- paragraph:
  - checkbox "Cocher toutes ces lignes"
- table:
  - rowgroup:
    - row "Document Lecteur Guichet, heure"
  - rowgroup:
    - row /1060000000 3070000000 Demandé à Alma/:
      - cell "1060000000":
        - checkbox "1060000000"
    - row /1060000004 3070000004 Demandé à Alma/
- combobox "Comment est-ce réglé ?"
- button "C’est réglé Document introuvable"
- button "Ouvrir la ligne cochée… Document introuvable"
"""


@dataclass
class RelaisWithAlma(Relais):
    """A server that uses a stand-in for Alma."""

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


@pytest.fixture
def alma(request: pytest.FixtureRequest) -> Iterator[tuple[Day, int]]:
    """A made-up day of loans, dated today, and the port of its stand-in for Alma."""
    before = (planted.BEGAN, planted.NOW)
    planted.NOW = datetime.now(UTC).replace(second=0, microsecond=0)
    planted.BEGAN = planted.NOW - timedelta(hours=6)
    there = request.param()
    there.stand_in.now = lambda: datetime.now(UTC)
    with serving(there.stand_in) as port:
        yield there, port
    planted.BEGAN, planted.NOW = before


@pytest.fixture
def relais(standins: Standins, alma: tuple[Day, int], tmp_path: Path) -> Iterator[Relais]:
    """A server whose handbook has the desks of the made-up day."""
    handbook = handbook_over(standins, tmp_path / "handbook")
    (handbook / "desks.toml").write_text(
        "".join(
            f'[{desk}]\nname = "Guichet {desk[4:]}"\nsite = "Site"\nlibraries = ["MAIN"]\n'
            for desk in DESKS
        )
    )
    server = RelaisWithAlma(tmp_path, handbook, standins, alma=alma[1])
    server.start()
    yield server
    server.kill()


@dataclass
class Hand:
    """Acts as a coordinator, and counts each click, drop, paste and filled field."""

    page: Page
    acts: int = 0

    def click(self, what: Locator) -> None:
        self.acts += 1
        what.click()

    def fill(self, label: str, text: str) -> None:
        self.acts += 1
        field = self.page.get_by_label(label)
        field.fill(text)
        field.blur()

    def press(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=name).first)

    def drop(self, files: list[tuple[str, bytes]]) -> None:
        self.acts += 1
        chosen = [
            {"name": name, "mimeType": "text/plain", "buffer": content} for name, content in files
        ]
        self.page.locator(".drop-zone:visible input").first.set_input_files(chosen)


TWO_DESKS = partial(
    planted.day,
    24,
    1,
    troubles=("item_not_found",) * 2 + ("on_loan_other",) * 2 + ("later_action",),
    desks=2,
)


@pytest.mark.parametrize("alma", [TWO_DESKS], indirect=True)
def test_reconcile_two_desks_in_at_most_25_acts(
    context: BrowserContext, relais: Relais, alma: tuple[Day, int]
) -> None:
    there, page = alma[0], context.new_page()
    page.goto(f"{relais.url}?page=back")
    hand = Hand(page)
    bring_in(hand, there)
    hand.acts = 1  # as if the loans had been made in Relais: only opening the page is counted
    ask_first(hand, 24)
    hand.press("Suite")
    hand.press("C’est fait Blocage «")
    say_who(hand)
    page.wait_for_function("document.cookie.includes('relais_signer=L')")
    again = context.new_page()
    again.goto(f"{relais.url}?page=reconciliation")
    expect(again.get_by_text("au nom de L. M.")).to_be_visible()
    again.close()
    reports = upload(hand, there)
    hand.drop(reports)
    hand.press("Prendre ces 2 rapports")
    proved(hand, 24, refused=5)
    expect(page.locator(".reconciliation-group").first).to_match_aria_snapshot(TO_SETTLE)
    while (left := page.locator(".reconciliation-group").count()) > 0:
        settle_group(hand, page.locator(".reconciliation-group").first)
        expect(page.locator(".reconciliation-group")).to_have_count(left - 1)
    sign_off(hand, 24)
    assert hand.acts <= 25


@pytest.mark.parametrize(
    "alma",
    [
        partial(planted.day, 200, 2),
        pytest.param(partial(planted.day, 1000, 5), marks=pytest.mark.long),
    ],
    indirect=True,
)
def test_reconcile_ten_desks_in_about_forty_acts_for_refused_rows(
    context: BrowserContext, relais: Relais, alma: tuple[Day, int]
) -> None:
    there, page = alma[0], context.new_page()
    rows = len(there.rows)
    page.goto(f"{relais.url}?page=reconciliation")
    hand = Hand(page)
    expect(page.get_by_role("heading", name="Rien à transférer.")).to_be_visible()
    bring_in(hand, there)
    check_scans(hand)
    ask_first(hand, rows)
    expect(page.locator(".forecast tbody tr")).to_have_count(14)
    hand.press("Suite")
    assert there.stand_in.gate.effects == []
    reports = upload(hand, there)
    take_reports(hand, reports)
    refused = [row for row in there.rows if row.trouble and TROUBLES[row.trouble][0] != "done"]
    proved(hand, rows, refused=len(refused))
    assert violations(page) == []
    before = hand.acts
    take_the_numbers_found(hand)
    lend_one_through_the_api(hand, there)
    settle_the_rest(hand)
    send_the_corrected_rows(hand, there)
    assert hand.acts - before <= 40
    sign_off(hand, rows)
    assert hand.acts <= 70
    # The page's URL contains no patron, and no item is lent twice.
    assert not any(row.patron in page.url for row in there.rows)
    lent = [loan.item for loan in there.stand_in.world.loans.values() if not loan.returned]
    assert len(lent) == len(set(lent))


def bring_in(hand: Hand, there: Day) -> None:
    desks = list(dict.fromkeys(row.desk for row in there.rows))
    hand.drop([(f"OffCirc_{desk}.dat", there.file(desk)) for desk in sorted(desks)])
    hand.press(f"Prendre les bonnes lignes de ces {len(desks)} fichiers")
    heading = hand.page.get_by_role("heading", name="prêts au journal")
    expect(heading).to_contain_text(french(len(there.rows)))
    hand.press("Suite")


def check_scans(hand: Hand) -> None:
    """Confirm all cards of unknown shape; cards with the same doubt are confirmed together."""
    page = hand.page
    answers = page.get_by_role("button", name="C’est juste")
    expect(answers.first).to_be_visible()
    first = answers.count()
    for left in range(first, 0, -1):
        expect(answers).to_have_count(left)
        group = answers.first.locator("xpath=ancestor::form")
        every = group.locator(".pick-all input")
        hand.click(every if every.count() else group.locator(".pick input"))
        hand.click(answers.first)
        if left == first:
            say_who(hand)
    expect(page.get_by_text("Aucun scan à vérifier.")).to_be_visible()
    hand.press("Suite")


def say_who(hand: Hand) -> None:
    """Enter the name that the first action asks for, and let the action go ahead."""
    hand.fill("Votre nom ou vos initiales", "L. M.")
    hand.press("Continuer à ce nom")
    expect(hand.page.get_by_role("button", name="Continuer à ce nom")).to_have_count(0)


def ask_first(hand: Hand, rows: int) -> None:
    """Check the loans with Alma in advance, to learn which loans Alma will refuse."""
    hand.press(f"Vérifier {french(rows)} prêts auprès d’Alma")
    again = hand.page.get_by_role("button", name="Vérifier de nouveau")
    expect(again).to_be_visible(timeout=3000 * PATIENCE)


def tick(hand: Hand, *points: str) -> None:
    page = hand.page
    for point in points:
        to_do = page.get_by_role("button", name=f"C’est fait {point}")
        done = page.get_by_role("button", name=f"rouvrir {point}")
        expect(to_do.or_(done)).to_be_visible()
        if not done.count():
            hand.click(to_do)
        expect(done).to_be_visible()


def upload(hand: Hand, there: Day) -> list[tuple[str, bytes]]:
    """Tick the checklist, write the files, and upload them to Alma; return Alma's reports."""
    page = hand.page
    early = page.get_by_role("button", name="C’est fait Guichet choisi")
    expect(early).to_have_count(0)  # there is no file yet to choose a desk for
    tick(hand, "Blocage «", "Chariots fermés")
    hand.press("Écrire les")
    odd = page.get_by_role("button", name="Ces dates sont justes")
    if any(row.trouble == "clock_off" for row in there.rows):
        hand.click(odd)
    # Each new file moves the elements below it, so wait for all the files.
    sent = page.get_by_role("button", name="C’est envoyé")
    expect(sent).to_have_count(len({row.desk for row in there.rows}))
    tick(hand, "Guichet choisi")
    square = page.locator(".check li").filter(has_text="Un fichier par guichet").locator(".box")
    hand.click(square)
    expect(page.get_by_role("button", name="rouvrir Un fichier par guichet")).to_be_visible()
    return upload_files(page, there)


def upload_files(page: Page, there: Day) -> list[tuple[str, bytes]]:
    """Upload the downloaded files to Alma, without counting an action, and return the reports."""
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Télécharger les").click()
    files = ZipFile(BytesIO(Path(fetched.value.path()).read_bytes()))
    names = files.namelist()
    desks = [name.split("_")[1] for name in names]
    return [
        (f"{name}.txt", there.stand_in.upload(desk, files.read(name), name).encode())
        for name, desk in zip(names, desks, strict=True)
    ]


def take_reports(hand: Hand, reports: list[tuple[str, bytes]]) -> None:
    """Paste the first report and drop the others, so that Relais checks the loans in Alma."""
    page = hand.page
    hand.fill("Dans Alma, ouvrez le rapport", reports[0][1].decode())
    hand.press("Lire ce rapport")
    expect(page.get_by_text("Le compte y est")).to_be_visible()
    hand.press("Prendre ce rapport")
    expect(page.get_by_text("9 fichiers attendent le leur")).to_be_visible()
    hand.drop(reports[1:])
    expect(page.get_by_text("Le compte y est")).to_have_count(9)
    hand.press("Prendre ces 9 rapports")


def proved(hand: Hand, rows: int, *, refused: int) -> None:
    page = hand.page
    again = page.get_by_role("button", name="Prouver de nouveau")
    expect(again).to_be_visible(timeout=3000 * PATIENCE)
    title = page.get_by_role("heading", name=f"{refused} prêts à régler", exact=True)
    expect(title).to_be_visible()
    shown = f"{rows - refused} prêts traités sur {french(rows)}."
    expect(page.get_by_text(shown)).to_be_visible()


def take_the_numbers_found(hand: Hand) -> None:
    hand.press("Prendre ces numéros")
    expect(hand.page.get_by_text("Corrigé. Ce qui a été scanné reste au journal.")).to_be_visible()


def lend_one_through_the_api(hand: Hand, there: Day) -> None:
    """Lend an item through Alma's API, dated today; a second press confirms it, a scan does not."""
    page, effects = hand.page, there.stand_in.gate.effects
    early = next(row.item for row in there.rows if row.trouble == "returned_too_early")
    group = page.locator(".reconciliation-group", has_text=early)
    group.get_by_role("checkbox", name=early).check()
    group.locator('[data-act="open"]').click()
    hand.press("Prêter maintenant par l’API")
    expect(page.get_by_text("Prêter maintenant dans Alma, daté d’aujourd’hui")).to_be_visible()
    scan(page, ["1060000123"])
    assert effects == []
    hand.press("Oui, prêter ce document à ce lecteur")
    expect(page.get_by_text("Prêté dans Alma, daté d’aujourd’hui.")).to_be_visible()
    assert effects == [f"lend {early}"]
    hand.press("Refermer")


def settle_the_rest(hand: Hand) -> None:
    """Settle all rows; a row that is at first left unticked must still be shown."""
    page = hand.page
    group = page.locator(
        ".reconciliation-group", has=page.get_by_role("button", name="C’est réglé")
    ).first
    item = group.locator(".pick .code").first.inner_text()
    boxes, size = page.locator(BOXES), group.locator(".pick input").count()
    left = boxes.count() - size + 1
    settle_group(hand, group, but=1)
    # The rows may disappear in several steps, and the boxes move until the last step.
    expect(boxes).to_have_count(left)
    expect(page.locator(".reconciliation-group .pick", has_text=item)).to_be_visible()
    buttons = page.get_by_role("button", name="C’est réglé")
    while buttons.count():
        group = buttons.first.locator("xpath=ancestor::form")
        left -= group.locator(".pick input").count()
        settle_group(hand, group)
        expect(boxes).to_have_count(left)


def settle_group(hand: Hand, group: Locator, *, but: int = 0) -> None:
    """Tick the rows of a group except the first `but`, and say how the ticked rows were settled."""
    rows, every = group.locator(".pick input"), group.locator(".pick-all input")
    expect(group.locator(".pick input:checked")).to_have_count(0)
    hand.click(every if every.count() else rows.first)
    for row in rows.all()[:but]:
        hand.click(row)
    hand.acts += 1
    group.get_by_label("Comment est-ce réglé").fill("prêté à la main dans Alma")
    press, boxes = group.get_by_role("button", name="C’est réglé"), hand.page.locator(BOXES)
    left = boxes.count() - group.locator(".pick input:checked").count()
    # If staff have not read Alma's answer yet, or Alma does not respond, the page shows one of two
    # messages, and a second press settles the rows. Look only for these two messages, because the
    # page may still show a message about the previous group.
    asked = hand.page.get_by_text(re.compile("d’abord été consulté|n’a pas répondu"))
    hand.click(press)
    eventually(hand.page, lambda: bool(asked.count()) or boxes.count() <= left, True)
    if asked.count():
        hand.click(press)
        answers = hand.page.locator("[role=status]:visible")
        with suppress(AssertionError):
            expect(boxes).to_have_count(left)
        assert boxes.count() <= left, answers.all_inner_texts()


def send_the_corrected_rows(hand: Hand, there: Day) -> None:
    hand.press("Écrire le fichier des lignes corrigées")
    expect(hand.page.get_by_role("link", name="Télécharger les")).to_be_visible()
    hand.drop(upload_files(hand.page, there))
    hand.press("Prendre ces")


def sign_off(hand: Hand, rows: int) -> None:
    page = hand.page
    hand.press("Suite : Signer".replace(" :", "\u202f:"))
    hand.press("C’est remis")
    expect(page.get_by_role("button", name="rouvrir")).to_be_visible()
    sign = page.get_by_role("button", name=f"Signer pour {french(rows)} prêts").first
    signed = page.get_by_text("Signé par L. M., ")
    # While Relais is asking Alma about the last report, the page refuses a signature, so press
    # again later.
    refused = page.get_by_text("Alma est déjà interrogé")

    def is_signed() -> bool:
        if refused.count() and sign.count():
            sign.click()
            page.wait_for_timeout(500)
        return bool(signed.count())

    hand.click(sign)
    eventually(page, is_signed, True)
    expect(page.get_by_role("button", name="rouvrir")).to_have_count(0)
    shown = f"{french(rows)} prêts traités sur {french(rows)}."
    expect(page.get_by_text(shown).first).to_be_visible()


def french(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")
