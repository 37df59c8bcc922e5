"""What was published for readers as an alert: their words alone, with a link to the public page."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.core.context import AppContext
from dashboard.outage.public_text import text_of
from dashboard.translations import Language
from procedure.circulation.redaction import redact_identifiers
from procedure.io.alert_channels import Alert, AlertType
from procedure.outages.alert_rules import AlertKind
from procedure.outages.alerts import Concern
from procedure.outages.public_entries import PublicState, PublicStatement

TYPES = {
    PublicState.DOWN: AlertType.FAILURE,
    PublicState.DEGRADED: AlertType.WARNING,
    PublicState.PLANNED: AlertType.INFO,
}


def public_alert(concern: Concern, context: AppContext, words: Language) -> Alert:
    """Return a statement, or the end of the outage that it was about."""
    if isinstance(concern.act, PublicStatement):
        statement, kind = concern.act, TYPES[concern.act.state]
        lines = _lines(statement, context, words)
    else:
        statement, kind = _last_statement(concern, context), AlertType.SUCCESS
        lines = [words.say("La panne est finie.")]
    page = context.settings.status_page
    link = ["", f"{page}?lang={words.code}"] if page else []
    title = _plain(statement.titles, context, words) if statement else ""
    return Alert(title, "\n".join([*lines, *link]), kind, AlertKind.PUBLIC)


def _lines(statement: PublicStatement, context: AppContext, words: Language) -> list[str]:
    say, now = words.say, context.now()
    lines = [_plain(statement.texts, context, words)]
    if statement.start is not None and statement.end is not None:
        start, end = (words.moment(at, now) for at in (statement.start, statement.end))
        lines.insert(0, f"{start} – {end}.")
    if statement.next_news is not None:
        due = words.moment(statement.next_news, now)
        lines.append(say("Prochaines nouvelles\u202f: {due}.", due=due))
    return [line for line in lines if line]


def _plain(texts: Mapping[str, str], context: AppContext, words: Language) -> str:
    return redact_identifiers(text_of(texts, words), context.handbook.scans)


def _last_statement(concern: Concern, context: AppContext) -> PublicStatement | None:
    outage = concern.outage
    said = context.models.public.about(outage.declared.id) if outage else ()
    return said[-1] if said else None
