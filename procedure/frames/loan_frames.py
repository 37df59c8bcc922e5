"""Loans as frames; users by pseudonyms."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from hashlib import blake2s
from typing import Any

import pandas as pd  # pyright: ignore[reportMissingTypeStubs] pandas carries its own types

from procedure.circulation.loan_row import LoanRow, LoanState
from procedure.frames.columns import INSTANT, category, lay_out

LOANS: Mapping[str, Any] = {
    "id": "str",
    "at": INSTANT,
    "desk": "str",
    "patron": "str",
    "item": "str",
    "state": category(*LoanState),
    "late": "bool",
    "warning": "str",
    "workstation": "str",
    "sequence": "int64",
    "recorded_at": INSTANT,
    "exported_at": INSTANT,
    "export": "str",
    "voided_at": INSTANT,
}


def loans(
    rows: Iterable[LoanRow], *, identifiers: bool = False, key: bytes | None = None
) -> pd.DataFrame:
    """Lay out the rows of a loan log, one a loan, in the order given; columns as in `LOANS`.

    `at` is when it was lent, `recorded_at` when it was committed; `export` is the name of the
    offline file. `patron` is a pseudonym of `pseudonyms` under `key`, unless `identifiers` asks
    for the real ones. Operators' initials and the reasons of voids, free words, are left out.
    """
    told = list(rows)
    real = [row.loan.patron for row in told]
    patrons = real if identifiers else pseudonyms(real, key=key)
    return lay_out(
        LOANS,
        (
            (
                *(str(row.loan.id), row.loan.at, row.loan.desk, patron, row.loan.item),
                *(row.state, row.loan.late, row.loan.warning),
                *(row.loan.workstation, row.loan.sequence, row.recorded_at),
                *(row.export and row.export.at, row.export and row.export.name),
                row.void and row.void.at,
            )
            for row, patron in zip(told, patrons, strict=True)
        ),
    )


def pseudonyms(identifiers: Iterable[str], *, key: bytes | None = None) -> list[str]:
    """Replace each identifier by 16 hexadecimal digits that say nothing about it.

    Equal identifiers give equal pseudonyms under one key (at most 32 bytes). Without a key, one
    is made for this call and forgotten: nobody can go back, and two calls cannot be joined.
    """
    key = secrets.token_bytes(32) if key is None else key
    return [blake2s(one.encode(), key=key, digest_size=8).hexdigest() for one in identifiers]
