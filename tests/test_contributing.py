"""CONTRIBUTING.md names existing files, and its steps for a new status page format work."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FORMATS = Path("procedure/status_pages/page_parsers.py")
FUNCTION = '''
"""Status pages of Cachet, where a number gives the status."""

import json
from datetime import datetime

from procedure.status_pages.feed import ParserContext
from procedure.status_pages.status import PageReport, PageStatus


def parse_cachet(body: bytes, at: datetime, context: ParserContext) -> PageReport:
    """Return the report of a page."""
    return PageReport(PageStatus.INCIDENT if json.loads(body)["status"] > 1 else PageStatus.OK)
'''
READ = """
import json
from datetime import datetime, timezone
from pathlib import Path

from procedure.io.handbook_files import load_handbook
from procedure.status_pages.feed import ComponentFilter, ParserContext
from procedure.status_pages.page_parsers import parse_page

target = load_handbook(Path("procedure/handbook")).targets["slsp-psi"]
at, context = datetime(2026, 11, 28, tzinfo=timezone.utc), ParserContext(ComponentFilter(("Alma",)))
reports = [parse_page(target.feed.format, body, at, context) for body in (b'{"status": 1}', b'{"status": 4}')]
print(json.dumps([target.feed.format, *(report.status for report in reports)]))
"""


def test_files_named_in_contributing_exist() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    paths = re.findall(r"`((?:procedure|dashboard|tests|docs)/[\w./-]+)`", text)
    assert len(paths) > 30
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_recipe_of_a_status_page_format_is_complete(tmp_path: Path) -> None:
    """Once a function and a table row have been added, a handbook can name the format."""
    shutil.copytree(ROOT / "procedure", tmp_path / "procedure")
    (tmp_path / "procedure/status_pages/cachet.py").write_text(FUNCTION, "utf-8")
    insert(
        tmp_path / FORMATS,
        {
            "from procedure.status_pages.confluence": "from procedure.status_pages.cachet import parse_cachet\n",
            '        "confluence": ': '        "cachet": Format(parse_cachet, _JSON),\n',
        },
    )
    targets = tmp_path / "procedure/handbook/targets.toml"
    text = targets.read_text("utf-8")
    renamed = re.sub(r'(\[slsp-psi\.feed\][^\[]*?format = )"[^"]+"', r'\1"cachet"', text)
    assert renamed != text
    targets.write_text(renamed, "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", READ], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["cachet", "ok", "incident"]


def insert(file: Path, lines: dict[str, str]) -> None:
    """Insert each value of `lines` before its key, which the file contains once."""
    text = file.read_text("utf-8")
    for place, line in lines.items():
        assert text.count(place) == 1
        text = text.replace(place, line + place)
    file.write_text(text, "utf-8")
