"""The desk page as one HTML file, which works without a server."""

import gzip
import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from markupsafe import Markup

from dashboard.desk.bundle import DESK, without_comments, without_script
from dashboard.desk.content import file_content
from dashboard.translations import Language, language, offered_languages
from dashboard.ui.stylesheet import STYLESHEET
from dashboard.ui.templating import MODULES, asset, render
from procedure.handbook.model import Handbook
from procedure.local_time import library_zone

NAME = "relais-desk.html"
FILE = Path(__file__).resolve().parent / "file"
_FIRST = "desk_file.js"
_IMPORT = re.compile(rb'(from|import) "(?:\./|\.\./page/|relais/)([a-z0-9_]+\.js)"')


def one_file(handbook: Handbook, made: datetime, *, demo: str = "") -> bytes:
    """Return the desk file for a handbook; `made` (aware) is its date.

    If `demo` is given ("demo" or "drill"), the page says that its content is made up.
    """
    content = {
        "modules": {name: text.decode() for name, text in _modules()},
        "style": (asset(STYLESHEET) + (DESK / "desk.css").read_bytes()).decode(),
        "content": file_content(handbook, made, demo=demo),
    }
    packed = gzip.compress(json.dumps(content, ensure_ascii=False).encode(), mtime=0)
    offered = [language(code) for code in offered_languages()]
    scripts = [_script(name) for name in ("durations.js", "scanner_keys.js")]
    page = render(
        "desk/one_file",
        offered[0],
        notes=[(choice.code, without_script(choice), _too_old(choice)) for choice in offered],
        zone=library_zone().key,
        nonce=hashlib.sha256(packed).hexdigest()[:20],
        icon="data:image/svg+xml;base64," + b64encode(asset("icon.svg")).decode(),
        scripts=scripts,
        packed=b64encode(packed).decode(),
    )
    return page.encode()


def _modules() -> Iterator[tuple[str, bytes]]:
    """Yield the name and the text of each module, with names instead of URLs in its imports."""
    unread, reached = [_FIRST], {_FIRST}
    while unread:
        name = unread.pop()
        text = without_comments(name, _content(name))
        yield name, _IMPORT.sub(rb'\1 "relais/\2"', text)
        needed = {match[2].decode() for match in _IMPORT.finditer(text)} - reached
        unread += sorted(needed)
        reached |= needed


def _content(name: str) -> bytes:
    if name in MODULES:
        return asset(name)
    path = FILE / name
    return (path if path.exists() else DESK / name).read_bytes()


def _too_old(language: Language) -> str:
    say = language.say
    return say(
        "Ce navigateur est trop ancien pour ce fichier. La procédure sur papier reste valable."
    )


def _script(name: str) -> Markup:
    return Markup(without_comments(name, asset(name)).decode())  # noqa: S704  # our own file
