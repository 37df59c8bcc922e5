"""The simulation's nightly exports: accounts as XML and items as CSV."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from procedure.simulation.alma.world import AlmaUser, World

ITEM_COLUMNS = ("Barcode", "Item Policy", "Not for loan", "Requested")


def users_xml(world: World) -> Iterator[str]:
    """Yield the export of users, in pieces.

    [D] Version 2 of this export has the same format as the user object of Alma's users API.
    """
    yield '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<users>\n'
    for user in _accounts(world):
        yield _user_xml(user)
    yield "</users>\n"


def items_csv(world: World) -> Iterator[str]:
    """Yield a report of items as CSV, in pieces."""
    yield ",".join(ITEM_COLUMNS) + "\r\n"
    for row in _item_rows(world):
        yield ",".join(row) + "\r\n"


def _accounts(world: World) -> Iterator[AlmaUser]:
    return iter({id(user): user for user in world.users.values()}.values())


def _user_xml(user: AlmaUser) -> str:
    identifiers = "".join(
        f"<user_identifier><id_type>{escape(kind)}</id_type><value>{escape(value)}</value>"
        "<status>ACTIVE</status></user_identifier>"
        for kind, value in user.identifiers
    )
    blocks = "".join(
        f"<user_block><block_type>GENERAL</block_type><block_description>{escape(code)}"
        "</block_description><block_status>ACTIVE</block_status></user_block>"
        for code in user.blocks
    )
    expires = f"<expiry_date>{user.expires:%Y-%m-%d}Z</expiry_date>" if user.expires else ""
    return (
        f"<user><primary_id>{escape(user.primary_id)}</primary_id>"
        f"<first_name>{escape(user.first_name)}</first_name>"
        f"<last_name>{escape(user.last_name)}</last_name>{expires}<status>ACTIVE</status>"
        f"<user_identifiers>{identifiers}</user_identifiers>"
        f"<user_blocks>{blocks}</user_blocks></user>\n"
    )


def _item_rows(world: World) -> Iterator[tuple[str, ...]]:
    for item in world.items.values():
        yield item.barcode, item.policy, _flag(not item.lendable), _flag(bool(item.waits_for))


def _flag(is_set: bool) -> str:  # noqa: FBT001
    return "Yes" if is_set else ""
