"""Each notebook runs on sample data, shows no patron identifier, and writes no file."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from procedure.simulation.desk_day import PATRON_FORMATS

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
TABLE = "published_incidents.csv"
# A sentence from each notebook's answer, with patterns in place of the computed figures.
ANSWERS = {
    "1-what-was-out": r"Alma was available for \*\*\d\d\.\d\d%\*\*.* It was out [1-9]\d* times.*"
    r"According to the service level, \d.* were lost, of which \d.* had not been announced",
    "2-one-outage": r"reported after \*\*\d+ minutes\*\*, declared after \d+ minutes",
    "3-lending": r"\*\*[1-9]\d* loans\*\* are valid.* was signed \d+ h \d\d after",
    "4-thresholds": r"suspected after a median of \*\*\d+ min\*\*, with \d+ false alarms",
    "6-ten-questions": r"The last outage has \*\*[1-9]\d* loans\*\*.* alarms instead of \d+",
    "5-published-record": r"the median lasted \*\*\d+ minutes\*\* \(95 % interval \d+ to \d+\)",
}
RECORDS = [name for name in ANSWERS if name != "5-published-record"]


@pytest.fixture(scope="module", params=[*ANSWERS, "dashboard"])
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def stored(name: str) -> NotebookNode:
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("notebook")
    shutil.copy(NOTEBOOKS / TABLE, path)
    return path


@pytest.fixture(scope="module")
def kernel(folder: Path) -> Iterator[AsyncKernelManager]:
    """One kernel for all notebooks, because its imports take seconds."""
    manager = AsyncKernelManager()
    run_sync(manager.start_kernel)(cwd=str(folder))
    yield manager
    run_sync(manager.shutdown_kernel)(now=True)


@pytest.fixture(scope="module")
def run(stored: NotebookNode, kernel: AsyncKernelManager) -> NotebookNode:
    notebook = nbformat.reads(nbformat.writes(stored), as_version=4)
    notebook.cells.insert(0, new_code_cell("%reset -f"))
    client = NotebookClient(notebook, km=kernel, timeout=240)
    client.execute()
    assert client.kc is not None
    client.kc.stop_channels()
    return notebook


def outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def test_notebook_is_stored_without_outputs(stored: NotebookNode) -> None:
    assert outputs(stored) == []
    assert {cell.get("execution_count") for cell in stored.cells} == {None}


def test_notebook_source_is_chosen_in_one_line(stored: NotebookNode, name: str) -> None:
    if name != "5-published-record":
        assert stored.cells[0].source.startswith('DATABASE = ""  # "sqlite:///')
        assert "\n" not in stored.cells[0].source


def test_notebook_answers_in_words_without_warnings(run: NotebookNode, name: str) -> None:
    shown = outputs(run)
    assert [output.text for output in shown if output.output_type == "stream"] == []
    if name == "dashboard":
        whole = "".join(output.get("data", {}).get("text/html", "") for output in shown)
        missing = [
            part
            for part in ("Responds", "The questions of the procedure", "Loan log", "24 hours")
            if part not in whole
        ]
        assert missing == []
        return
    words = "".join(output.get("data", {}).get("text/markdown", "") for output in shown)
    assert re.search(ANSWERS[name], words)
    assert not re.search(r"\bnan\b|NaT", words)


def test_notebook_months_follow_the_librarys_clock(run: NotebookNode, name: str) -> None:
    """The sample begins in October in local time, but its first hours are in September in UTC."""
    if name == "1-what-was-out":
        shown = "".join(output.get("data", {}).get("text/html", "") for output in outputs(run))
        months = set(re.findall(r"<th>(\d{4}-\d{2})</th>", shown))
        assert months == {"2026-10", "2026-11"}


def test_notebook_shows_no_identifier(run: NotebookNode) -> None:
    shown = json.dumps([output.get("data", {}) for output in outputs(run)])
    forms = [form.replace("{:06d}", r"\d{6}") for form in PATRON_FORMATS]
    assert [re.findall(rf"\b{form}\b", shown) for form in forms] == [[]] * 3


def test_notebook_writes_no_file(run: NotebookNode, folder: Path) -> None:
    assert [path.name for path in folder.iterdir()] == [TABLE]
    names = {path.name for path in NOTEBOOKS.iterdir() if not path.name.startswith(".")}
    assert names == {f"{stem}.ipynb" for stem in (*ANSWERS, "dashboard")} | {TABLE, "example.py"}


def test_notebook_questions_take_three_lines_each() -> None:
    cells = [
        cell
        for name in RECORDS
        for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells
        if "question" in cell.metadata.get("tags", [])
    ]
    lengths = [len(cell.source.splitlines()) for cell in cells]
    assert len(lengths) >= 10
    assert max(lengths) <= 3


def test_published_outages_have_a_source() -> None:
    rows = (NOTEBOOKS / TABLE).read_text("utf-8").splitlines()
    assert rows[0] == "start,instance,minutes,cause,source"
    assert all("https://knowledge.exlibrisgroup.com/" in row for row in rows[1:])
