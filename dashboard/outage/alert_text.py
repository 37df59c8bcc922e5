"""The text of an alert: a title, what happened, and links to the dashboard and the dossier.

An alert about a public statement contains only the statement and a link to the public page.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from dashboard.core.context import AppContext
from dashboard.core.journal_folds import JournalFolds
from dashboard.monitoring.diagnosis_text import fault_name
from dashboard.outage.public_text import end_text, text_of
from dashboard.translations import Language
from dashboard.translations.sentences import pending_text, to_bring_text
from procedure.circulation.redaction import redact_identifiers
from procedure.diagnosis.rules import FaultLocation
from procedure.io.alert_channels import Alert, AlertType
from procedure.journal import Act
from procedure.outages.alert_settings import AlertKind
from procedure.outages.due_alerts import AlertNews, Concern
from procedure.outages.outage_entries import (
    OutageDeclared,
    OutageEnded,
    OutageNews,
    OutageWithdrawn,
)
from procedure.outages.public_entries import PublicState, PublicStatement

TYPES = {
    AlertKind.SERVICE: AlertType.FAILURE,
    AlertKind.SUSPECTED: AlertType.WARNING,
    AlertKind.DECLARED: AlertType.FAILURE,
    AlertKind.OVERDUE: AlertType.WARNING,
    AlertKind.ENDED: AlertType.SUCCESS,
    AlertKind.LOANS: AlertType.WARNING,
    AlertKind.SIGNED: AlertType.SUCCESS,
}
RECONCILED = {AlertKind.LOANS, AlertKind.SIGNED}  # these alerts link to the reconciliation page


def alert(concern: Concern, news: AlertNews, context: AppContext, words: Language) -> Alert:
    """Return the alert to send, with patrons' numbers removed."""
    if concern.kind is AlertKind.PUBLIC:
        return public_alert(concern, context, words)
    body = _text(concern, news, context, words)
    links = "\n".join(_links(concern, context.settings.url, words))
    return Alert(
        _title(concern, news, context, words),
        f"{body}\n\n{links}" if links else body,
        AlertType.SUCCESS if news is AlertNews.OVER else TYPES.get(concern.kind, AlertType.INFO),
        concern.kind,
        concern.joins,
    )


def _title(concern: Concern, news: AlertNews, context: AppContext, words: Language) -> str:
    if concern.outage is None:
        return _subject(concern, news, context, words)
    if concern.outage.withdrawn is not None:
        title = _written(concern.outage.declared.title, context, words)
        return words.say("Relais, déclaration retirée\u202f: {title}", title=title)
    say, declared = words.say, concern.outage.declared
    heads = {
        AlertKind.DECLARED: say("Travaux déclarés") if declared.planned else say("Panne déclarée"),
        AlertKind.MESSAGE: say("Message"),
        AlertKind.OVERDUE: say("Nouvelles en retard"),
        AlertKind.ENDED: say("Fin"),
        AlertKind.LOANS: say("Prêts à transférer"),
        AlertKind.SIGNED: say("Transfert signé"),
    }
    head, title = words.after_colon(heads[concern.kind]), _written(declared.title, context, words)
    return say("Relais, {head}\u202f: {title}", head=head, title=title)


def _subject(concern: Concern, news: AlertNews, context: AppContext, words: Language) -> str:
    """Return the title, without staff names, of an alert that is not about a declared outage."""
    say = words.say
    match concern.kind:
        case AlertKind.SERVICE:
            name = context.handbook.current.words[words.code].steps[concern.subject].short
        case AlertKind.SUSPECTED if news is AlertNews.OVER:
            return say("Relais, répond de nouveau\u202f: tout")
        case AlertKind.SUSPECTED:
            place = fault_name(FaultLocation(concern.title), words)
            return say("Relais, panne supposée\u202f: {name}", name=place)
        case AlertKind.PLANNED:
            title = _written(concern.title, context, words)
            return say("Relais, travaux annoncés\u202f: {name}", name=title)
        case _:
            return "Relais"
    return {
        AlertNews.BEGINS: say("Relais, pas de réponse\u202f: {name}", name=name),
        AlertNews.LASTS: say("Relais, toujours pas de réponse\u202f: {name}", name=name),
        AlertNews.OVER: say("Relais, répond de nouveau\u202f: {name}", name=name),
    }[news]


