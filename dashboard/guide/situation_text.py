"""The status bar's text for a situation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dashboard.monitoring.situation import Situation, SituationKind
from dashboard.translations import Language


@dataclass(frozen=True, slots=True)
class StatusText:
    """The status bar's shape, tone, fact and action, and the page's title."""

    shape: str
    tone: str
    fact: str
    act: str
    title: str


@dataclass(frozen=True, slots=True)
class _Values:
    """The values to fill in: a start time, a target's name, two counts, and what is left to do."""

    since: str
    name: str
    count: int
    of: int
    left: str | None


def status_text(
    state: Situation,
    names: Mapping[str, str],
    language: Language,
    now: datetime,
    *,
    left: str | None = "",
) -> StatusText:
    """Return the text for a situation; `names` maps targets to their names.

    `left` says what is left to reconcile; None while this is unknown. Only if it is empty can the
    text say that there is nothing to do.
    """
    values = _Values(
        since="" if state.since is None else language.moment(state.since, now),
        name=next((names[target] for target in state.named_targets), ""),
        count=len(state.named_targets),
        of=state.of,
        left=left,
    )
    table = _not_known(language, values) | _failing(language, values) | _answering(language, values)
    return table[state.kind]


def _not_known(language: Language, values: _Values) -> dict[SituationKind, StatusText]:
    say, since = language.say, values.since
    first = say("Premier relevé en cours.")
    answering = language.plural(
        "{count} adresse sur {of} répond déjà.",
        "{count} adresses sur {of} répondent déjà.",
        values.count,
        of=values.of,
    )
    usable, trial = say("La procédure est déjà utilisable."), _trial(language)
    never = say("Alma n’est pas relevé.")
    blind = say("Le serveur de Relais n’a plus de réseau depuis {since}.", since=since)
    stale = say("Plus aucun relevé depuis {since}.", since=since)
    unread = say("Alma n’est plus relevé depuis {since}.", since=since)
    unread, alma = (unread if since else never), never.rstrip(".")
    title, nothing = say("Premier relevé"), say("Rien n’est connu")
    return {
        SituationKind.FIRST: StatusText("clock", "unknown", first, usable, title),
        SituationKind.STARTING: StatusText("clock", "unknown", first, answering, title),
        SituationKind.BLIND: StatusText("unknown", "unknown", blind, trial, nothing),
        SituationKind.STALE: StatusText("clock", "unknown", stale, trial, nothing),
        SituationKind.ALMA_UNREAD: StatusText("unknown", "unknown", unread, trial, alma),
    }


def _failing(language: Language, values: _Values) -> dict[SituationKind, StatusText]:
    say, since, name = language.say, values.since, values.name
    some = language.plural(
        "« {name} » ne répond plus depuis {since}.",
        "{count} adresses ne répondent plus depuis {since}.",
        values.count,
        name=name,
        since=since,
    )
    both = language.plural(
        "Ni Alma ni « {name} » ne répondent depuis {since}.",
        "Ni Alma ni {count} autres adresses ne répondent depuis {since}.",
        values.count,
        name=name,
        since=since,
    )
    nothing = say("Rien ne répond au serveur depuis {since}.", since=since)
    alma = say("Alma ne répond plus depuis {since}.", since=since)
    lend = lend_text(language)
    network = say("Le réseau est peut-être en cause\u202f: prêtez en secours.")
    works = say("Alma répond\u202f; s’il échoue ici, prêtez en secours.")
    title, link = say("Alma ne répond plus"), say("Un lien d’Alma ne répond plus")
    partly, unread = say("Tout ne répond pas"), say("Alma n’est pas relevé.")
    trial, other = _trial(language), say("Essayez l’autre lien, sinon prêtez en secours.")
    return {
        SituationKind.ALL_DOWN: StatusText("down", "down", nothing, network, say("Rien ne répond")),
        SituationKind.ALMA_AND_OTHERS_DOWN: StatusText("down", "down", both, lend, title),
        SituationKind.ALMA_DOWN: StatusText("down", "down", alma, lend, title),
        SituationKind.ALMA_LINK_DOWN: StatusText("down", "down", some, other, link),
        SituationKind.OTHERS_DOWN: StatusText("down", "slow", some, works, partly),
        SituationKind.OTHERS_DOWN_ALMA_UNREAD: StatusText(
            "down", "slow", some, f"{unread} {trial}", partly
        ),
    }


def _answering(language: Language, values: _Values) -> dict[SituationKind, StatusText]:
    say, plural, count = language.say, language.plural, values.count
    alma = say("Alma est lent depuis {since}.", since=values.since)
    patience = say("Patientez\u202f; s’il ne s’ouvre pas, prêtez en secours.")
    nearly, all_up = say("Presque tout répond."), say("Tout répond.")
    unread = plural(
        "Une adresse n’est pas relevée.", "{count} adresses ne sont pas relevées.", count
    )
    slow = plural("Une adresse est lente.", "{count} adresses sont lentes.", count)
    idle, title = _idle(language, values), say("Tout répond")
    return {
        SituationKind.ALMA_SLOW: StatusText("slow", "slow", alma, patience, say("Alma est lent")),
        SituationKind.NEARLY_ALL_UP: StatusText(
            "unknown", "unknown", nearly, unread, nearly.rstrip(".")
        ),
        SituationKind.OTHERS_SLOW: StatusText("slow", "up", all_up, f"{slow} {idle}", title),
        SituationKind.ALL_UP: StatusText("up", "up", all_up, idle, title),
    }


def lend_text(language: Language) -> str:
    return language.say("Prêtez en secours.")


def _trial(language: Language) -> str:
    return language.say("Essayez Alma sur votre poste.")


def _idle(language: Language, values: _Values) -> str:
    if values.left is None:
        return language.say("Lecture du journal…")
    return values.left or language.say("Rien à faire.")


def trouble(language: Language) -> str:
    """Return the advice for staff if Alma seems to work but fails at this workstation."""
    return language.say("S’il échoue ici, prêtez en secours.")
