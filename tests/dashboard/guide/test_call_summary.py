"""The ready text of a call: what was seen and checked, with its denominators; nothing of a user."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from urllib.parse import unquote

import pytest

from dashboard.core.context import AppContext
from dashboard.core.session import Session
from dashboard.guide.call_summary import CallSummary, call_summary
from dashboard.guide.guide import Guide
from dashboard.monitoring.grid import ProbeGrid
from dashboard.settings import Settings
from dashboard.translations import language
from procedure.handbook.model import Handbook
from procedure.monitoring.model import FailureCause, Outcome, Status, Vantage
from tests.dashboard.conftest import Clock, StillWatch
from tests.support.memory import MemoryHistory, MemoryJournal, MemoryNotes
from tests.support.stores import empty_accounts

FRENCH, ENGLISH = language("fr"), language("en")
THIN = "\u202f"


def guide(context: AppContext, **session: object) -> Guide:
    person = Session(workstation="poste-12", **{"query": "walk=A1.no-A2.yes&step=B1", **session})
    return Guide(context=context, session=person, grid=ProbeGrid(context=context), initials="AB")


def test_call_summary_says_what_fails_since_when_and_from_where(
    context: AppContext, watch, clock
) -> None:
    watch.see_enough("alma-saml", Status.DOWN, cause=FailureCause.STATUS, http_status=503)
    watch.see("switch", Status.UP)
    for vantage, status in (
        (Vantage("pc-1", "Uni Mail"), "down"),
        (Vantage("pc-2", "Uni CMU"), "up"),
    ):
        seen = Outcome("alma-saml", "https://a/", vantage.key, clock(), Status(status))
        context.workstations.record(vantage, [seen])
    assert call_summary(guide(context, desk="MAIL", vdi=True), FRENCH) == CallSummary(
        f"En échec depuis 11:59{THIN}: Alma, lien habituel.",
        (
            f"• Alma, lien habituel (https://alma-saml.example.org/){THIN}: alma-saml.example.org se "
            "dit indisponible pour le moment (HTTP 503). Vu du serveur et de 1 poste sur 2.",
            f"Répond au serveur, pas testé depuis un poste{THIN}: Site externe.",
            f"Pas testé{THIN}: DIS, états, SLSP, Ex Libris, EU03, Alma, lien de secours, "
            "Tickets du CAD, Utilitaire de secours.",
            f"Sites touchés{THIN}: Uni Mail.",
            f"Vérifié{THIN}: A1 Pages d’état{THIN}: non, A2 Collègues{THIN}: oui.",
            f"Poste{THIN}: poste-12, Uni Mail, session VDI.",
        ),
    )


ADDRESS = "https://alma-saml.example.org/"
# Readings of the server, oldest first: the status, its cause, and how many seconds ago.
SERVER: dict[str, Sequence[tuple[str, FailureCause | None, int]]] = {
    "never read": (),
    "unknown": (("unknown", None, 0),),
    "too old": (("up", None, 3600),),
    "up": (("up", None, 0),),
    "slow": tuple(("slow", None, ago) for ago in (2, 1, 0)),
    "down": tuple(("down", FailureCause.TIMEOUT, ago) for ago in (2, 1, 0)),
    "unsure": (("up", None, 10), ("down", FailureCause.TIMEOUT, 0)),
}
# Looks of workstations: the status, and how many minutes ago.
WORKSTATIONS: dict[str, Sequence[tuple[str, int]]] = {
    "none": (),
    "unknown": (("unknown", 0),),
    "too old": (("down", 16),),
    "up": (("up", 0),),
    "up twice": (("up", 0), ("up", 0)),
    "down": (("down", 0),),
    "both": (("down", 0), ("up", 0)),
}
SAME_SERVER = {"unknown": "never read", "too old": "never read", "slow": "up"}
SAME_WORKSTATIONS = {"unknown": "none", "too old": "none"}
UNTESTED = "Alma ne marche pas ici, pas testé depuis le serveur."
FINE = "Alma ne marche pas ici, rien n’échoue vu du serveur."
UNSURE = "Alma ne marche pas ici, rien n’est confirmé vu du serveur."
HERE, SINCE = "En échec~: Alma, lien habituel.", "En échec depuis 11:59~: Alma, lien habituel."
NO_ANSWER = f"• Alma, lien habituel ({ADDRESS})~: alma-saml.example.org n’a rien répondu en 1~s."
AT_WORKSTATION = "Répond à un poste, pas testé depuis le serveur~: Alma, lien habituel."
TO_CONFIRM = "Dernier essai du serveur en échec, à confirmer~: Alma, lien habituel."
UNSURE_TOO = "dernier essai du serveur en échec, à confirmer."
TEXTS = {
    ("never read", "none"): (UNTESTED, "Pas testé~: Alma, lien habituel."),
    ("never read", "up"): (UNTESTED, AT_WORKSTATION),
    ("never read", "up twice"): (UNTESTED, AT_WORKSTATION),
    ("never read", "down"): (
        HERE,
        f"{NO_ANSWER} Vu de 1 poste sur 1~; pas testé depuis le serveur.",
    ),
    ("never read", "both"): (
        HERE,
        f"{NO_ANSWER} Vu de 1 poste sur 2~; pas testé depuis le serveur.",
    ),
    ("up", "none"): (FINE, "Répond au serveur, pas testé depuis un poste~: Alma, lien habituel."),
    ("up", "up"): (FINE, "Répond~: Alma, lien habituel."),
    ("up", "up twice"): (FINE, "Répond~: Alma, lien habituel."),
    ("up", "down"): (HERE, f"{NO_ANSWER} Vu de 1 poste sur 1~; le serveur y arrive."),
    ("up", "both"): (HERE, f"{NO_ANSWER} Vu de 1 poste sur 2~; le serveur y arrive."),
    ("down", "none"): (SINCE, f"{NO_ANSWER} Vu du serveur~; pas testé depuis un poste."),
    ("down", "up"): (SINCE, f"{NO_ANSWER} Vu du serveur~; 1 poste y arrive."),
    ("down", "up twice"): (SINCE, f"{NO_ANSWER} Vu du serveur~; 2 postes y arrivent."),
    ("down", "down"): (SINCE, f"{NO_ANSWER} Vu du serveur et de 1 poste sur 1."),
    ("down", "both"): (SINCE, f"{NO_ANSWER} Vu du serveur et de 1 poste sur 2."),
    ("unsure", "none"): (UNSURE, TO_CONFIRM),
    ("unsure", "up"): (UNSURE, TO_CONFIRM),
    ("unsure", "up twice"): (UNSURE, TO_CONFIRM),
    ("unsure", "down"): (HERE, f"{NO_ANSWER} Vu de 1 poste sur 1~; {UNSURE_TOO}"),
    ("unsure", "both"): (HERE, f"{NO_ANSWER} Vu de 1 poste sur 2~; {UNSURE_TOO}"),
}


@pytest.mark.parametrize("workstations", WORKSTATIONS)
@pytest.mark.parametrize("server", SERVER)
def test_call_summary_never_says_that_an_untested_target_answers(
    clock: Clock, handbook: Handbook, server: str, workstations: str
) -> None:
    alone = replace(handbook, targets={"alma-saml": handbook.targets["alma-saml"]})
    watch = StillWatch(clock, dict(alone.targets))
    settings = Settings(database_url="sqlite://")
    context = AppContext(
        settings,
        alone,
        MemoryJournal(clock),
        MemoryHistory(),
        watch,
        clock,
        MemoryNotes(),
        empty_accounts(),
    )
    for status, cause, ago in SERVER[server]:
        at = clock() - timedelta(seconds=ago)
        watch.see("alma-saml", Status(status), at=at, cause=cause)
    for number, (status, ago) in enumerate(WORKSTATIONS[workstations]):
        vantage, at = Vantage(f"pc-{number}"), clock() - timedelta(minutes=ago)
        cause = FailureCause.TIMEOUT if status == "down" else None
        seen = Outcome("alma-saml", ADDRESS, vantage.key, at, Status(status), cause)
        context.workstations.record(vantage, [seen])
    same = SAME_SERVER.get(server, server), SAME_WORKSTATIONS.get(workstations, workstations)
    subject, line = (text.replace("~", THIN) for text in TEXTS[same])
    checked = f"Vérifié{THIN}: A1 Pages d’état{THIN}: non, A2 Collègues{THIN}: oui."
    lines = (line, checked, f"Poste{THIN}: poste-12.")
    assert call_summary(guide(context), FRENCH) == CallSummary(subject, lines)


def test_call_summary_of_a_cut_off_server_has_no_tests(
    context: AppContext, watch, handbook
) -> None:
    for ago in (2, 1, 0):
        at = context.now() - timedelta(seconds=ago)
        for key in handbook.targets:
            watch.see(key, Status.DOWN, at=at, cause=FailureCause.DNS)
    seen = Outcome("alma-saml", ADDRESS, "pc-1", context.now(), Status.UP)
    context.workstations.record(Vantage("pc-1"), [seen])
    made = call_summary(guide(context), FRENCH)
    assert made is not None
    assert (made.subject, *made.lines[:2]) == (
        UNTESTED,
        AT_WORKSTATION.replace("~", THIN),
        f"Pas testé{THIN}: DIS, états, SLSP, Ex Libris, EU03, Site externe, Alma, lien de secours, "
        "Tickets du CAD, Utilitaire de secours.",
    )


def test_call_summary_says_what_was_tested_in_part(context: AppContext, watch) -> None:
    watch.see("switch", Status.UP)
    made = call_summary(guide(context), FRENCH)
    assert made is not None
    assert made.subject == "Alma ne marche pas ici, rien n’échoue de ce que le serveur a testé."
    assert made.lines[1].startswith(f"Pas testé{THIN}: DIS, états")


def test_call_summary_leaves_out_old_readings(context: AppContext, clock) -> None:
    seen = Outcome("alma-saml", "https://a/", "pc-1", clock(), Status.DOWN, FailureCause.NETWORK)
    context.workstations.record(Vantage("pc-1"), [seen])
    at_once = call_summary(guide(context), ENGLISH)
    assert at_once is not None
    assert at_once.subject == "Failing: Alma, usual link."
    clock.pass_by(minutes=15, seconds=1)
    later = call_summary(guide(context), ENGLISH)
    assert later is not None
    assert later.subject == "Alma does not work here; not tested from the server."


def test_call_summary_is_plain_text(context: AppContext, watch) -> None:
    watch.see("switch", Status.UP)
    made = call_summary(guide(context), FRENCH)
    assert made is not None
    assert made.text == "\n".join((made.subject, "", *made.lines))
    assert unquote(made.mail) == f"mailto:?subject={made.subject}&body=" + "\r\n".join(made.lines)
    assert "AB" not in made.text


def test_call_summary_without_knowledge_is_empty(context: AppContext) -> None:
    assert call_summary(guide(context, query="step=B1"), FRENCH) is None