def _written(text: str, context: AppContext, words: Language) -> str:
    """Return text written by staff, with patrons' numbers removed."""
    return redact_identifiers(words.written(text), context.handbook.current.scans)


def _links(concern: Concern, url: str, words: Language) -> Iterator[str]:
    """Yield the lines with links; none if the server's URL is not set."""
    if not url:
        return
    page = "reconciliation" if concern.kind in RECONCILED else "guide"
    yield words.say("Page\u202f: {link}", link=f"{url.rstrip('/')}/?page={page}")
    if concern.outage is not None and concern.outage.withdrawn is None:
        dossier = f"{url.rstrip('/')}/dossier/{concern.outage.declared.id}"
        yield words.say("Dossier\u202f: {link}", link=dossier)


def _text(concern: Concern, news: AlertNews, context: AppContext, words: Language) -> str:
    now = context.clock.now()
    match concern.kind:
        case AlertKind.SERVICE:
            name = context.handbook.current.words[words.code].steps[concern.subject].short
            return _service_text(name, concern, news, words, now)
        case AlertKind.SUSPECTED:
            return _suspicion_text(concern, news, words, now)
        case AlertKind.PLANNED:
            moment = _moment(concern.since, words, now)
            return words.say(
                "Travaux annoncés, {moment}\u202f: {title}",
                moment=moment,
                title=_written(concern.title, context, words),
            )
        case AlertKind.OVERDUE:
            return words.say(
                "Attendues\u202f: {moment}. Rien n’a été dit depuis.",
                moment=_moment(concern.since, words, now),
            )
        case AlertKind.LOANS:
            return _loans_text(concern.count, context.folds, words)
        case _:
            return _act_text(concern, context, words)


def _loans_text(count: int, folds: JournalFolds, words: Language) -> str:
    pending = len(folds.loan_log.pending())
    left = (to_bring_text(count, words) if count else "", pending_text(pending, words))
    return " ".join(filter(None, left))


def _service_text(
    name: str, concern: Concern, news: AlertNews, words: Language, now: datetime
) -> str:
    say, moment = words.say, _moment(concern.since, words, now)
    sentences = {
        AlertNews.BEGINS: say(
            "{name}\u202f: ne répond plus depuis {moment}.", name=name, moment=moment
        ),
        AlertNews.LASTS: say(
            "{name}\u202f: ne répond toujours pas, depuis {moment}.", name=name, moment=moment
        ),
        AlertNews.OVER: say("{name}\u202f: répond de nouveau.", name=name),
    }
    return sentences[news]


def _suspicion_text(concern: Concern, news: AlertNews, words: Language, now: datetime) -> str:
    say = words.say
    if news is AlertNews.OVER:
        return say("Tout répond de nouveau\u202f: la panne supposée est passée.")
    place = fault_name(FaultLocation(concern.title), words)
    text = say(
        "Panne supposée depuis {moment}\u202f: {place}. Personne ne l’a déclarée.",
        moment=_moment(concern.since, words, now),
        place=place,
    )
    if concern.until is None:
        return text
    work = say("Des travaux sont annoncés jusqu’à {at}.", at=_end(concern.until, words, now))
    return f"{text} {work}"


def _end(at: datetime, words: Language, now: datetime) -> str:
    """Return the end of work as text; midnight is 24:00 of the day before."""
    if words.clock(at) != "00:00":
        return words.moment(at, now)
    return words.moment(at - timedelta(minutes=1), now).replace("23:59", "24:00")


def _act_text(concern: Concern, context: AppContext, words: Language) -> str:
    """Return a sentence that says who did what, and when."""
    say, now = words.say, context.clock.now()
    at = _moment(concern.since, words, now)
    match concern.act:
        case OutageDeclared() as declared:
            return _declared_text(concern, declared, at, context, words)
        case OutageNews() as news:
            return _message_text(news, at, context, words)
        case OutageEnded() as ended:
            return _end_text(concern, ended, context, words)
        case OutageWithdrawn() as taken_back:
            why = _written(taken_back.reason, context, words)
            return say(
                "Retirée\u202f: {at}{who}. {why}", at=at, who=_by(taken_back, words), why=why
            )
        case _:
            return say("Signé\u202f: {at}. Tous les prêts sont traités.", at=at)


