"""The base of the parts of the coordinators' page."""

from collections.abc import Callable, Mapping

import param

from dashboard.core.state import needs
from dashboard.outage.outage import OutageState
from dashboard.outage.outage_text import refusal_sentence
from dashboard.ui.feedback import try_action
from dashboard.ui.html_view import HtmlView
from dashboard.ui.templating import render
from procedure.errors import OutageRefused

# Refusals that can be overridden by submitting the same values again.
NAMED_FIRST = frozenset({"overlaps", "ended_before_declared"})


class CoordinationView(HtmlView):
    """A part of the coordinators' page; in its fields, an Enter sent by a scanner does nothing."""

    outage = needs(OutageState)
    _reason = _named = ""
    refusal = param.String(
        doc="Why the last action was refused, as a sentence; empty if it succeeded."
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
        # The name may have just been typed in this form, so other forms do not have it yet.
        if not session.person.name and (who or act == "signed"):
            session.name_signer(who)
        self._submit(act, fields)

    def _submit(self, act: str, fields: Mapping[str, str]) -> None:
        """Perform the form's action."""

    def _do_named(self, act: Callable[[bool], None], given: str) -> bool:
        """Refuse an unusual action once; perform it if the same values are submitted again."""
        done = self._do(lambda: act(self._named == given))
        self._named = given if self._reason in NAMED_FIRST else ""
        return done

    def _do(self, act: Callable[[], None]) -> bool:
        """Perform an action; return whether it succeeded."""
        try:
            self._reason, self.refusal = "", try_action(act, self.language)
        except OutageRefused as refused:
            self._reason, self.refusal = refused.reason, refusal_sentence(refused, self.language)
        return not self.refusal
