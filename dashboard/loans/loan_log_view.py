"""The loan log, with filters for the desk, day, state and codes, and a form to void a loan."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from functools import partial

import panel as pn
import param
from panel.viewable import Viewable, Viewer

from dashboard.core.state import needs
from dashboard.core.visitor import Permission
from dashboard.loans.loan_log import LoanLogFilter
from dashboard.loans.loan_log_table_view import LoanTableView
from dashboard.loans.loans import LendingState
from dashboard.loans.reason_text import try_loan_action
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render
from dashboard.ui.view import CODE_FIELD, FIELD, STYLED, WIDE, View
from procedure.circulation.loan_row import LoanRow
from procedure.local_time import library_zone


class VoidForm(View):
    """The form to void the chosen row or, if it is already voided, to restore it.

    The form names the loan, because new rows may have moved the loan's row. The Enter key does
    nothing, so that a scanner, which sends Enter after each code, cannot void a loan.
    """

    lending = needs(LendingState)

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        say, chosen = self.language.say, self.lending.listing.param.chosen
        self._refusal = LiveHTML(visible=False)
        self._own = pn.widgets.TextInput(
            label=say("Autre motif"), width=260, css_classes=["field-widget"], **STYLED
        )
        self._confirm = pn.widgets.Button(
            label=say("Annuler ce prêt"), css_classes=["plain-btn"], **STYLED
        )
        self._confirm.on_click(
            lambda _: self._acted("reason", self._own.value_input or self._own.value)
        )
        self._form = pn.Column(
            LiveHTML(self._question, self._acted),
            pn.FlexBox(
                self._own,
                self._confirm,
                visible=chosen.rx.pipe(lambda row: row is not None and row.void is None),
                align_items="end",
                gap="12px",
                css_classes=["form-row"],
                **STYLED,
            ),
            visible=chosen.rx.is_not(None),
            css_classes=["inline-form"],
            **WIDE,
        )
        self._view = pn.Column(self._refusal, self._form, **WIDE)

    def choose(self, row: LoanRow) -> None:
        """Open the form for this row."""
        self._own.value = ""
        require = self.lending.session.person.require
        refused = try_loan_action(lambda: require(Permission.VOID), self.language)
        self._show_refusal(refused)
        self.lending.listing.chosen = None if refused else row

    @param.depends("lending.listing.chosen")
    def _question(self) -> str:
        row = self.lending.listing.chosen
        if row is None:
            return ""
        log, clock = self.lending.context.folds.loan_log, self.language.clock(row.loan.at)
        twin = any(other.repeats == row.loan.id for other in log.rows(item=row.loan.item))
        return render("loans/void_form", self.language, row=row, clock=clock, twin=twin)

    def _acted(self, act: str, value: str) -> None:
        row = self.lending.listing.chosen
        if act == "keep":
            self.lending.listing.chosen = None
        elif act == "reason" and row is not None:
            self._do(partial(self.lending.void, row.loan.id, value))
        elif act == "restore" and row is not None:
            self._do(partial(self.lending.restore, row))

    def _do(self, correction: Callable[[], object]) -> None:
        refused = try_loan_action(correction, self.language)
        self._show_refusal(refused)
        if not refused:
            self.lending.listing.chosen = None

    def _show_refusal(self, refused: str) -> None:
        html = render("ui/refusal", self.language, why=refused) if refused else ""
        self._refusal.param.update(html=html, visible=bool(refused))


NOON = time(12)
GAP = "12px"


class LoanLogPanel(View):
    """The loan log with its counts, its filters and the form to void a loan.

    `doors` are the buttons next to the filters; `opened` are the panels that they open.
    """

    lending = needs(LendingState)
    doors = param.List(item_type=Viewable, constant=True)
    opened = param.List(item_type=(Viewable, Viewer), constant=True)

    def __init__(self, **params: object) -> None:
        super().__init__(**params)
        lending, language = self.lending, self.language
        self._listing = lending.listing
        self._form = VoidForm(lending=lending, language=language)
        # Mask patrons' numbers for people with only read access: they may be using a notebook,
        # which stores its output.
        person = lending.session.person
        on_act = self._chosen if person.may(Permission.VOID) else None
        table = LoanTableView(
            self._listing, language, on_act, masked=not person.may(Permission.LEND)
        )
        head = pn.FlexBox(
            LiveHTML(self._title, sizing_mode=None),
            pn.FlexBox(
                *self._filters(),
                *self.doors,
                css_classes=["log-filters"],
                gap=GAP,
                align_items="end",
                **STYLED,
            ),
            css_classes=["log-head"],
            gap=GAP,
            align_items="end",
            justify_content="space-between",
            **STYLED,
        )
        self._view = pn.Column(
            head,
            *self.opened,
            self._form,
            table,
            css_classes=["panel", "panel--flush"],
            **WIDE,
        )

    def _chosen(self, row: LoanRow) -> None:
        self._form.choose(row)

    @param.depends("lending.listing.rows", "lending.pending_loans.pending")
    def _title(self) -> str:
        day, listing = self._listing.day, self._listing
        day_label = (
            self._day(date.fromisoformat(day)) if day else self.language.say("tous les jours")
        )
        return render(
            "loans/loan_log_title",
            self.language,
            day=day_label,
            stand=listing.valid,
            void=listing.void,
            waits=len(self.lending.pending_loans.pending),
        )

    def _filters(self) -> Sequence[pn.widgets.Widget]:
        say, listing = self.language.say, self._listing
        day = pn.widgets.Select.from_param(
            listing.param.day, label=say("Jour"), options=self._days(listing), width=190, **FIELD
        )
        listing.param.watch(lambda _: day.param.update(options=self._days(listing)), "days")
        desk = pn.widgets.Select.from_param(
            listing.param.desk,
            label=say("Guichet"),
            options=self._desks(),
            width=150,
            **FIELD,
        )
        listing.param.watch(lambda _: desk.param.update(options=self._desks()), "rows")
        filters = [] if listing.limited else [desk, day]
        return [
            *filters,
            pn.widgets.Select.from_param(
                listing.param.state, label=say("État"), options=self._states(), width=130, **FIELD
            ),
            pn.widgets.TextInput.from_param(
                listing.param.text,
                label=say("Lecteur ou document"),
                width=140,
                **CODE_FIELD,
            ),
        ]

    def _desks(self) -> dict[str, str]:
        desks = self._listing.context.handbook.current.desks.values()
        return {self.language.say("Tous"): ""} | {desk.name: desk.code for desk in desks}

    def _states(self) -> dict[str, str]:
        say = self.language.say
        return {
            say("Tous"): "",
            say("Enregistré"): "recorded",
            say("Dans un fichier"): "exported",
            say("Annulé"): "void",
            say("Doublon"): "repeated",
            say("À vérifier"): "doubtful",
        }

    def _days(self, listing: LoanLogFilter) -> dict[str, str]:
        say = self.language.say
        return {self._day(day): day.isoformat() for day in listing.days} | {
            say("Tous les jours"): ""
        }

    def _day(self, day: date) -> str:
        return self.language.day(datetime.combine(day, NOON, library_zone()))
