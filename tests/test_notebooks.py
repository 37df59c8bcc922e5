"""Each notebook runs on the made-up past from top to bottom, names nobody, and writes nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

from procedure.simulation.loans import PATRON_FORMATS

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"


@pytest.fixture(scope="module", params=["outages.ipynb", "dashboard.ipynb"])
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def kept(name: str) -> NotebookNode:
    return nbformat.read(NOTEBOOKS / name, as_version=4)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("notebook")


@pytest.fixture(scope="module")
def run(kept: NotebookNode, folder: Path) -> NotebookNode:
    notebook = nbformat.reads(nbformat.writes(kept), as_version=4)
    where = {"metadata": {"path": str(folder)}}
    return NotebookClient(notebook, timeout=120, resources=where).execute()


def outputs(notebook: NotebookNode) -> list[NotebookNode]:
    return [one for cell in notebook.cells for one in cell.get("outputs", [])]


def test_it_is_kept_without_outputs(kept: NotebookNode) -> None:
    assert outputs(kept) == []
    assert {cell.get("execution_count") for cell in kept.cells} == {None}


def test_one_line_chooses_between_the_made_up_past_and_the_live_database(
    kept: NotebookNode, name: str
) -> None:
    begins = {
        "outages.ipynb": 'SOURCE = "sample"  # "live" ',
        "dashboard.ipynb": 'DATABASE = ""  # "sqlite:///',
    }
    assert kept.cells[0].source.startswith(begins[name])
    assert "\n" not in kept.cells[0].source


def test_it_shows_tables_and_pictures_and_no_warning(run: NotebookNode, name: str) -> None:
    shown = outputs(run)
    assert [one.text for one in shown if one.output_type == "stream"] == []
    if name == "dashboard.ipynb":
        whole = "".join(one.get("data", {}).get("text/html", "") for one in shown)
        assert all(part in whole for part in ("Responds", "What to do now", "Loan log", "24 hours"))
        return
    assert sum("text/html" in one.get("data", {}) for one in shown) >= 10
    tables = "".join(one.get("data", {}).get("text/plain", "") for one in shown)
    assert "alma-saml" in tables
    assert "BASTIONS" in tables


def test_it_names_nobody(run: NotebookNode) -> None:
    shown = json.dumps([one.get("data", {}) for one in outputs(run)])
    forms = [form.replace("{:06d}", r"\d{6}") for form in PATRON_FORMATS]
    assert [re.findall(rf"\b{form}\b", shown) for form in forms] == [[]] * 3


def test_it_writes_no_file(run: NotebookNode, folder: Path) -> None:
    assert list(folder.iterdir()) == []
    kept = {one.name for one in NOTEBOOKS.iterdir() if not one.name.startswith(".")}
    assert kept == {"dashboard.ipynb", "outages.ipynb"}
