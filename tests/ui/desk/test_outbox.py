"""The desk page loses no loan, even if the server and network fail or its browser is killed."""

import re
import time
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Route, expect

from tests.ui.conftest import (
    Relais,
    eventually,
    scan,
)
from tests.ui.desk.workstation import (
    PATRON,
    SENDING,
    Start,
    items,
    loans,
    named,
    part,
    waits,
)

pytestmark = pytest.mark.ui
NAMES = ("desk.example",)


def test_desk_lends_200_items_through_server_network_and_power_failures(
    start: Start, relais: Relais
) -> None:
    pc, page = start(restarts=True)
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
    assert {loan["workstation"] for loan in result} == {
        part(page, "own-name").get_attribute("title")
    }
    expect(page.get_by_text("Le serveur répond.")).to_be_visible()


@pytest.mark.important
def test_desk_keeps_recorded_scans_through_a_power_cut(start: Start, relais: Relais) -> None:
    pc, page = start(restarts=True)
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
    """Return a handler that acts like a failing server, and adds the loans' ids to `asked`."""

    def answer(route: Route) -> None:
        sent = [loan["id"] for loan in route.request.post_data_json["transactions"]]
        if kind == "dropped":
            route.fetch()  # the server commits the loans, but its answer is lost
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
        if number:  # the first time, the page resends automatically
            page.evaluate("window.desk.workstation.outbox.send()")
        eventually(page, lambda asked=asked: len(asked) > 1, wanted=True)
        waits(page, 12)
        page.unroute_all(behavior="wait")
        page.evaluate("window.desk.line.ask()")  # as the page does every ten seconds
        waits(page, 0)
    assert items(relais, "0FAIL") == named("0FAIL", 0, 60)


@pytest.mark.important
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
    # Nothing changes while a patron is open; the page reloads once nobody is scanning.
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


@pytest.mark.important
def test_desk_tabs_and_dashboard_share_outbox_and_sequence(start: Start, relais: Relais) -> None:
    pc, first = start()
    second = pc.open()
    panel = pc.open("/dashboard?page=loans")
    expect(panel.locator("#desk")).to_have_value("MAIL")  # chosen once, on any page
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
        waits(tab, number + 3)  # people switch tabs more slowly than a disk writes
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
