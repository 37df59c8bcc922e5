"""What the parts of the coordination's place share: one act, its refusal, who did it."""

from collections.abc import Callable, Mapping

import param

from dashboard.core.state import needs
from dashboard.outage.outage import OutageState
from dashboard.outage.outage_text import refusal_sentence
from dashboard.ui.feedback import try_action
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from procedure.errors import OutageRefused

# What is recorded at the second press, once it was named at the first.
NAMED_FIRST = frozenset({"overlaps", "ended_before_declared"})


class CoordinationView(HtmlView):
    """A part of the place; no Enter of a scanner does anything in its fields."""

    outage = needs(OutageState)
    _reason = _named = ""
    refusal = param.String(
        doc="The reason why the last act was refused, as a sentence; empty if it succeeded."
    )

    def _render(self, name: str, **more: object) -> str:
        outage, session = self.outage, self.outage.session
        return render(
            f"outage/{name}",
            self.language,
            outage=outage,
            record=outage.record,
            refusal=self.refusal,
            signer="" if session.person.name else session.signer,
            asks_name=not session.person.name,
            now=outage.context.clock.now(),
            **more,
        )

    def _form(self, act: str, fields: Mapping[str, str]) -> None:
        session, who = self.outage.session, fields.get("who", "")
        # Another form of the place may not have the name yet that was just typed in this one.
        if not session.person.name and (who or act == "signed"):
            session.name_signer(who)
        self._submit(act, fields)

    def _submit(self, act: str, fields: Mapping[str, str]) -> None:
        """Do what the form asks for, where there is one."""

    def _do_named(self, act: Callable[[bool], None], given: str) -> bool:
        """Do what is odd only once it was named: the same given again does it all the same."""
        done = self._do(lambda: act(self._named == given))
        self._named = given if self._reason in NAMED_FIRST else ""
        return done

    def _do(self, act: Callable[[], None]) -> bool:
        """Do what a person asked for; return whether it was done."""
        try:
            self._reason, self.refusal = "", try_action(act, self.language)
        except OutageRefused as refused:
            self._reason, self.refusal = refused.reason, refusal_sentence(refused, self.language)
        return not self.refusal
