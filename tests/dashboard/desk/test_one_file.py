"""The desk page as one HTML file has the right size and content, and needs no server."""

import gzip
import json
import re
from base64 import b64decode
from datetime import UTC, datetime
from typing import Any

from dashboard.desk.one_file import one_file
from procedure.handbook.model import Handbook

MADE = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
PACKED = re.compile(r'id="packed">([^<]+)<')


def packed(page: str) -> dict[str, Any]:
    match = PACKED.search(page)
    assert match
    return json.loads(gzip.decompress(b64decode(match[1])))


def test_file_is_small_and_the_same_for_the_same_handbook(handbook: Handbook) -> None:
    made = one_file(handbook, MADE)
    assert len(made) <= 155_000
    assert made == one_file(handbook, MADE)


def test_file_fetches_nothing(handbook: Handbook) -> None:
    page = one_file(handbook, MADE).decode()
    assert re.findall(r'\b(?:src|href)="(?!data:)', page) == []
    assert "default-src 'none'" in page
    inside = packed(page)
    assert "@import" not in inside["style"]
    assert re.findall(r"url\((?!\"?data:)", inside["style"]) == []


def test_every_module_finds_its_imports(handbook: Handbook) -> None:
    modules: dict[str, str] = packed(one_file(handbook, MADE).decode())["modules"]
    needed = {name for text in modules.values() for name in re.findall(r'from "(.+?)"', text)}
    assert needed | {"relais/desk_file.js"} == {f"relais/{name}" for name in modules}
    # The page from the server has a worker and a connection, so only that page needs these modules.
    assert not {"desk.js", "page_worker.js", "connection.js", "return_to_page.js"} & modules.keys()


def test_file_has_the_handbook_and_its_day(handbook: Handbook) -> None:
    content = packed(one_file(handbook, MADE).decode())["content"]
    assert content["library"] == handbook.words["fr"].library
    assert (content["made"], content["version"]) == ("2026-11-24T23:30:00+00:00", "2026-11-25")
    assert content["desks"] == {code: desk.name for code, desk in handbook.desks.items()}
    assert content["rules"] == handbook.scan_rules()
    texts = [language["words"] for language in content["languages"].values()]
    assert all(text.keys() == texts[0].keys() and all(text.values()) for text in texts)


def test_file_of_a_drill_says_so(handbook: Handbook) -> None:
    content = packed(one_file(handbook, MADE, demo="drill").decode())["content"]
    page = content["languages"]["fr"]["page"]
    assert "Exercice" in page
    assert "Où en est l’exercice" not in page
