"""Lends and scans in items, each by Alma's rules."""

from __future__ import annotations

from datetime import datetime

from procedure.simulation.alma.refusals import ApiRefusal
from procedure.simulation.alma.world import AlmaLoan, AlmaUser, Desk, Item, World


def lend_now(
    world: World, user: AlmaUser, item: Item, *, desk: Desk, library: str, now: datetime
) -> AlmaLoan:
    """Return a new loan of an item, dated now [D].

    Raises:
        ApiRefusal: with the code of the first rule that forbids it.
    """
    if not item.lendable:
        raise ApiRefusal("401651")
    if desk.library != library or not desk.lends(item):
        raise ApiRefusal("401153")
    _check_user(world, user, now)
    active = world.active(item)
    if active is not None and active.user == user.primary_id:
        raise ApiRefusal("400042")
    # [I] A copy lent to, or on the hold shelf for, another user counts as not loanable.
    if active is not None or item.waits_for not in ("", user.primary_id):
        raise ApiRefusal("401651")
    return world.add_loan(user, item, desk, now, now + world.term(item))


def _check_user(world: World, user: AlmaUser, now: datetime) -> None:
    if user.blocks:
        raise ApiRefusal("401163")
    if user.expires is not None and user.expires <= now:
        raise ApiRefusal("401168")
    if user.limit is not None and len(world.loans_of(user)) >= user.limit:
        raise ApiRefusal("401161")


def scan_in(world: World, item: Item, desk: Desk | None, now: datetime) -> str:
    """Scan an item in and return where it goes next, as in Alma's `additional_info`.

    Raises:
        ApiRefusal: 40166415, no desk was sent [C]; 402504, scanned but not on loan [C].
    """
    if desk is None:
        raise ApiRefusal("40166415")
    returned = world.end_loan(item, now)
    if item.library != desk.library:
        item.process = "TRANSIT"
    if returned is None:
        raise ApiRefusal("402504")
    place = "Reshelve to" if item.process == "" else "In transit to"
    return f"Item's destination is: {place} {item.library}."
