"""Makes files of offline lists in the formats that library systems export."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile


def users_xml(cards: Iterable[str], blocked: Iterable[str] = ()) -> str:
    """Return Alma's export of users with these cards; a user's primary id is CARD@eduid.ch."""
    barred = set(blocked)
    block = "<user_block><block_status>ACTIVE</block_status></user_block>"
    users = "".join(
        f"<user><primary_id>{card}@eduid.ch</primary_id><user_identifiers><user_identifier>"
        f"<value>{card}</value></user_identifier></user_identifiers><user_blocks>"
        f"{block if card in barred else ''}</user_blocks></user>"
        for card in cards
    )
    return f"<users>{users}</users>"


def zipped(path: Path, **members: str) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as packed:
        for name, text in members.items():
            packed.writestr(name, text)
    return path


def koha_file(path: Path, rows: Iterable[tuple[object, ...]]) -> Path:
    """Write a file like Koha's `borrowers.db`.

    A row has the card, its expiry date, and the columns `debarred`, `lost` and `gonenoaddress`.
    """
    with closing(sqlite3.connect(path)) as made, made:
        made.execute(
            "CREATE TABLE borrowers (borrowernumber int, cardnumber varchar(32), surname text, "
            "firstname text, dateexpiry date, debarred date, lost tinyint, gonenoaddress tinyint, "
            "total_fines decimal)"
        )
        made.executemany("INSERT INTO borrowers VALUES (1, ?, 'Nom', 'Anne', ?, ?, ?, ?, 3)", rows)
    return path
