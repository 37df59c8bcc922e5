"""The JSON bodies of Alma's API, as in public fixtures and schemas."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, cast

from procedure.simulation.alma.refusals import ApiRefusal
from procedure.simulation.alma.world import AlmaLoan, AlmaUser, Item, World

Body = Mapping[str, Any]  # the JSON object of a request or an answer


JSON = "application/json;charset=UTF-8"


def stamp(at: datetime) -> str:
    """Return a time as the API writes it: in UTC, with whole seconds and a Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def item_path(item: Item) -> str:
    return f"/almaws/v1/bibs/{item.mms_id}/holdings/{item.holding_id}/items/{item.pid}"


def item_body(item: Item, base: str) -> dict[str, object]:
    """Return an item [C: alma_rb spec/fixtures/item_from_barcode.json]."""
    in_place = not item.process
    return {
        "bib_data": {"mms_id": item.mms_id, "title": item.title},
        "holding_data": {"holding_id": item.holding_id},
        "item_data": {
            "pid": item.pid,
            "barcode": item.barcode,
            "base_status": {
                "value": "1" if in_place else "0",
                "desc": "Item in place" if in_place else "Item not in place",
            },
            "process_type": {"value": item.process},
            "library": {"value": item.library},
            "location": {"value": item.location},
            "policy": {"value": item.policy},
            "requested": bool(item.waits_for),
        },
        "link": base + item_path(item),
    }


def user_body(user: AlmaUser) -> dict[str, object]:
    """Return a user without addresses. Relais never reads the names, but other clients do."""
    return {
        "primary_id": user.primary_id,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "status": {"value": "ACTIVE"},
        "expiry_date": None if user.expires is None else f"{user.expires:%Y-%m-%d}Z",
        "user_identifier": [
            {"value": value, "id_type": {"value": kind}, "status": "ACTIVE"}
            for kind, value in user.identifiers
        ],
        "user_block": [
            {"block_type": {"value": "GENERAL"}, "block_description": {"value": code}}
            for code in user.blocks
        ],
    }


def loan_body(world: World, loan: AlmaLoan) -> dict[str, object]:
    """Return a loan [D: rest_item_loan.xsd]."""
    item = world.items[loan.item]
    return {
        "loan_id": loan.loan_id,
        "circ_desk": {"value": loan.desk},
        "library": {"value": loan.library},
        "user_id": loan.user,
        "item_barcode": loan.item,
        "loan_status": "ACTIVE" if loan.returned is None else "COMPLETE",
        "loan_date": stamp(loan.loan_date),
        "due_date": stamp(loan.due_date),
        "return_date": None if loan.returned is None else stamp(loan.returned),
        "process_status": "NORMAL",
        "mms_id": item.mms_id,
        "holding_id": item.holding_id,
        "item_id": item.pid,
        "title": item.title,
    }


def loans_body(world: World, loans: list[AlmaLoan], total: int) -> dict[str, object]:
    """Return a page of loans; `total` counts the loans on all pages."""
    body: dict[str, object] = {"total_record_count": total}
    if loans:
        body["item_loan"] = [loan_body(world, loan) for loan in loans]
    return body


class JsonBodies:
    """Reads and writes JSON. A subclass in the tests adds Alma's XML, which Relais does not use."""

    def read(self, content: bytes, content_type: str) -> Body:
        """Return the fields in a request's body, or {} if the body is empty or not an object.

        Raises:
            ApiRefusal: 401652, the body is not JSON; Alma's code for this is not published [I].
        """
        del content_type
        if not content.strip():
            return {}
        try:
            decoded: object = json.loads(content)
        except (ValueError, RecursionError):
            raise ApiRefusal("401652") from None
        return cast("Body", decoded) if isinstance(decoded, dict) else {}

    def write(self, body: Body, root: str, accept: str, query_format: str) -> tuple[str, str]:
        """Return the content type and text of an answer; `root` would be its element in XML."""
        del root, accept, query_format
        return JSON, json.dumps(body)
