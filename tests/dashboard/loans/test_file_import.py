"""Staff import a desk page's file if they may lend and void; other files need a coordinator."""

import json
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest

from dashboard.core.context import AppContext
from dashboard.core.errors import NotAllowed
from dashboard.core.session import Session
from dashboard.core.visitor import Permission, Visitor
from dashboard.loans.file_import import FileImport

TABLE = b"at,item,patron,desk\n24.11.2026 09:12,1060000001,2071234567,MAIL\n"


class Granted(Session):
    """The session of a user who has only the permissions in `acts`."""

    acts: frozenset[Permission] = frozenset()

    @property
    def person(self) -> Visitor:
        return Visitor(acts=self.acts)


def file_import(context: AppContext, *acts: Permission) -> FileImport:
    session = Granted(desk="MAIL")
    session.acts = frozenset(acts)
    return FileImport(context=context, session=session)


def saved(context: AppContext, *, void: bool) -> tuple[str, bytes]:
    """Return a file as a desk page saves it: two loans, a return and, with `void`, a void."""
    at = (context.clock.now() - timedelta(hours=1)).isoformat()
    made = {"at": at, "made_at": at, "desk": "CMU", "workstation": "poste-3"}
    loans = [
        {"kind": "loan", "patron": "2071234567", "item": f"106000000{number}"} for number in (1, 2)
    ]
    back = {"kind": "return", "item": "1060000003", "cart": "2"}
    taken_back = {"kind": "void", "loan": str(UUID(int=1)), "reason": "erreur"}
    lines = [*loans, back]
    if void:
        lines.append(taken_back)
    messages = [
        made | {"id": str(UUID(int=number)), "sequence": number} | line
        for number, line in enumerate(lines, start=1)
    ]
    return "relais_poste-3.jsonl", "".join(
        json.dumps(message) + "\n" for message in messages
    ).encode()


def test_import_of_a_desk_file_needs_the_permission_to_lend(context: AppContext) -> None:
    desk = file_import(context, Permission.LEND)
    for new in (Counter(loan=2, **{"return": 1}), Counter[str]()):
        desk.look([saved(context, void=False)])
        (file,) = desk.files
        # Each line names its own desk, which is recorded regardless of the page's desk.
        assert (file.new, file.desks, file.needs_desk) == (new, ("CMU",), False)
        assert file.workstations == ("poste-3",)
        desk.take()
        assert [(file.taken, file.new) for file in desk.files] == [(True, new)]
    context.folds.update()
    assert {row.loan.desk for row in context.folds.loan_log.rows()} == {"CMU"}


@pytest.mark.parametrize(
    ("granted", "void"),
    [({Permission.LEND}, True), ({Permission.VOID}, False), (set[Permission](), False)],
)
def test_import_needs_the_permissions_of_single_lines(
    context: AppContext, granted: set[Permission], void: bool
) -> None:
    desk = file_import(context, *granted)
    with pytest.raises(NotAllowed):
        desk.look([saved(context, void=void)])
    assert (desk.files, len(context.store.journal.since())) == ((), 0)


def test_import_of_other_files_is_for_coordinators(context: AppContext) -> None:
    with pytest.raises(NotAllowed):
        file_import(context, Permission.LEND, Permission.VOID).look(
            [saved(context, void=True), ("table.csv", TABLE)]
        )
    outage = file_import(context, Permission.COORDINATE)
    outage.look([("table.csv", TABLE)])
    assert outage.files[0].new == Counter(loan=1)
    outage.session.acts = frozenset()  # so the import is refused
    with pytest.raises(NotAllowed):
        outage.take()
    assert len(context.store.journal.since()) == 0
