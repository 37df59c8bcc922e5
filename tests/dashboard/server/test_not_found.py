"""For an unknown path, browsers get a page in their language, and programs a line of text."""

import pytest

from dashboard.server.not_found import NotFound
from tests.support import http

ROUTES = [(r".*", NotFound, {"status_code": 404, "usual": "fr"})]
BROWSER = {"Accept": "text/html,*/*"}


@pytest.mark.parametrize(
    ("path", "headers", "said"),
    [
        ("/gone", BROWSER, "Cette adresse n’existe pas"),
        ("/gone?lang=de", BROWSER, "Diese Adresse gibt es nicht"),
        ("/gone", BROWSER | {"Accept-Language": "en-GB,en;q=0.9"}, "This address does not exist"),
    ],
)
def test_people_are_answered_with_a_page(path: str, headers: dict[str, str], said: str) -> None:
    answer = http.ask(ROUTES, path, headers=headers)
    page = answer.body.decode()
    assert (answer.code, said in page, '<a href="./?page=guide">' in page) == (404, True, True)


def test_page_of_a_deep_address_leads_back() -> None:
    page = http.ask(ROUTES, "/a/b/c", headers=BROWSER).body.decode()
    assert '<a href="../../?page=guide">' in page
    assert 'href="../../dashboard/assets/relais.css' in page


def test_programs_are_answered_with_a_line() -> None:
    answer = http.ask(ROUTES, "/gone", headers={"Accept": "application/json"})
    assert (answer.code, b"<nav" in answer.body) == (404, False)
