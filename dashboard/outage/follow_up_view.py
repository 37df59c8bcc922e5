"""The follow-up in the coordination's panel, and the open tasks on a calm page."""

from collections.abc import Callable, Mapping

import param

from dashboard.outage.follow_up import FollowUpState
from dashboard.outage.outage_text import try_act
from dashboard.translations.sentences import review_questions
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from procedure.local_time import at_noon


class _FollowUpView(HtmlView):
    """Forms whose acts are those of the follow-up; a refusal is shown below them."""

    follow_up: FollowUpState = param.ClassSelector(class_=FollowUpState, constant=True)
    refusal = param.String(doc="Why the last act was refused, as a sentence.")

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        state, session = self.follow_up, self.follow_up.outage.session
        name, _, which = act.partition(":")
        if "who" in fields and not session.person.name:
            session.name_signer(fields["who"])

        def given(field: str) -> str:
            return fields.get(field, "")

        acts: Mapping[str, Callable[[], None]] = {
            "lead": lambda: state.lead(given("leader")),
            "add": lambda: state.add_task(given("text"), given("owner"), given("due")),
            "finish": lambda: state.finish(which),
            "review": lambda: state.review(given("happened"), given("noticed"), given("change")),
        }
        if name in acts:
            self.refusal = try_act(acts[name], self.language)


class FollowUpForm(_FollowUpView):
    """Who leads, who is at which desk, the tasks, and the review, below the messages."""

    css_classes = ("follow-up",)

    @param.depends("follow_up.record")
    def _is_shown(self) -> bool:
        return self.follow_up.record is not None

    @param.depends(
        "follow_up.record",
        "follow_up.open_tasks",
        "follow_up.at_desks",
        "follow_up.acts",
        "follow_up.reviews",
        "follow_up.outage.updates.handbook",
        "refusal",
    )
    def _html(self) -> str:
        state, language = self.follow_up, self.language
        if state.record is None:
            return ""
        return render(
            "outage/follow_up",
            language,
            record=state.record,
            tasks=state.open_tasks,
            at_desks=state.at_desks,
            desks=state.context.handbook.desks,
            key=f"follow-{state.acts}",
            review_key=f"review-{state.record.declared.id}-{state.reviews}",
            questions=review_questions(language),
            refusal=self.refusal,
            at_noon=at_noon,
            now=state.context.now(),
        )


class OpenTasksView(_FollowUpView):
    """The tasks of past outages that nobody has done yet; nothing without any."""

    @param.depends("follow_up.open_tasks")
    def _is_shown(self) -> bool:
        return bool(self.follow_up.open_tasks)

    @param.depends(
        "follow_up.open_tasks",
        "follow_up.outage.session.signer",
        "follow_up.outage.updates.handbook",
        "refusal",
    )
    def _html(self) -> str:
        state = self.follow_up
        return render(
            "outage/open_tasks",
            self.language,
            tasks=state.open_tasks,
            may_act=state.may_act,
            asks_who=not state.outage.session.acting,
            signer="" if state.outage.session.person.name else state.outage.session.signer,
            refusal=self.refusal,
            at_noon=at_noon,
        )
