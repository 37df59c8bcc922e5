"""The files for Alma, one a desk: written here, fetched by a link, said to be uploaded."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from uuid import UUID

import panel as pn
import param
from panel.viewable import Viewer

from dashboard.loans.reason_text import reason_texts
from dashboard.loans.unusual_times_view import odd_times
from dashboard.reconciliation.feedback import try_reconciliation
from dashboard.reconciliation.offline_files import TRIAL, OfflineFiles
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from procedure.reconciliation.export_times import TimesUnconfirmed
from procedure.reconciliation.from_cart import CartLoanPolicy
from procedure.reconciliation.overview import ReconciliationOverview


class OfflineFilesView(Viewer):
    """In the order in which they are to be uploaded; each file is fetched from its own address."""

    refusal = param.String(default="")
    unconfirmed: TimesUnconfirmed | None = param.Parameter(default=None)

    def __init__(self, way: ReconciliationProgress, language: Language) -> None:
        super().__init__()
        self._way, self._language = way, language
        self._files = OfflineFiles(way=way)
        self._desks = {code: desk.name for code, desk in way.context.handbook.desks.items()}
        shown, files = way.param, self._files.param
        self._held: Callable[[Collection[UUID]], object] = self._files.write
        own = (self.param.refusal, self.param.unconfirmed)
        html = pn.bind(self._html, shown.now, shown.step, files.left_out, *own)
        self._pane = LiveHTML(html, self._act, self._form, css_classes=["way-flat"])

    def __panel__(self) -> LiveHTML:
        return self._pane

    def _html(self, now: ReconciliationOverview | None, step: str, *_: object) -> str:
        if now is None:
            return ""
        return render(
            "reconciliation/offline_files",
            self._language,
            files=now.files,
            waiting=sorted(now.waiting.items()),
            open=now.unsettled,
            unsent=sum(1 for one in now.files if not one.uploaded),
            refused=len(now.refused) > len(now.to_check),
            main=step == "files",
            from_cart=now.from_cart,
            choices=self._choices(),
            chosen=self._files.from_cart,
            to_check=len(now.to_check),
            left_out=self._files.left_out,
            refusal=self.refusal,
            odd_times=odd_times(self.unconfirmed, self._language),
            desks=self._desks,
            trial=TRIAL,
            why=reason_texts(self._language),
            now=self._way.context.now(),
        )

    def _choices(self) -> list[tuple[str, str]]:
        say = self._language.say
        return [
            (CartLoanPolicy.AS_IT_IS, say("ne rien ajouter au fichier")),
            (CartLoanPolicy.RETURNS_FIRST, say("écrire leur retour juste avant")),
            (CartLoanPolicy.HAND_ON, say("les laisser hors du fichier, à faire à la main")),
        ]

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        if act == "from-cart" and fields.get("choice") in set(CartLoanPolicy):
            self._files.from_cart = CartLoanPolicy(fields["choice"])

    def _act(self, act: str, value: str) -> None:
        acts: dict[str, Callable[[], object]] = {
            "step": lambda: self._way.go(value),
            "write": lambda: self._write(self._files.write),
            "write-refused": lambda: self._write(self._files.write_refused),
            "trial": lambda: self._write(partial(self._files.write_trial, value)),
            "confirm-times": self._confirm,
            "uploaded": lambda: self._files.uploaded(UUID(value)),
        }
        if act in acts:
            self.refusal = try_reconciliation(acts[act], self._language)

    def _write(
        self, act: Callable[[Collection[UUID]], object], confirmed: Collection[UUID] = ()
    ) -> None:
        """Write files; hold the act while dates of its loans have to be confirmed."""
        self.unconfirmed = None
        try:
            act(confirmed)
        except TimesUnconfirmed as refusal:
            self._held, self.unconfirmed = act, refusal

    def _confirm(self) -> None:
        if self.unconfirmed is not None:
            self._write(self._held, {loan.id for loan in self.unconfirmed.loans})
