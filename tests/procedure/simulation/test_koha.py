"""The stand-in for Koha accepts Relais's files, and refuses unknown cards and items."""

from datetime import timedelta

import pytest

from procedure.circulation.offline_files.koha_file import HEADER, KohaFile
from procedure.errors import OfflineFileError
from procedure.simulation.alma.world import World, stock_of
from procedure.simulation.koha import FakeKoha
from tests.support import make


@pytest.fixture
def koha() -> FakeKoha:
    return FakeKoha(World(stock_of(["BOOK1", "BOOK2"], ["CARD1", "CARD2"], {"HAUPT": "MAIN"})))


def test_lines_are_done_or_refused_in_order(koha: FakeKoha) -> None:
    minute = timedelta(minutes=1)
    loans = [
        make.loan(1, "BOOK1", "CARD1"),
        make.loan(2, "BOOK2", "CARD9", at=make.AT + minute),
        make.loan(3, "BOOK9", "CARD1", at=make.AT + 2 * minute),
        make.loan(4, "BOOK1", "CARD2", at=make.AT + 3 * minute),
    ]
    returns = [make.back(5, "BOOK2", at=make.AT + 4 * minute)]
    lines = koha.process(KohaFile().render(loans, returns=returns).content)
    assert [line.refused for line in lines] == [
        "",
        "user_not_found",
        "item_not_found",
        "",
        "",
    ]
    assert koha.on_loan == {"BOOK1": "CARD2"}


def test_koha_file_with_a_bad_line_is_refused(koha: FakeKoha) -> None:
    line = "2026-11-24 10:00:00 000\tissue\tCARD1\tBOOK1\n"
    with pytest.raises(OfflineFileError):
        koha.process(f"{HEADER}{line}rubbish\n".encode())
    assert koha.on_loan == {}
