"""The handbook sets a desk's response to each warning from the offline lists."""

from datetime import UTC, datetime, timedelta

from procedure.circulation.list_advice import ListAct, ListAdvice, ListRules, Reason

AS_OF = datetime(2026, 11, 24, 1, 10, tzinfo=UTC)


def advice(reason: Reason) -> ListAdvice:
    return ListAdvice(reason, AS_OF)


def test_every_reason_has_an_act_by_default() -> None:
    acts = {reason: ListRules().act(reason) for reason in Reason}
    assert acts[Reason.KNOWN] is ListAct.NOTHING
    asked = {reason for reason, act in acts.items() if act is ListAct.ASK}
    assert asked == {Reason.CARD_BLOCKED, Reason.CARD_EXPIRED, Reason.ITEM_NOT_FOR_LOAN}


def test_shown_leaves_out_reasons_that_the_handbook_ignores() -> None:
    rules = ListRules(item_unknown=ListAct.NOTHING)
    blocked, unknown = advice(Reason.CARD_BLOCKED), advice(Reason.ITEM_UNKNOWN)
    said = [None, unknown, advice(Reason.KNOWN), blocked]
    assert list(rules.list_warnings(said, AS_OF)) == [blocked]


def test_shown_is_empty_once_the_list_is_stale() -> None:
    rules, blocked = ListRules(lists_stale=72), advice(Reason.CARD_BLOCKED)
    last = rules.silent_from(AS_OF) - timedelta(seconds=1)
    assert list(rules.list_warnings([blocked], last)) == [blocked]
    assert list(rules.list_warnings([blocked], last + timedelta(seconds=1))) == []
