"""The templates can be read in any editor."""

from dashboard.ui.templating import FOLDER

LONGEST = 200  # characters in a line


def test_template_lines_are_short() -> None:
    long = [
        f"{path.relative_to(FOLDER)}:{number}"
        for path in sorted(FOLDER.glob("*/templates/*.html"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if len(line) > LONGEST
    ]
    assert long == []
