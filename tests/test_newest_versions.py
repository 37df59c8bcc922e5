"""Tests for `tests.newest_versions`."""

import json

import pytest

from tests.newest_versions import outdated

BABEL = {"name": "babel", "version": "2.17.0", "latest_version": "2.19.0"}
PANEL = {"name": "panel", "version": "1.9.4", "latest_version": "1.10.0"}


@pytest.mark.parametrize(
    ("listed", "expected"),
    [([], {}), ([BABEL], {}), ([BABEL, PANEL], {"panel": "1.10.0"})],
    ids=["none", "another", "panel"],
)
def test_outdated_names_only_the_dependencies_of_relais(
    listed: list[dict[str, str]], expected: dict[str, str]
) -> None:
    assert outdated(json.dumps(listed)) == expected
