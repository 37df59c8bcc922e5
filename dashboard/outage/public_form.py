"""The part of the coordination's panel for readers: their words, shown before they go out."""

from collections.abc import Mapping
from typing import Any

import param

from dashboard.outage.outage_text import refusal_text
from dashboard.outage.planned_work_view import refusal
from dashboard.outage.public_draft import PublicDraft
from dashboard.outage.public_status_handler import as_html
from dashboard.outage.public_text import cause_names, phase_names, text_of
from dashboard.translations import offered_language
from dashboard.translations.sentences import state_names
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from procedure.local_time import library_zone
from procedure.outages.public_status import public_page


class PublicForm(HtmlView):
    """Fields by language, the page as it will look, and the press that publishes it."""

    draft: PublicDraft = param.ClassSelector(class_=PublicDraft, constant=True)
    css_classes = ("public-form",)

    def __init__(self, **params: Any) -> None:
        super().__init__(**params)
        self.draft.outage.param.watch(self._another, ["opened", "record"])
        self.draft.open()

    @param.depends("draft.outage.updates.handbook")
    def _is_shown(self) -> bool:
        return bool(self.draft.context.settings.status_page)

    @param.depends(
        "draft.proposals",
        "draft.shown",
        "draft.refusal",
        "draft.published",
        "draft.outage.record",
        "draft.outage.updates.journal",
        "draft.outage.updates.handbook",
    )
    def _html(self) -> str:
        if not self._is_shown():
            return ""
        draft, language = self.draft, self.language
        context, record = draft.context, draft.outage.record
        public = context.models.public
        return render(
            "outage/public_form",
            language,
            draft=draft,
            record=record,
            said=public.about(record.declared.id) if record else (),
            ahead=[one for one in public.statements if one.end and one.end > context.now()],
            causes=cause_names(language),
            phases=phase_names(language),
            proposal=draft.proposal(),
            pages=self._pages(),
            refusal=refusal_text(draft.refusal, language) or refusal(draft.refusal, language),
            services=public.services,
            names=context.handbook.words[language.code].services,
            keys=context.handbook.public_services,
            states=state_names(language),
            text=lambda texts: text_of(texts, language),
            today=f"{context.now().astimezone(library_zone()):%Y-%m-%dT%H:00}",
            now=context.now(),
        )

    def _pages(self) -> dict[str, str]:
        """Return the public page with what is shown, as readers would see it, by language."""
        context, shown = self.draft.context, self.draft.shown
        if shown is None:
            return {}
        models, handbook = context.models, context.handbook
        page = public_page(
            models.outages.records(),
            models.public.adding(shown),
            handbook.scans,
            context.now(),
            handbook.public_services,
        )
        return {code: as_html(page, context, offered_language(code)) for code in handbook.words}

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        if act == "propose":
            self.draft.propose(fields.get("cause", ""), fields.get("phase", ""))
        elif act == "show":
            self.draft.show(fields)
        elif act == "publish":
            self.draft.publish(fields)

    def _act(self, act: str, value: str) -> None:
        if act == "withdraw":
            self.draft.withdraw(value)
        elif act == "service":
            service, _, state = value.partition(" ")
            self.draft.set_service(service, state)

    def _another(self, event: param.parameterized.Event) -> None:
        """Propose anew for another outage; news of the same one leave what was typed."""
        before, after = (
            getattr(one, "declared", None) and one.declared.id for one in (event.old, event.new)
        )
        if event.name == "opened" or before != after:
            self.draft.open()
