"""The carts: items to return in Alma now, and items whose loan must be settled first."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

import param

from dashboard.core.state import needs
from dashboard.reconciliation.base_view import Actions, StepView
from dashboard.reconciliation.cart_returns import CartReturns
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.reconciliation_text import outcomes
from procedure.circulation.settlements import ReturnSettledByHand
from procedure.circulation.transactions import Return
from procedure.reconciliation.carts import CartCount
from procedure.reconciliation.corrections import ALMA_SCREEN
from procedure.reconciliation.overview import ReconciliationOverview

SHOWN = 50  # returns per list


@dataclass(frozen=True, slots=True)
class DeskCarts:
    """A desk's carts.

    `open_rows` is the number of loans that keep the carts closed. `safe` is the number of items to
    return now, and `later` is the number of items whose loan must be settled first.
    """

    code: str
    name: str
    open_rows: int
    safe: int
    later: int
    count: CartCount


class CartReturnsView(StepView):
    """The carts; a desk's carts stay closed until its loans are settled."""

    step = "carts"

    returns = needs(CartReturns)
    desk = param.String(doc="The desk of the chosen cart; empty until a cart is chosen.")
    listing = param.Boolean(
        default=False, doc="Whether a single item can be chosen from the list and settled."
    )

    def __init__(self, *, progress: ReconciliationProgress, **params: object) -> None:
        super().__init__(progress=progress, returns=CartReturns(progress=progress), **params)

    @param.depends(
        "desk",
        "listing",
        "returns.item",
        "returns.confirming",
        "returns.sending",
        "returns.outcome",
    )
    def draw(self, overview: ReconciliationOverview) -> str:
        returns, carts = self.returns, self._counted(overview)
        chosen = next((cart for cart in carts if cart.code == self.desk), None) or _first_open(
            carts
        )
        on_it = [cart for cart in overview.carts if chosen and cart.returned.desk == chosen.code]
        return self._render(
            "cart_returns",
            carts=carts,
            chosen=chosen,
            safe=[cart for cart in on_it if cart.safe],
            later=[cart for cart in on_it if not cart.safe],
            listing=self.listing,
            returns=sum(cart_count.all for cart_count in overview.cart_counts),
            returns_done=sum(cart_count.accounted for cart_count in overview.cart_counts),
            settled=[*islice(self._by_hand(), SHOWN)],
            settled_count=sum(cart_count.by_hand for cart_count in overview.cart_counts),
            how={ALMA_SCREEN: self.language.say("rendu à l’écran d’Alma")},
            shown=SHOWN,
            book=returns.item,
            asked=returns.confirming,
            sending=returns.sending,
            open_scan=returns.is_unanswered,
            result=self._outcome(),
            good=returns.outcome in {"fate_made", "settled"},
        )

    def _choose(self, desk: str) -> None:
        self.returns.close()
        self.param.update(desk=desk, listing=False)

    def _outcome(self) -> str:
        say = self.language.say
        own = {
            "still_lent": say(
                "Alma a encore en prêt ce qui reste à rendre maintenant\u202f: rendez-le là-bas."
            ),
            "fate_made": say("Rendu dans Alma."),
            "fate_refused": say("Alma a refusé ce retour : rien n’est fait."),
            "lent_since": say("Il a été reprêté depuis : le rendre finirait ce prêt."),
            "not_safe": say("Un de ses prêts n’est pas encore vérifié dans Alma."),
            "not_on_cart": say("Ce document n’est plus sur un chariot."),
            "item_not_found": say("Alma n’a pas de document avec ce code."),
        }
        return (outcomes(self.language) | own).get(self.returns.outcome, "")

    def actions(self, value: str, fields: Mapping[str, str]) -> Actions:
        returns = self.returns
        return {
            "cart": lambda: self._choose(value),
            "list": lambda: self.param.update(listing=not self.listing),
            "book": lambda: returns.open(UUID(value)),
            "give-back": returns.send_return,
            "find-out": returns.look_up,
            "close": returns.close,
            "settle": lambda: returns.settle(fields.get("how", "")),
            "desk-returned": lambda: returns.settle_desk(value),
        }

    def _by_hand(self) -> Iterator[tuple[Return, ReturnSettledByHand]]:
        """Yield the returns settled by hand, newest first."""
        log = self.progress.ledger.reconciled.log
        for settled in reversed(log.settlements.returns_by_hand.values()):
            if (returned := log.find_return(settled.back)) is not None:
                yield returned, settled

    def _counted(self, overview: ReconciliationOverview) -> list[DeskCarts]:
        safe = Counter(cart.returned.desk for cart in overview.carts if cart.safe)
        later = Counter(cart.returned.desk for cart in overview.carts if not cart.safe)
        counts = {cart_count.desk: cart_count for cart_count in overview.cart_counts}
        return [
            DeskCarts(
                code=code,
                name=self._desks.get(code, code),
                open_rows=overview.left[code],
                safe=safe[code],
                later=later[code],
                count=count,
            )
            for code, count in counts.items()
        ]


def _first_open(carts: Sequence[DeskCarts]) -> DeskCarts | None:
    """Return the carts of the first desk whose carts can be emptied; None if there are no carts.

    If no desk's carts can be emptied, return those of the first desk with safe items or, failing
    that, of the first desk.
    """
    ready_first = sorted(
        carts, key=lambda cart: (cart.open_rows > 0 or not cart.safe, not cart.safe)
    )
    return next(iter(ready_first), None)
