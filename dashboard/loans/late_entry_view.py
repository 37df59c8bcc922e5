"""The paper sheet, entered afterwards: the hour on the sheet, one user, a barcode a line."""

from __future__ import annotations

import panel as pn
from panel.viewable import Viewer

from dashboard.loans.loans import LoansState
from dashboard.loans.reason_text import try_loan_action
from dashboard.translations import Language
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import asset_url, render
from procedure.local_time import local


class LateEntryView(Viewer):
    """Fields that keep the day, the hour and the desk from line to line of the sheet."""

    def __init__(self, lending: LoansState, language: Language) -> None:
        super().__init__()
        self._lending, self._language = lending, language
        say = language.say
        style = {
            "stylesheets": [asset_url("relais.css")],
            "css_classes": ["field-widget"],
            "margin": 0,
        }
        today = f"{local(lending.context.now()):%d.%m.%Y}"
        self._day = pn.widgets.TextInput(label=say("Jour"), value=today, width=130, **style)
        self._time = pn.widgets.TextInput(
            label=say("Heure"), placeholder="09:41", width=90, **style
        )
        self._patron = pn.widgets.TextInput(label=say("Lecteur"), width=200, **style)
        self._items = pn.widgets.TextAreaInput(
            label=say("Documents, un par ligne"), width=240, rows=3, auto_grow=True, **style
        )
        save = pn.widgets.Button(
            label=say("Enregistrer cette ligne"),
            **style | {"css_classes": ["plain-btn"]},
        )
        save.on_click(lambda _: self._save())
        self._told = LiveHTML()
        self._layout = pn.Column(
            LiveHTML(render("loans/late_entry", language)),
            pn.FlexBox(
                *(self._day, self._time, self._patron, self._items, save),
                align_items="end",
                gap="12px",
                **style | {"css_classes": ["form-row"]},
            ),
            self._told,
            sizing_mode="stretch_width",
            **style | {"css_classes": ["inline-form"]},
        )

    def __panel__(self) -> pn.Column:
        return self._layout

    def _save(self) -> None:
        taken: list[int] = []
        refused = try_loan_action(lambda: taken.append(self._enter()), self._language)
        if refused:
            self._told.html = render("ui/refusal", self._language, why=refused)
            return
        self._patron.value = self._items.value = ""
        what = self._language.plural(
            "{count} prêt enregistré, marqué « saisi plus tard ».",
            "{count} prêts enregistrés, marqués « saisis plus tard ».",
            taken[0],
        )
        self._told.html = render("ui/done", self._language, what=what)

    def _enter(self) -> int:
        return self._lending.enter_late(
            day=self._day.value,
            time=self._time.value,
            patron=self._patron.value,
            items=self._items.value,
        )
