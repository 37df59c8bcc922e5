"""The files of the desk page, with a common version."""

import gzip
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dashboard.desk.content import desk_content
from dashboard.translations import Language, language, offered_languages
from dashboard.ui.stylesheet import STYLESHEET
from dashboard.ui.templating import MODULES, asset
from procedure.handbook.model import Handbook
from procedure.local_time import library_zone

DESK = Path(__file__).resolve().parent / "page"
KINDS: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json; charset=utf-8",
}
# Files that the dashboard's page also uses.
SHARED = (*MODULES, "durations.js", "scanner_keys.js", "icon.svg", STYLESHEET)
PAGE = "index.html"
WORKER = "sw.js"
_COMMENT = re.compile(rb"^ *//.*\n|^ +", re.MULTILINE)  # a comment line, or indentation


@dataclass(frozen=True, slots=True)
class BundledFile:
    """A file: its media type, its content (plain and compressed) and its ETag."""

    kind: str
    plain: bytes
    packed: bytes
    tag: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """The files of the desk page by name; `version` changes whenever a file does."""

    files: Mapping[str, BundledFile]
    version: str


def bundle(handbook: Handbook, *, demo: str = "") -> Bundle:
    """Return the files of the desk page for a handbook.

    If `demo` is given ("demo" or "drill"), the page says that its content is made up.
    """
    files = dict(_files())
    files[PAGE] = _page(files[PAGE])
    version = _digest(files, json.dumps(desk_content(handbook, "", demo=demo), sort_keys=True))
    content = json.dumps(desk_content(handbook, version, demo=demo), ensure_ascii=False)
    files["papers.json"] = content.encode()
    # The service worker reads these values. They also change its script with each version, because
    # browsers install a worker only if its script has changed.
    cached = {"version": version, "files": ["./", *sorted(files.keys() - {PAGE, WORKER})]}
    files[WORKER] = f"const RELAIS = {json.dumps(cached)}\n".encode() + files[WORKER]
    return Bundle({name: _file(name, content) for name, content in files.items()}, version)


def _page(template: bytes) -> bytes:
    """Return the page's HTML; its only text says that the page needs JavaScript."""
    offered = [language(code) for code in offered_languages()]
    values = {
        b"modules": json.dumps(_modules()),
        b"zone": library_zone().key,
        b"language": offered[0].code,
        b"noscript": "".join(
            f'<p lang="{choice.code}">{without_script(choice)}</p>' for choice in offered
        ),
    }
    for name, value in values.items():
        template = template.replace(b"{{ %s }}" % name, value.encode())
    return template


def without_script(language: Language) -> str:
    """Return the text that the page shows if JavaScript is disabled."""
    say = language.say
    return say("Cette page a besoin de JavaScript. La procédure sur papier reste valable.")


def _files() -> Iterator[tuple[str, bytes]]:
    for name in SHARED:
        yield name, without_comments(name, asset(name))
    for path in sorted(DESK.iterdir()):
        if path.suffix in KINDS:
            yield path.name, without_comments(path.name, path.read_bytes())


def without_comments(name: str, content: bytes) -> bytes:
    """Return a script without its comment lines and indentation; return other files unchanged."""
    return _COMMENT.sub(b"", content) if name.endswith(".js") else content


def _modules() -> dict[str, dict[str, str]]:
    """Return the import map for the shared modules."""
    return {"imports": {f"relais/{name}": f"./{name}" for name in MODULES}}


def _digest(files: Mapping[str, bytes], content: str) -> str:
    digest = hashlib.sha256(content.encode())
    for name, file in sorted(files.items()):
        digest.update(f"{name}\0{len(file)}\0".encode() + file)
    return digest.hexdigest()[:12]


def _file(name: str, content: bytes) -> BundledFile:
    tag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    return BundledFile(KINDS[Path(name).suffix], content, gzip.compress(content, mtime=0), tag)
