"""Alma's reports: pasted here, held against their file, and taken in when a person says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from uuid import UUID

import panel as pn
import param
from panel.viewable import Viewer

from dashboard.loans.file_import_view import WIDE
from dashboard.reconciliation.feedback import try_reconciliation
from dashboard.reconciliation.job_reports import JobReports, PendingReport
from dashboard.reconciliation.reconciliation import ReconciliationProgress
from dashboard.translations import Language
from dashboard.ui.drop_zone import drop_zone
from dashboard.ui.file_drop import Dropped
from dashboard.ui.live_html import LiveHTML
from dashboard.ui.templating import render


class JobReportsView(Viewer):
    """What is pasted is read at once; nothing of it counts before it is taken in."""

    refusal = param.String(default="")

    def __init__(self, way: ReconciliationProgress, language: Language) -> None:
        super().__init__()
        self._way, self._language = way, language
        self._desk = JobReports(way=way)
        self._desks = {code: desk.name for code, desk in way.context.handbook.desks.items()}
        shown, desk = way.param, self._desk.param
        html = pn.bind(
            self._html, shown.step, shown.now, desk.drafts, desk.taken, self.param.refusal
        )
        drop = drop_zone(
            self._dropped,
            language,
            language.say("… ou déposez les rapports enregistrés, plusieurs à la fois"),
            accept=".txt,.csv,.html,.log",
            multiple=True,
        )
        self._layout = pn.Column(
            pn.Column(
                *(LiveHTML(html, self._act, self._form), drop),
                css_classes=["panel", "panel--flush", "way-box"],
                **WIDE,
            ),
            visible=shown.step.rx().rx.pipe(lambda step: step == "report"),
            css_classes=["way-part"],
            **WIDE,
        )

    def __panel__(self) -> pn.Column:
        return self._layout

    def _dropped(self, files: Sequence[Dropped]) -> None:
        texts = [content.decode("utf-8", "replace") for _, content in files]
        self._try(lambda: self._desk.read(texts))

    def _html(self, step: str, *_: object) -> str:
        if step != "report" or self._way.now is None:
            return ""
        drafts = self._desk.drafts
        return render(
            "reconciliation/job_reports",
            self._language,
            awaited=self._desk.awaited,
            exports=[one.export for one in self._way.now.files],
            drafts=drafts,
            missing=[list(self._missing(one)) for one in drafts],
            ready=sum(1 for one in drafts if one.export is not None),
            turn=self._desk.taken,
            desks=self._desks,
            refusal=self.refusal,
        )

    def _missing(self, draft: PendingReport) -> Iterator[str]:
        say, plural = self._language.say, self._language.plural
        read, placed = draft.read, draft.placed
        if draft.export is None or placed is None:
            yield say("Choisissez le fichier de ce rapport.")
            return
        rows = len(draft.export.loans) + len(draft.export.returns)
        listed = len(read.complaints) + read.strange
        if read.succeeded is None or read.failed is None:
            yield say("Pas de comptes : copiez aussi les premières lignes du rapport.")
        elif read.succeeded + read.failed != rows:
            counts = {"counted": read.succeeded + read.failed, "rows": rows}
            yield say(
                "{counted} lignes au rapport, {rows} au fichier : est-ce le bon fichier ?", **counts
            )
        if read.failed is not None and read.failed != listed:
            counts = {"failed": read.failed, "listed": listed}
            yield say(
                "{failed} refus comptés, {listed} dans la liste : copiez-la en entier.", **counts
            )
        if placed.unplaced:
            yield plural(
                "{count} message ne va à aucune ligne du fichier.",
                "{count} messages ne vont à aucune ligne du fichier.",
                placed.unplaced,
            )
        if read.strange:
            yield plural(
                "{count} message inconnu : la preuve dira de quelle ligne il parle.",
                "{count} messages inconnus : la preuve dira de quelles lignes ils parlent.",
                read.strange,
            )

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        does, _, number = act.partition(" ")
        if does == "read":
            self._try(lambda: self._desk.read([fields.get("text", "")]))
        elif does == "assign":
            meant = fields.get("export", "")
            self._desk.assign(int(number), UUID(meant) if meant else None)

    def _act(self, act: str, value: str) -> None:
        del value
        acts: dict[str, Callable[[], object]] = {"take": self._desk.take, "drop": self._desk.drop}
        if act in acts:
            self._try(acts[act])

    def _try(self, act: Callable[[], object]) -> None:
        self.refusal = try_reconciliation(act, self._language)
