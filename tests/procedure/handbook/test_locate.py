"""Finding the lines of keys in a TOML file."""

import tomllib

import pytest

from procedure.handbook.locate import line_of, lines_of_keys

TEXT = """\
# closed = "2026"
start = "A1"
"strange key" = 1

[A1]  # the first
kind = "question"
answers.yes = "B1"
long = '''
[not.a.section]
kind = "nor this"
'''

[front]
[[front.telephones]]
shown = "1"

[[front.telephones]]
shown = "[2]"

[ "steps" . A2 ]
list = [
  { name = "x" },
]
"""


def test_lines_of_keys() -> None:
    assert tomllib.loads(TEXT)["start"] == "A1"
    assert lines_of_keys(TEXT) == {
        "start": 2,
        "strange key": 3,
        "A1": 5,
        "A1.kind": 6,
        "A1.answers.yes": 7,
        "A1.long": 8,
        "front": 13,
        "front.telephones[1]": 14,
        "front.telephones[1].shown": 15,
        "front.telephones[2]": 17,
        "front.telephones[2].shown": 18,
        "steps.A2": 20,
        "steps.A2.list": 21,
    }


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("A1.kind", 6),
        ("A1.targets", 5),
        ("A1.answers.yes.label", 7),
        ("front.telephones[2].dialled", 17),
        ("front.telephones[3]", 13),
        ("steps.A2.list", 21),
        ("nowhere", 1),
        ("", 1),
    ],
)
def test_line_of_a_key_or_the_closest_table(key: str, line: int) -> None:
    assert line_of(lines_of_keys(TEXT), key) == line
