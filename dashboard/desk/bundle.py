"""The desk page's files: read once, named together by one version, small enough for a slow line."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from dashboard.desk.papers import desk_content
from dashboard.ui.stylesheet import STYLESHEET
from dashboard.ui.templating import MODULES, asset
from procedure.handbook.model import Handbook

DESK = Path(__file__).resolve().parent / "page"
KINDS: Mapping[str, str] = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json; charset=utf-8",
}
# What the Panel page has too; its own frame is of no use here.
SHARED = (*MODULES, "icon.svg", STYLESHEET)
PAGE = "index.html"
WORKER = "sw.js"


@dataclass(frozen=True, slots=True)
class BundledFile:
    """A file as it is served: its media type, its content plain and compressed."""

    kind: str
    plain: bytes
    packed: bytes


@dataclass(frozen=True, slots=True)
class Bundle:
    """Every file of the desk page by name; `version` changes with any of them."""

    files: Mapping[str, BundledFile]
    version: str


def bundle(handbook: Handbook) -> Bundle:
    """Gather the files of the desk page, with these papers in it."""
    found = dict(_files())
    found[PAGE] = found[PAGE].replace(b"{{ modules }}", json.dumps(_modules()).encode())
    version = _digest(found, json.dumps(desk_content(handbook, ""), sort_keys=True))
    papers = json.dumps(desk_content(handbook, version), ensure_ascii=False)
    found["papers.json"] = papers.encode()
    # The service worker learns here what to keep; a new version is thereby another script.
    told = {"version": version, "files": ["./", *sorted(found.keys() - {PAGE, WORKER})]}
    found[WORKER] = f"const RELAIS = {json.dumps(told)}\n".encode() + found[WORKER]
    return Bundle({name: _file(name, content) for name, content in found.items()}, version)


def _files() -> Iterator[tuple[str, bytes]]:
    for name in SHARED:
        yield name, asset(name)
    for path in sorted(DESK.iterdir()):
        if path.suffix in KINDS:
            yield path.name, path.read_bytes()


def _modules() -> dict[str, dict[str, str]]:
    """Map the names under which shared modules import each other to where they are served."""
    return {"imports": {f"relais/{name}": f"./{name}" for name in MODULES}}


def _digest(files: Mapping[str, bytes], papers: str) -> str:
    digest = hashlib.sha256(papers.encode())
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:12]


def _file(name: str, content: bytes) -> BundledFile:
    return BundledFile(KINDS[Path(name).suffix], content, gzip.compress(content, mtime=0))
