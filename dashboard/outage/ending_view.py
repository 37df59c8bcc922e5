"""The forms that end the declared outage."""

from collections.abc import Mapping

import param

from dashboard.outage.coordination_view import CoordinationView
from procedure.monitoring.model import SERVER

READ = ("refusal", "outage.record", "outage.well_since", "outage.session.signer")


class EndingView(CoordinationView):
    """An inconspicuous form to end the outage before everything has answered for a while."""

    css_classes = ("coordination-end",)

    @param.depends(*READ)
    def _html(self) -> str:
        return self._render("ending", minutes=self._minutes)

    @param.depends("outage.record", "outage.well_since")
    def _is_shown(self) -> bool:
        return self.outage.record is not None and self.outage.well_since is None

    @property
    def _minutes(self) -> int:
        return int(self.outage.context.settings.recovered_after.total_seconds() // 60)

    def _submit(self, act: str, fields: Mapping[str, str]) -> None:
        if act == "end":
            ended = fields.get("ended", "")
            self._do_named(lambda anyway: self.outage.end(ended, anyway=anyway), ended)


class OfferedEndView(EndingView):
    """The form offered once everything has answered for a while; it proposes the end time."""

    css_classes = ("coordination-offer",)
    ended = param.String(doc="The end time as typed; empty to use the proposed time.")

    @param.depends(*READ, "ended", "outage.answered", "outage.published")
    def _html(self) -> str:
        since = self.outage.well_since
        if since is None:
            return ""
        offered = self.language.clock(since)
        return self._render(
            "ending_offered",
            minutes=self._minutes,
            offered=offered,
            ended=self.ended or offered,
            answered=self.outage.answered,
            names={SERVER.key: self.language.say("serveur de Relais")},
        )

    @param.depends("outage.record", "outage.well_since")
    def _is_shown(self) -> bool:
        return self.outage.record is not None and self.outage.well_since is not None

    def _submit(self, act: str, fields: Mapping[str, str]) -> None:
        self.ended = fields.get("ended", "")
        super()._submit(act, fields)
