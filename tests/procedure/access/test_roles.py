"""The documentation's role table matches the code."""

from pathlib import Path

from procedure.access.roles import PERMISSIONS_OF, Permission, Role

DOCS = Path(__file__).parents[3] / "docs" / "security.md"


def test_documentation_has_the_table_of_rights() -> None:
    lines = DOCS.read_text("utf-8").splitlines()
    head = next(line for line in lines if line.startswith("| permission |"))
    cells = [line.strip("|").split("|") for line in lines if line.startswith("| `")]
    rows = [[cell.strip() for cell in row] for row in cells]
    shown = {row[0].strip("`"): row[2:5] for row in rows if row[0].strip("`") in set(Permission)}
    assert [cell.strip() for cell in head.strip("|").split("|")][2:5] == list(Role)
    assert shown == {
        permission: ["yes" if permission in PERMISSIONS_OF[role] else "" for role in Role]
        for permission in Permission
    }
