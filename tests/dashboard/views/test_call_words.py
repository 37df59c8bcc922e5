"""The ready text of a call: what was seen and checked, with its denominators; nothing of a user."""

from __future__ import annotations

from urllib.parse import unquote

from dashboard.state.board import Board
from dashboard.state.guide import Guide
from dashboard.state.house import House
from dashboard.state.visit import Visit
from dashboard.translations import language
from dashboard.views.call_words import Report, report
from procedure.monitoring import Cause, Outcome, Vantage, Verdict

FRENCH, ENGLISH = language("fr"), language("en")
THIN = "\u202f"


def guide(house: House, **visit: object) -> Guide:
    person = Visit(workstation="poste-12", **{"query": "walk=A1.no-A2.yes&step=B1", **visit})
    return Guide(house=house, visit=person, board=Board(house=house), initials="AB")


def test_the_text_says_what_fails_since_when_and_from_where(house: House, watch, clock) -> None:
    watch.see_enough("alma-saml", Verdict.DOWN, cause=Cause.STATUS, http_status=503)
    watch.see("switch", Verdict.UP)
    for vantage, verdict in (
        (Vantage("pc-1", "Uni Mail"), "down"),
        (Vantage("pc-2", "Uni CMU"), "up"),
    ):
        seen = Outcome("alma-saml", "https://a/", vantage.key, clock(), Verdict(verdict))
        house.sight(vantage, [seen])
    assert report(guide(house, desk="MAIL", vdi=True), FRENCH) == Report(
        f"En échec depuis 11:59{THIN}: Alma, lien habituel.",
        (
            f"• Alma, lien habituel (https://alma-saml.example.org/){THIN}: alma-saml.example.org se "
            "dit indisponible pour le moment (HTTP 503). Vu du serveur et de 1 poste sur 2.",
            f"Répond{THIN}: Site externe.",
            f"Sites touchés{THIN}: Uni Mail.",
            f"Vérifié{THIN}: A1 Pages d’état, non{THIN}; A2 Collègues, oui.",
            f"Poste{THIN}: poste-12, Uni Mail, session VDI.",
        ),
    )


def test_a_look_that_is_too_old_says_nothing(house: House, clock) -> None:
    seen = Outcome("alma-saml", "https://a/", "pc-1", clock(), Verdict.DOWN, Cause.NETWORK)
    house.sight(Vantage("pc-1"), [seen])
    at_once = report(guide(house), ENGLISH)
    assert at_once is not None
    assert at_once.subject == "Failing: Alma, usual link."
    clock.pass_by(minutes=15, seconds=1)
    later = report(guide(house), ENGLISH)
    assert later is not None
    assert later.subject == "Alma does not work here."


def test_it_can_be_sent_as_it_is(house: House, watch) -> None:
    watch.see("switch", Verdict.UP)
    made = report(guide(house), FRENCH)
    assert made is not None
    assert made.text == "\n".join((made.subject, "", *made.lines))
    assert unquote(made.mail) == f"mailto:?subject={made.subject}&body=" + "\r\n".join(made.lines)
    assert "AB" not in made.text


def test_nothing_known_says_nothing(house: House) -> None:
    assert report(guide(house, query="step=B1"), FRENCH) is None
