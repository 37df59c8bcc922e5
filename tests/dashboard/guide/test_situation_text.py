"""Each situation has a fact, an action and a title for the page, in French and English."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.guide.situation_text import StatusText, status_text
from dashboard.monitoring.situation import Situation, SituationKind
from dashboard.translations import language

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
SINCE = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
NAMES = {"switch": "Site externe", "tickets": "Tickets", "alma-saml": "Lien A", "alma-secours": "B"}
ALMA = ("alma-saml", "alma-secours")


def text_of(
    kind: SituationKind,
    *targets: str,
    code: str = "fr",
    since: datetime = SINCE,
) -> StatusText:
    beside = tuple(target for target in targets if target not in ALMA)
    situation = Situation(kind, targets, 8, since, beside)
    return status_text(situation, NAMES, language(code), NOON)


@pytest.mark.parametrize(
    ("kind", "targets", "expected"),
    [
        (
            SituationKind.FIRST,
            (),
            "clock unknown: Premier relevé en cours. | La procédure est déjà utilisable. | Premier relevé",
        ),
        (
            SituationKind.STARTING,
            ("switch",),
            "clock unknown: Premier relevé en cours. | 1 adresse sur 8 répond déjà. | Premier relevé",
        ),
        (
            SituationKind.STARTING,
            ("switch", "tickets"),
            "clock unknown: Premier relevé en cours. | 2 adresses sur 8 répondent déjà. | Premier relevé",
        ),
        (
            SituationKind.BLIND,
            ALMA,
            "unknown unknown: Le serveur de Relais n’a plus de réseau depuis 09:12. | Essayez Alma sur votre poste. | Rien n’est connu",
        ),
        (
            SituationKind.STALE,
            ALMA,
            "clock unknown: Plus aucun relevé depuis 09:12. | Essayez Alma sur votre poste. | Rien n’est connu",
        ),
        (
            SituationKind.ALMA_UNREAD,
            ALMA,
            "unknown unknown: Alma n’est plus relevé depuis 09:12. | Essayez Alma sur votre poste. | Alma n’est pas relevé",
        ),
        (
            SituationKind.ALL_DOWN,
            (*ALMA, "switch"),
            "down down: Rien ne répond au serveur depuis 09:12. | Le réseau est peut-être en cause\u202f: prêtez en secours. | Rien ne répond",
        ),
        (
            SituationKind.ALMA_AND_OTHERS_DOWN,
            (*ALMA, "switch"),
            "down down: Ni Alma ni «\u202fSite externe\u202f» ne répondent depuis 09:12. | Prêtez en secours. | Alma ne répond plus",
        ),
        (
            SituationKind.ALMA_AND_OTHERS_DOWN,
            (*ALMA, "switch", "tickets"),
            "down down: Ni Alma ni 2 autres adresses ne répondent depuis 09:12. | Prêtez en secours. | Alma ne répond plus",
        ),
        (
            SituationKind.ALMA_DOWN,
            ALMA,
            "down down: Alma ne répond plus depuis 09:12. | Prêtez en secours. | Alma ne répond plus",
        ),
        (
            SituationKind.ALMA_LINK_DOWN,
            ALMA[:1],
            "down down: «\u202fLien A\u202f» ne répond plus depuis 09:12. | Essayez l’autre lien, sinon prêtez en secours. | Un lien d’Alma ne répond plus",
        ),
        (
            SituationKind.OTHERS_DOWN,
            ("switch",),
            "down slow: «\u202fSite externe\u202f» ne répond plus depuis 09:12. | Alma répond\u202f; s’il échoue ici, prêtez en secours. | Tout ne répond pas",
        ),
        (
            SituationKind.OTHERS_DOWN_ALMA_UNREAD,
            ("switch", "tickets"),
            "down slow: 2 adresses ne répondent plus depuis 09:12. | Alma n’est pas relevé. Essayez Alma sur votre poste. | Tout ne répond pas",
        ),
        (
            SituationKind.ALMA_SLOW,
            ALMA,
            "slow slow: Alma est lent depuis 09:12. | Patientez\u202f; s’il ne s’ouvre pas, prêtez en secours. | Alma est lent",
        ),
        (
            SituationKind.NEARLY_ALL_UP,
            ("switch",),
            "unknown unknown: Presque tout répond. | Une adresse n’est pas relevée. | Presque tout répond",
        ),
        (
            SituationKind.OTHERS_SLOW,
            ("switch",),
            "slow up: Tout répond. | Une adresse est lente. Rien à faire. | Tout répond",
        ),
        (
            SituationKind.ALL_UP,
            (*ALMA, "switch"),
            "up up: Tout répond. | Rien à faire. | Tout répond",
        ),
    ],
)
def test_status_text_of_each_situation(
    kind: SituationKind, targets: tuple[str, ...], expected: str
) -> None:
    text = text_of(kind, *targets)
    seen = f"{text.shape} {text.tone}: {text.fact} | {text.act} | {text.title}"
    assert seen == expected


def test_status_text_for_every_kind_in_both_languages() -> None:
    for kind in SituationKind:
        french, english = text_of(kind, *ALMA), text_of(kind, *ALMA, code="en")
        assert french.fact != english.fact
        assert (french.shape, french.tone) == (english.shape, english.tone)


def test_status_text_has_the_day_of_an_older_start() -> None:
    assert text_of(SituationKind.ALMA_DOWN, *ALMA, since=SINCE - timedelta(days=1)).fact == (
        "Alma ne répond plus depuis lundi 23 novembre, 09:12."
    )


def test_status_text_of_alma_never_read_has_no_since() -> None:
    never = status_text(Situation(SituationKind.ALMA_UNREAD, ALMA, 8), NAMES, language("fr"), NOON)
    assert never.fact == "Alma n’est pas relevé."


def test_status_text_has_the_green_sign_only_when_up() -> None:
    assert {kind for kind in SituationKind if text_of(kind, *ALMA).shape == "up"} == {
        SituationKind.ALL_UP
    }


@pytest.mark.parametrize(
    ("left", "act"),
    [
        ("", "Rien à faire."),
        ("1 prêt à transférer.", "1 prêt à transférer."),
        (None, "Lecture du journal…"),
    ],
)
@pytest.mark.parametrize("kind", [SituationKind.ALL_UP, SituationKind.OTHERS_SLOW])
def test_status_text_says_nothing_to_do_only_if_nothing_is_left(
    kind: SituationKind, left: str | None, act: str
) -> None:
    state = Situation(kind, ("switch",), 8, SINCE)
    text = status_text(state, NAMES, language("fr"), NOON, left=left)
    slow = "Une adresse est lente. " if kind is SituationKind.OTHERS_SLOW else ""
    assert text.act == slow + act