def _declared_text(
    concern: Concern, declared: OutageDeclared, at: str, context: AppContext, words: Language
) -> str:
    """Return who declared the outage and when, with the message sent at the same time."""
    say, begun = words.say, _moment(declared.begun, words, context.clock.now())
    lends = say("C1 est en vigueur.") if declared.lending else ""
    text = say(
        "Déclaration\u202f: {at}{who}. Début\u202f: {begun}.",
        at=at,
        who=_by(declared, words),
        begun=begun,
    )
    first = (
        [news for news in concern.outage.news if news.at == declared.at] if concern.outage else []
    )
    messages = [_message_text(news, at, context, words) for news in first]
    return "\n".join([f"{text} {lends}".rstrip(), *messages])


def _by(act: Act, words: Language) -> str:
    """Return the person's name after a comma, or an empty string."""
    return words.say(", par {name}", name=act.operator) if act.operator else ""


def _message_text(news: OutageNews, at: str, context: AppContext, words: Language) -> str:
    say = words.say
    lends = say("C1 est en vigueur.") if news.lending else say("C1 n’est plus en vigueur.")
    message = _written(news.text_in(words.code), context, words) or lends
    text = say("{at}\u202f: {said}", at=at, said=message)
    if news.next_news is None:
        return text
    due = _moment(news.next_news, words, context.clock.now())
    return f"{text}\n" + say("Prochaines nouvelles\u202f: {due}.", due=due)


def _end_text(concern: Concern, ended: OutageEnded, context: AppContext, words: Language) -> str:
    """Return who ended the outage and when, with the number of loans to transfer if known."""
    begun = concern.outage.declared.begun if concern.outage else ended.ended
    text = words.say(
        "Fin\u202f: {ended}{who}. Durée\u202f: {length}.",
        ended=_moment(ended.ended, words, context.clock.now()),
        who=_by(ended, words),
        length=words.duration(ended.ended - begun),
    )
    left = _loans_text(concern.count, context.folds, words)
    return f"{text}\n{left}" if left else text


def _moment(at: datetime | None, words: Language, now: datetime) -> str:
    return words.moment(at, now) if at else ""


PUBLIC_TYPES = {
    PublicState.DOWN: AlertType.FAILURE,
    PublicState.DEGRADED: AlertType.WARNING,
    PublicState.PLANNED: AlertType.INFO,
}


def public_alert(concern: Concern, context: AppContext, words: Language) -> Alert:
    """Return the alert about a public statement, or about the end of its outage."""
    if isinstance(concern.act, PublicStatement):
        statement, kind = concern.act, PUBLIC_TYPES[concern.act.state]
        lines = _lines(statement, context, words)
    else:
        statement, kind = _last_statement(concern, context.folds), AlertType.SUCCESS
        lines = [end_text(statement.state if statement else PublicState.DOWN, words)]
    page = context.settings.status_page
    link = ["", f"{page}?lang={words.code}"] if page else []
    title = _plain(statement.titles, context, words) if statement else ""
    return Alert(title, "\n".join([*lines, *link]), kind, AlertKind.PUBLIC)


def _lines(statement: PublicStatement, context: AppContext, words: Language) -> list[str]:
    say, now = words.say, context.clock.now()
    lines = [_plain(statement.texts, context, words)]
    if statement.start is not None and statement.end is not None:
        start, end = (words.moment(at, now) for at in (statement.start, statement.end))
        lines.insert(0, f"{start} – {end}.")
    if statement.next_news is not None:
        due = words.moment(statement.next_news, now)
        lines.append(say("Prochaines nouvelles\u202f: {due}.", due=due))
    return [line for line in lines if line]


def _plain(texts: Mapping[str, str], context: AppContext, words: Language) -> str:
    return redact_identifiers(text_of(texts, words), context.handbook.current.scans)


def _last_statement(concern: Concern, folds: JournalFolds) -> PublicStatement | None:
    outage = concern.outage
    statements = folds.public.about(outage.declared.id) if outage else ()
    return statements[-1] if statements else None
