"""The carts: what may be returned in Alma now, and what only after its loan is proved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

import panel as pn
import param
from panel.viewable import Viewer

from dashboard.reconciliation.cart_returns import CartReturns
from dashboard.reconciliation.feedback import try_reconciliation
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.reconciliation.texts import tellings
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from procedure.circulation.settlement import ReturnSettledByHand
from procedure.circulation.transactions import Return
from procedure.reconciliation.carts import CartCount
from procedure.reconciliation.corrections import ALMA_SCREEN
from procedure.reconciliation.overview import ReconciliationOverview

SHOWN = 50  # returns of a list


@dataclass(frozen=True, slots=True)
class DeskCarts:
    """The carts of one desk: its loans that keep them closed, its books, what became of them."""

    code: str
    name: str
    open_rows: int
    safe: int
    later: int
    count: CartCount | None


class CartReturnsView(Viewer):
    """A desk's cart opens when each of its loans is settled; the list is for Alma's own screen."""

    refusal = param.String(default="")

    def __init__(self, way: ReconciliationProgress, language: Language) -> None:
        super().__init__()
        self._way, self._language = way, language
        self._desks = {code: desk.name for code, desk in way.context.handbook.desks.items()}
        self._desk = CartReturns(way=way)
        told = self._desk.param
        shown = (
            way.param.signer,
            told.book,
            told.asked,
            told.sending,
            told.told,
            self.param.refusal,
        )
        self._pane = LiveHTML(
            pn.bind(self._html, way.param.now, way.param.step, *shown),
            self._act,
            self._form,
            css_classes=["way-part"],
            visible=way.param.step.rx().rx.pipe(lambda step: step == "carts"),
        )

    def __panel__(self) -> LiveHTML:
        return self._pane

    def _html(self, now: ReconciliationOverview | None, step: str, *_: object) -> str:
        if now is None or step != "carts":
            return ""
        say = self._language.say
        safe = [one for one in now.carts if one.safe]
        later = [one for one in now.carts if not one.safe]
        return render(
            "reconciliation/cart_returns",
            self._language,
            desks_shown=self._counted(now),
            opened=sum(1 for desk in now.desks if not now.unsettled[desk]),
            closed=bool(now.unsettled),
            returns=sum(one.all for one in now.cart_counts),
            returns_done=sum(one.accounted for one in now.cart_counts),
            settled=[*islice(self._by_hand(), SHOWN)],
            settled_count=sum(one.by_hand for one in now.cart_counts),
            how={ALMA_SCREEN: say("rendu à l’écran d’Alma")},
            known=self._way.session.person.name,
            person=self._way.signer,
            lists=[
                (say("Seulement après vérification"), later, "closed"),
                (say("À rendre maintenant"), safe, "up"),
            ],
            any=bool(now.cart_counts),
            shown=SHOWN,
            book=self._desk.book,
            asked=self._desk.asked,
            sending=self._desk.sending,
            open_scan=self._desk.open_scan,
            told=self._told(),
            good=self._desk.told in {"fate_made", "settled"},
            refusal=self.refusal,
            desks=self._desks,
            now=self._way.context.now(),
        )

    def _told(self) -> str:
        say = self._language.say
        own = {
            "fate_made": say("Rendu dans Alma."),
            "fate_refused": say("Alma a refusé ce retour : rien n’est fait."),
            "lent_since": say("Il a été reprêté depuis : le rendre finirait ce prêt."),
            "not_safe": say("Un de ses prêts n’est pas encore vérifié dans Alma."),
            "not_on_cart": say("Ce document n’est plus sur un chariot."),
            "item_not_found": say("Alma n’a pas de document avec ce code."),
        }
        return own.get(self._desk.told) or tellings(self._language).get(self._desk.told, "")

    def _act(self, act: str, value: str) -> None:
        desk = self._desk
        acts: dict[str, Callable[[], object]] = {
            "book": lambda: desk.open(UUID(value)),
            "give-back": desk.give_back,
            "find-out": desk.find_out,
            "close": desk.close,
        }
        if act in acts:
            self.refusal = try_reconciliation(acts[act], self._language)

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        does, _, code = act.partition(" ")
        how, name = fields.get("how", ""), fields.get("name", "")
        acts: dict[str, Callable[[], object]] = {
            "settle": lambda: self._desk.settle(how, name),
            "desk-returned": lambda: self._desk.settle_desk(code, name),
        }
        if does in acts:
            self.refusal = try_reconciliation(acts[does], self._language)

    def _by_hand(self) -> Iterator[tuple[Return, ReturnSettledByHand]]:
        """Give the books that somebody settled, the last one first."""
        log = self._way.context.way.found.log
        for settled in reversed(log.settlements.returns_by_hand.values()):
            if (back := log.find_return(settled.back)) is not None:
                yield back, settled

    def _counted(self, now: ReconciliationOverview) -> list[DeskCarts]:
        safe = Counter(one.back.desk for one in now.carts if one.safe)
        later = Counter(one.back.desk for one in now.carts if not one.safe)
        counts = {one.desk: one for one in now.cart_counts}
        return [
            DeskCarts(
                *(one, self._desks.get(one, one), now.unsettled[one], safe[one], later[one]),
                counts.get(one),
            )
            for one in dict.fromkeys([*now.desks, *counts])
        ]
