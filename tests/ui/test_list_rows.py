"""Loans that an offline list flags: what their rows ask, how often, and what the desk sends."""

from typing import Any

import pytest
from playwright.sync_api import Page

from dashboard.settings import PACKAGED_HANDBOOK
from procedure.io.handbook_files import load_handbook

pytestmark = pytest.mark.ui

RULES = load_handbook(PACKAGED_HANDBOOK).scans.for_page()
AS_OF = "2026-11-24T01:10:00Z"
CARD = {"reason": "card_blocked", "as_of": AS_OF, "days": None}
ITEM = {"reason": "item_not_for_loan", "as_of": AS_OF, "days": None}
REQUESTED = {"reason": "item_requested", "as_of": AS_OF, "days": None}

# A desk whose server's answers come from the test. Each action is a scanned code, the answer about
# an item's loan (`[item, warning, told]`), F3 in an item's row (`{ despite }`), or the button "do
# not lend" in an item's row (`{ decline }`). Returns the events after each action, the open turn's
# rows, the messages to the server, the items about which staff must decide, and the key of the
# question that the page asks.
DESK = """async ({ rules, acts }) => {
    const { ScanClassifier } = await import("relais/scan_classification.js")
    const { ScanSession } = await import("relais/scan_session.js")
    sessionStorage.clear()
    const sent = [], heard = []
    const outbox = { add: async (line) => { sent.push(line); return true } }
    let now = Date.UTC(2026, 10, 24, 9), events = []
    const session = new ScanSession({
        storage: sessionStorage, outbox, classifier: new ScanClassifier(rules), today: { events: () => [] },
        stamp: () => (now += 1000), desk: () => "MAIL", cart: () => "", doubleRead: 0,
        workstation: "poste-1", nobody: () => "", tell: ({ what, key }) => events.push([what, key ?? null]),
    })
    const row = (item) => session.rows.lists.flat().find((one) => one.item === item)
    for (const act of acts) {
        if (typeof act === "string") session.scan(act)
        else if (act.despite) session.despite(row(act.despite).id, "F3")
        else if (act.decline) session.decline(row(act.decline).id, "not lent")
        else {
            const [item, warning, told] = act
            const { id } = row(item)
            session.settled([{ line: { kind: "loan", id, item }, answer: { id, state: "kept", warning, reason: null, told } }])
        }
        await new Promise((go) => setTimeout(go))
        heard.push(events.splice(0))
    }
    const rows = session.state.rows.map(({ item, open, overridden, warning, news }) => (
        { item, open, overridden: Boolean(overridden), warning, news: (news ?? []).map((one) => one.reason) }
    ))
    const messages = sent.map(({ kind, item, overridden, told }) => [kind, item ?? null, Boolean(overridden), (told ?? []).map((one) => one.reason)])
    return { heard, rows, messages, undecided: session.rows.undecided.map((one) => one.item), question: session.question }
}"""


def desk(page: Page, *acts: Any) -> dict[str, Any]:
    return page.evaluate(DESK, {"rules": RULES, "acts": ["SLSP311907254", *acts]})


def row(item: str, warning: str | None = None, *news: str, **more: bool) -> dict[str, Any]:
    plain = {"item": item, "open": False, "overridden": False, "warning": warning}
    return plain | {"news": list(news)} | more


def test_card_is_asked_about_only_in_its_first_row(plain: Page) -> None:
    answers = (["I-0001", "card_blocked", [CARD]], ["I-0002", "card_blocked", [CARD]])
    seen = desk(plain, "I-0001", "I-0002", *answers)
    assert seen["heard"][3:] == [[["warning", "card_blocked"]], [["kept", "card_blocked"]]]
    assert seen["rows"] == [
        row("I-0002", "card_blocked"),
        row("I-0001", "card_blocked", "card_blocked", open=True),
    ]
    assert (seen["undecided"], seen["question"]) == (["I-0001"], None)


def test_lending_despite_the_list_applies_to_all_the_patrons_items(plain: Page) -> None:
    answers = (["I-0001", "card_blocked", [CARD]], ["I-0002", "card_blocked", [CARD]])
    seen = desk(plain, "I-0001", "I-0002", *answers, {"despite": "I-0001"})
    assert seen["undecided"] == []
    assert {(shown["item"], shown["overridden"]) for shown in seen["rows"]} == {
        ("I-0001", True),
        ("I-0002", True),
    }
    told = ["card_blocked"]
    assert seen["messages"][2:] == [
        ["void", None, False, []],
        ["loan", "I-0001", True, told],
        ["void", None, False, []],
        ["loan", "I-0002", True, told],
    ]


def test_later_items_of_a_patron_already_decided_show_no_warning(plain: Page) -> None:
    first = ["I-0001", "card_blocked", [CARD]]
    decided = ("I-0001", first, {"despite": "I-0001"}, first, "I-0002")
    seen = desk(plain, *decided, ["I-0002", None, [CARD]])
    assert seen["heard"][-1] == [["kept", "card_blocked"]]
    assert seen["rows"][0] == row("I-0002")


def test_scan_in_flight_during_the_decision_is_asked_about(plain: Page) -> None:
    first = ["I-0001", "card_blocked", [CARD]]
    under_way = ("I-0001", "I-0002", first, {"despite": "I-0001"})
    seen = desk(plain, *under_way, ["I-0002", "card_blocked", [CARD]])
    assert seen["undecided"] == ["I-0002"]


def test_declining_applies_to_all_the_patrons_items(plain: Page) -> None:
    answers = (["I-0001", "card_blocked", [CARD]], ["I-0002", "card_blocked", [CARD]])
    seen = desk(plain, "I-0001", "I-0002", *answers, {"decline": "I-0001"})
    assert seen["undecided"] == []
    assert [kind for kind, *_ in seen["messages"]] == ["loan", "loan", "void", "void"]


@pytest.mark.parametrize("act", ["despite", "decline"])
def test_row_of_the_previous_patron_is_decided_separately(plain: Page, act: str) -> None:
    blocked = ["I-0001", "card_blocked", [CARD]]
    seen = desk(plain, "I-0001", blocked, "SLSP204518377", "I-0002", {act: "I-0001"})
    assert seen["undecided"] == []
    assert seen["rows"] == [row("I-0002")]
    again = [["loan", "I-0001", True, ["card_blocked"]]] if act == "despite" else []
    assert seen["messages"][2:] == [["void", None, False, []], *again]


def test_each_item_is_asked_about_separately(plain: Page) -> None:
    answers = (
        ["I-0001", "item_not_for_loan", [ITEM, CARD]],
        ["I-0002", "item_not_for_loan", [ITEM, CARD]],
    )
    seen = desk(plain, "I-0001", "I-0002", *answers, {"despite": "I-0002"})
    assert seen["undecided"] == ["I-0001"]
    assert [shown["news"] for shown in seen["rows"]] == [
        ["item_not_for_loan"],
        ["item_not_for_loan", "card_blocked"],
    ]


def test_warning_without_a_question_sounds_only_once(plain: Page) -> None:
    requested = ["I-0001", None, [REQUESTED]]
    seen = desk(plain, "I-0001", requested, requested)
    assert seen["heard"][2:] == [[["warning", "item_requested"]], [["kept", "item_requested"]]]
    assert seen["rows"] == [row("I-0001", None, "item_requested")]
    assert seen["undecided"] == []
