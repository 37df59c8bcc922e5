"""The rules that derive a status from an answer's host, login, HTTP status and words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from procedure.monitoring.model import FailureCause, Outcome, Phase, Status, Target, Vantage
from procedure.monitoring.probe_findings import (
    ProbeFinding,
    body_finding,
    head_finding,
    is_captive_portal,
    login_sign,
    outcomes_in_browser,
    site_of,
    status_from_finding,
)

HOME = "https://www.unige.ch/biblio/alma-secours"
RESERVED = {"reserved": True}
ANY_LOGIN = {"login_hosts": ("*",)}
FEW_HOSTS = {"allowed_hosts": ("*.exlibrisgroup.com",)}
STRANGER = ProbeFinding(FailureCause.PORTAL, Phase.FIRST_BYTE, detail="answered by hotel.example")


def target(**options: object) -> Target:
    return Target("t", HOME, "A4", timedelta(minutes=1), **options)


def judged(status: int, url: str, **options: object) -> ProbeFinding | None:
    return head_finding(target(**options), status, url, HOME)


def login(sign: str) -> ProbeFinding:
    return ProbeFinding(reserved=True, detail=f"redirected to a login ({sign})")


@pytest.mark.parametrize(
    ("status", "url", "options", "finding"),
    [
        (200, HOME, {}, None),
        (206, HOME, {}, None),
        (200, "https://archive-ouverte.unige.ch/", {}, None),
        (200, "https://idp.unige.ch/idp/profile/SAML2/Redirect/SSO", {}, login("SAML")),
        (200, "https://login.eduid.ch/idp/x", {}, login("identity provider")),
        (200, "https://catalogue.unige.ch/login", {}, login("login")),
        (401, "https://adfs.other.example/adfs/ls/", {}, login("ADFS")),
        (200, "https://hotel.example/login", {}, STRANGER),
        (200, "https://hotel.example/login", RESERVED, login("login")),
        (200, "https://hotel.example/login", ANY_LOGIN, login("login")),
        (200, "https://hotel.example/hotspot/login", RESERVED, STRANGER),
        (200, "https://hotel.example/", RESERVED, STRANGER),
        (
            200,
            "https://hotel.example/hotspot/login",
            {"login_hosts": ("*.example",)},
            login("login"),
        ),
        (200, "https://eu03.alma.exlibrisgroup.com/mng", FEW_HOSTS, None),
        (200, "https://eu03.alma.exlibrisgroup.com/mng/login", FEW_HOSTS, login("login")),
        (401, HOME, RESERVED, ProbeFinding(reserved=True, detail="asks for a login")),
        (401, HOME, {}, ProbeFinding(FailureCause.STATUS, Phase.FIRST_BYTE, detail="HTTP 401")),
        (
            403,
            HOME,
            RESERVED,
            ProbeFinding(FailureCause.STATUS, Phase.FIRST_BYTE, detail="HTTP 403"),
        ),
        (
            503,
            "https://idp.unige.ch/idp/SSO",
            RESERVED,
            ProbeFinding(FailureCause.STATUS, Phase.FIRST_BYTE, detail="HTTP 503"),
        ),
        (304, HOME, {}, ProbeFinding(FailureCause.STATUS, Phase.FIRST_BYTE, detail="HTTP 304")),
    ],
)
def test_head_finding_of_each_answer(
    status: int, url: str, options: dict[str, object], finding: ProbeFinding | None
) -> None:
    assert judged(status, url, **options) == finding


def test_head_finding_is_none_for_an_address_of_a_login() -> None:
    alma = Target("t", "https://a.exlibrisgroup.com/SAML/idpCode/isis", "A4", timedelta(minutes=1))
    assert head_finding(alma, 200, alma.url, alma.url) is None


@pytest.mark.parametrize(
    ("must", "must_not", "text", "finding"),
    [
        ((), (), "anything", None),
        (("Alma",), (), "<b>ALMA</b>", None),
        (
            ("Alma",),
            (),
            "",
            ProbeFinding(FailureCause.CONTENT, Phase.BODY, detail="does not contain 'Alma'"),
        ),
        (
            ("Alma",),
            ("indisponible",),
            "Alma est INDISPONIBLE",
            ProbeFinding(FailureCause.CONTENT, Phase.BODY, detail="contains 'indisponible'"),
        ),
        (
            (),
            ("arrêté",),
            "arr&ecirc;t&eacute;s",
            ProbeFinding(FailureCause.CONTENT, Phase.BODY, detail="contains 'arrêté'"),
        ),
    ],
)
def test_body_finding_of_the_words_of_an_answer(
    must: tuple[str, ...], must_not: tuple[str, ...], text: str, finding: ProbeFinding | None
) -> None:
    aimed = target(must_contain=must, must_not_contain=must_not)
    assert body_finding(aimed, text) == finding


def test_status_of_is_slow_above_the_ceiling_and_never_when_down() -> None:
    aimed = target(slow_after=timedelta(seconds=1))
    assert status_from_finding(aimed, None, timedelta(seconds=1)) is Status.UP
    assert status_from_finding(aimed, None, timedelta(seconds=1.001)) is Status.SLOW
    assert (
        status_from_finding(aimed, ProbeFinding(reserved=True), timedelta(seconds=2)) is Status.SLOW
    )
    assert (
        status_from_finding(aimed, ProbeFinding(FailureCause.STATUS), timedelta(seconds=2))
        is Status.DOWN
    )


@pytest.mark.parametrize(
    ("url", "sign"),
    [
        ("https://x.example/SAML2/POST/SSO", "SAML"),
        ("https://x.example/Shibboleth.sso/Login", "Shibboleth"),
        ("https://wayf.switch.ch/SWITCHaai/WAYF", "discovery service"),
        ("https://login.microsoftonline.com/x/oauth2/authorize", "OAuth or OpenID"),
        ("https://x.example/realms/unige/protocol/openid-connect/auth", "OAuth or OpenID"),
        ("https://id.atlassian.com/login", "Atlassian"),
        ("https://x.example/accueil/connexion", "connexion"),
        ("https://x.example/sign-in", "login"),
        ("https://x.example/logistics", None),
        ("https://x.example/blog/indexing", None),
        ("https://x.example/authors", None),
        ("https://x.example/?next=/login", None),
    ],
)
def test_login_sign(url: str, sign: str | None) -> None:
    assert login_sign(url) == sign


def test_is_captive_portal() -> None:
    assert is_captive_portal("http://captive.example/login")
    assert is_captive_portal("http://10.0.0.1/guest/login")
    assert not is_captive_portal("https://login.example/")


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.unige.ch", "unige.ch"),
        ("unige.ch", "unige.ch"),
        ("library.ox.ac.uk", "ox.ac.uk"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("localhost", "localhost"),
        ("com", "com"),
    ],
)
def test_site_of_each_host(host: str, site: str) -> None:
    assert site_of(host) == site


AT = datetime(2026, 11, 24, 8, 12, tzinfo=UTC)
HERE = Vantage("pc-1", "Uni Mail")
SWITCH = Target("switch", "https://www.switch.ch", "A3", timedelta(minutes=1))
TARGETS = {"switch": SWITCH}


def test_outcomes_of_each_reading() -> None:
    looks = [
        {"target": "switch", "answered": True, "ms": 22.5},
        {"target": "switch", "answered": True, "ms": 2500},
        {"target": "switch", "answered": False, "late": True, "ms": 10_000},
        {"target": "switch", "answered": False, "late": False, "ms": 7},
    ]
    url = SWITCH.url
    assert list(outcomes_in_browser(looks, TARGETS, HERE, AT)) == [
        Outcome("switch", url, "pc-1", AT, Status.UP, latency_ms=22.5),
        Outcome("switch", url, "pc-1", AT, Status.SLOW, latency_ms=2500),
        Outcome("switch", url, "pc-1", AT, Status.DOWN, FailureCause.TIMEOUT, latency_ms=10_000),
        Outcome("switch", url, "pc-1", AT, Status.DOWN, FailureCause.NETWORK, latency_ms=7),
    ]


def test_outcomes_in_browser_drops_invalid_readings() -> None:
    looks = [
        {},
        {"target": "elsewhere", "answered": True, "ms": 1},
        {"target": "switch", "answered": True, "ms": "soon"},
        {"target": "switch", "answered": True, "ms": float("nan")},
        {"target": "switch", "answered": True, "ms": 9e9},
    ]
    assert list(outcomes_in_browser(looks, TARGETS, HERE, AT)) == []


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
)


@given(st.lists(st.dictionaries(st.sampled_from(["target", "answered", "late", "ms"]), anything)))
def test_outcomes_never_raises(looks: list[dict[str, object]]) -> None:
    for outcome in outcomes_in_browser(looks, TARGETS, HERE, AT):
        assert outcome.target == "switch"
