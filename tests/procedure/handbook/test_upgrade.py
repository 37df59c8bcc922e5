"""The fixes for a handbook of an earlier version are applied to its files."""

import pytest

from procedure.errors import Fault
from procedure.handbook.upgrade import upgraded


def test_fix_is_inserted_below_a_header_that_ends_the_file() -> None:
    fault = Fault("targets.toml", "a.means", "missing", fix='means = "system"')
    texts = {"targets.toml": "[a]", "steps.toml": "[A1]\n"}
    assert upgraded(texts, [fault]) == {"targets.toml": '[a]\nmeans = "system"\n'}


@pytest.mark.parametrize(
    "text", ["['\u00e9tats']\nurl = 'x'\n", "etats.url = 'x'\n", "etats = { url = 'x' }\n"]
)
def test_fault_in_a_table_without_a_header_is_left_to_a_person(text: str) -> None:
    fault = Fault("targets.toml", "etats.means", "missing", fix='means = "page"')
    assert upgraded({"targets.toml": text}, [fault]) == {}


def test_fixes_replace_delete_and_add_lines() -> None:
    faults = [
        Fault("targets.toml", "a.means", "wrong", fix='means = "system"'),
        Fault("targets.toml", "a.campus", "removed", fix=""),
        Fault("targets.toml", "front", "missing", fix='front = "a"'),
        Fault("contract.toml", "", "missing", fix="percent = 99\n"),
    ]
    text = '[a]\nmeans = "x"\ncampus = true\n'
    assert upgraded({"targets.toml": text}, faults) == {
        "targets.toml": 'front = "a"\n[a]\nmeans = "system"\n',
        "contract.toml": "percent = 99\n",
    }
