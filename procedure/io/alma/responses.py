"""Parses the responses of Alma's API; a missing field is not an error."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import cast

import msgspec

from procedure.reconciliation.alma_records import ItemFacts, LoanFacts, PatronFacts

Body = Mapping[str, object]


def body_of(content: bytes) -> Body | None:
    """Return a response's JSON object, or None for HTML, an empty body or anything else."""
    try:
        decoded: object = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError):
        return None
    return cast("Body", decoded) if isinstance(decoded, dict) else None


def error_code(body: Body) -> str:
    """Return Alma's error code, or an empty string.

    `error` is documented as a list, but in some responses it is a single object.
    """
    errors = _body(body, "errorList")
    first = next(iter(_bodies(errors, "error")), None) or _body(errors, "error")
    return _text(first, "errorCode")


def item_facts(body: Body) -> ItemFacts | None:
    data = _body(body, "item_data")
    if not _text(data, "pid"):
        return None
    return ItemFacts(
        barcode=_text(data, "barcode"),
        mms_id=_text(_body(body, "bib_data"), "mms_id"),
        holding_id=_text(_body(body, "holding_data"), "holding_id"),
        pid=_text(data, "pid"),
        library=_code(data, "library"),
        policy=_code(data, "policy"),
        process=_code(data, "process_type"),
    )


def patron_facts(body: Body) -> PatronFacts | None:
    primary = _text(body, "primary_id")
    if not primary:
        return None
    identifiers = _bodies(body, "user_identifier")
    return PatronFacts(
        primary_id=primary,
        identifiers=tuple(
            (_code(identifier, "id_type"), _text(identifier, "value")) for identifier in identifiers
        ),
        blocks=tuple(_code(block, "block_description") for block in _bodies(body, "user_block")),
        expires=_instant(body, "expiry_date"),
    )


def loan_facts(body: Body) -> LoanFacts:
    return LoanFacts(
        item=_text(body, "item_barcode"),
        user=_text(body, "user_id"),
        lent_at=_instant(body, "loan_date"),
        due=_instant(body, "due_date"),
        loan_id=_text(body, "loan_id"),
    )


def loans_of(body: Body) -> tuple[list[LoanFacts], int]:
    """Return one page of a list of loans, and the number of loans in the whole list."""
    total = body.get("total_record_count")
    loans = [loan_facts(entry) for entry in _bodies(body, "item_loan")]
    return loans, total if isinstance(total, int) else len(loans)


def held_for(body: Body) -> tuple[str, ...]:
    """Return the primary ids of the patrons for whom a copy is on the hold shelf."""
    requests = _bodies(body, "user_request")
    return tuple(
        _text(request, "user_primary_id")
        for request in requests
        if "HOLD_SHELF" in _text(request, "request_status").upper()
    )


def _body(body: Body, name: str) -> Body:
    value = body.get(name)
    return cast("Body", value) if isinstance(value, dict) else {}


def _bodies(body: Body, name: str) -> Sequence[Body]:
    value = body.get(name)
    if not isinstance(value, list):
        return []
    return [cast("Body", entry) for entry in cast("list[object]", value) if isinstance(entry, dict)]


def _text(body: Body, name: str) -> str:
    value = body.get(name)
    return str(value) if isinstance(value, str | int) else ""


def _code(body: Body, name: str) -> str:
    """Return the code from `{"value": "MAIL", "desc": …}` or from a bare string."""
    return _text(_body(body, name), "value") or _text(body, name)


def _instant(body: Body, name: str) -> datetime | None:
    text = _text(body, name)
    # A date without a time looks like 2026-11-24Z.
    text = text.replace("Z", "T00:00:00Z") if len(text) == 11 else text
    try:
        at = datetime.fromisoformat(text)
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
