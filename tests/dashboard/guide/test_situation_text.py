"""Each situation has its sentence: the fact, the act, the page's title, in both languages."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.guide.next_action import Asked
from dashboard.guide.situation_text import Sentence, sentence
from dashboard.monitoring.situation import Kind, Situation
from dashboard.translations import language

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
SINCE = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
NAMES = {"switch": "Site externe", "tickets": "Tickets", "alma-saml": "Lien A", "alma-secours": "B"}
ALMA = ("alma-saml", "alma-secours")
ANSWER = {"fr": Asked("répondez aux questions"), "en": Asked("answer the questions")}
CONFIRM = Asked("confirmez les quatre réponses", "puis B2\u202f: signalez la panne", open=True)


def said(
    kind: Kind,
    *targets: str,
    code: str = "fr",
    since: datetime = SINCE,
    asked: Asked | None = None,
) -> Sentence:
    situation = Situation(kind, targets, 8, since)
    return sentence(situation, NAMES, language(code), NOON, asked or ANSWER[code])


@pytest.mark.parametrize(
    ("kind", "targets", "expected"),
    [
        (
            Kind.FIRST,
            (),
            Sentence(
                "clock",
                "unknown",
                "Premier relevé en cours.",
                "La procédure est déjà utilisable.",
                "Premier relevé",
            ),
        ),
        (
            Kind.STARTING,
            ("switch",),
            Sentence(
                "clock",
                "unknown",
                "Premier relevé en cours.",
                "1 adresse sur 8 répond déjà.",
                "Premier relevé",
            ),
        ),
        (
            Kind.STARTING,
            ("switch", "tickets"),
            Sentence(
                "clock",
                "unknown",
                "Premier relevé en cours.",
                "2 adresses sur 8 répondent déjà.",
                "Premier relevé",
            ),
        ),
        (
            Kind.BLIND,
            ALMA,
            Sentence(
                "unknown",
                "unknown",
                "Le serveur de Relais n’a plus de réseau depuis 09:12.",
                "Essayez Alma sur votre poste.",
                "Rien n’est connu",
            ),
        ),
        (
            Kind.STALE,
            ALMA,
            Sentence(
                "clock",
                "unknown",
                "Plus aucun relevé depuis 09:12.",
                "Essayez Alma sur votre poste.",
                "Rien n’est connu",
            ),
        ),
        (
            Kind.ALMA_UNREAD,
            ALMA,
            Sentence(
                "unknown",
                "unknown",
                "Alma n’est plus relevé depuis 09:12.",
                "Essayez Alma sur votre poste.",
                "Alma n’est pas relevé",
            ),
        ),
        (
            Kind.ALL_DOWN,
            (*ALMA, "switch"),
            Sentence(
                "down",
                "down",
                "Rien ne répond au serveur depuis 09:12.",
                "Le réseau est peut-être en cause\u202f: répondez aux questions.",
                "Rien ne répond",
            ),
        ),
        (
            Kind.ALMA_AND_OTHERS_DOWN,
            (*ALMA, "switch"),
            Sentence(
                "down",
                "down",
                "Ni Alma ni «\u202fSite externe\u202f» ne répondent depuis 09:12.",
                "Prêtez en secours, répondez aux questions.",
                "Alma ne répond plus",
            ),
        ),
        (
            Kind.ALMA_AND_OTHERS_DOWN,
            (*ALMA, "switch", "tickets"),
            Sentence(
                "down",
                "down",
                "Ni Alma ni 2 autres adresses ne répondent depuis 09:12.",
                "Prêtez en secours, répondez aux questions.",
                "Alma ne répond plus",
            ),
        ),
        (
            Kind.ALMA_DOWN,
            ALMA,
            Sentence(
                "down",
                "down",
                "Alma ne répond plus depuis 09:12.",
                "Prêtez en secours, répondez aux questions.",
                "Alma ne répond plus",
            ),
        ),
        (
            Kind.ALMA_LINK_DOWN,
            ALMA[:1],
            Sentence(
                "down",
                "down",
                "«\u202fLien A\u202f» ne répond plus depuis 09:12.",
                "Essayez l’autre lien, sinon répondez aux questions.",
                "Un lien d’Alma ne répond plus",
            ),
        ),
        (
            Kind.OTHERS_DOWN,
            ("switch",),
            Sentence(
                "down",
                "slow",
                "«\u202fSite externe\u202f» ne répond plus depuis 09:12.",
                "Alma répond\u202f; s’il échoue ici, répondez aux questions.",
                "Tout ne répond pas",
            ),
        ),
        (
            Kind.OTHERS_DOWN_ALMA_UNREAD,
            ("switch", "tickets"),
            Sentence(
                "down",
                "slow",
                "2 adresses ne répondent plus depuis 09:12.",
                "Alma n’est pas relevé. Essayez Alma sur votre poste.",
                "Tout ne répond pas",
            ),
        ),
        (
            Kind.ALMA_SLOW,
            ALMA,
            Sentence(
                "slow",
                "slow",
                "Alma est lent depuis 09:12.",
                "Patientez\u202f; s’il ne s’ouvre pas, répondez aux questions.",
                "Alma est lent",
            ),
        ),
        (
            Kind.NEARLY_ALL_UP,
            ("switch",),
            Sentence(
                "unknown",
                "unknown",
                "Presque tout répond.",
                "Une adresse n’est pas relevée.",
                "Presque tout répond",
            ),
        ),
        (
            Kind.OTHERS_SLOW,
            ("switch",),
            Sentence(
                "slow",
                "up",
                "Tout répond.",
                "Une adresse est lente. Rien à faire pour l’instant.",
                "Tout répond",
            ),
        ),
        (
            Kind.ALL_UP,
            (*ALMA, "switch"),
            Sentence("up", "up", "Tout répond.", "Rien à faire pour l’instant.", "Tout répond"),
        ),
    ],
)
def test_what_is_said(kind: Kind, targets: tuple[str, ...], expected: Sentence) -> None:
    assert said(kind, *targets) == expected


def test_no_kind_is_without_a_sentence_in_either_language() -> None:
    for kind in Kind:
        french, english = said(kind, *ALMA), said(kind, *ALMA, code="en")
        assert french.fact != english.fact
        assert (french.shape, french.tone) == (english.shape, english.tone)


def test_an_older_beginning_is_told_with_its_day() -> None:
    assert said(Kind.ALMA_DOWN, *ALMA, since=SINCE - timedelta(days=1)).fact == (
        "Alma ne répond plus depuis lundi 23 novembre, 09:12."
    )


def test_alma_that_was_never_read_has_no_since() -> None:
    never = sentence(
        Situation(Kind.ALMA_UNREAD, ALMA, 8), NAMES, language("fr"), NOON, ANSWER["fr"]
    )
    assert never.fact == "Alma n’est pas relevé."


def test_only_what_answers_has_the_disc() -> None:
    assert {kind for kind in Kind if said(kind, *ALMA).shape == "up"} == {Kind.ALL_UP}


@pytest.mark.parametrize(
    ("kind", "act"),
    [
        (Kind.ALMA_DOWN, "Prêtez en secours, confirmez les quatre réponses."),
        (
            Kind.ALL_DOWN,
            "Le réseau est peut-être en cause\u202f: confirmez les quatre réponses.",
        ),
        (Kind.ALMA_LINK_DOWN, "Essayez l’autre lien, sinon confirmez les quatre réponses."),
        (Kind.BLIND, "Essayez Alma sur votre poste, puis confirmez les quatre réponses."),
        (Kind.ALL_UP, "Si Alma échoue ici, confirmez les quatre réponses."),
        (
            Kind.OTHERS_SLOW,
            "Une adresse est lente. Si Alma échoue ici, confirmez les quatre réponses.",
        ),
    ],
)
def test_what_is_proposed_is_named_wherever_something_is_to_be_done(kind: Kind, act: str) -> None:
    assert said(kind, *ALMA[:1], asked=CONFIRM).act == act


def test_the_answers_and_what_comes_then_make_one_sentence() -> None:
    assert CONFIRM.onward == "Confirmez les quatre réponses, puis B2\u202f: signalez la panne."
    assert ANSWER["fr"].onward == "Répondez aux questions."


@pytest.mark.parametrize(
    ("to_bring", "asked", "act"),
    [
        (0, Asked(""), "Rien à faire pour l’instant."),
        (1, Asked(""), "1 prêt à ramener dans Alma."),
        (1000, Asked(""), "1~000 prêts à ramener dans Alma."),
        (None, Asked(""), "Lecture du journal…"),
        (3, CONFIRM, f"3 prêts à ramener dans Alma. Si Alma échoue ici, {CONFIRM.do}."),
        (0, CONFIRM, f"Si Alma échoue ici, {CONFIRM.do}."),
    ],
)
@pytest.mark.parametrize("kind", [Kind.ALL_UP, Kind.OTHERS_SLOW])
def test_nobody_is_told_that_there_is_nothing_to_do_while_loans_wait(
    kind: Kind, to_bring: int | None, asked: Asked, act: str
) -> None:
    state = Situation(kind, ("switch",), 8, SINCE)
    said = sentence(state, NAMES, language("fr"), NOON, asked, to_bring=to_bring)
    slow = "Une adresse est lente. " if kind is Kind.OTHERS_SLOW else ""
    assert said.act == slow + act.replace("~", "\u202f")
