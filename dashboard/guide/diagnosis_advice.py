"""The status bar's text when workstations and staff know more than the server."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from dashboard.guide.situation_text import StatusText, lend_text, trouble
from dashboard.monitoring.diagnosis import DiagnosisState
from dashboard.translations import Language
from procedure.diagnosis.evidence import VantageView


@dataclass(frozen=True, slots=True)
class _Advice:
    """The text for a diagnosis.

    If `act` is empty, the text says to lend in Relais. If `shape` is empty, `tone` is the shape.
    """

    tone: str
    fact: str
    title: str
    act: str = ""
    shape: str = ""


def diagnosis_advice(diagnosis: DiagnosisState, language: Language) -> StatusText | None:
    """Return where the fault is and what to do; None if the text of the situation is enough."""
    advice = advice_by_rule(diagnosis, language).get(diagnosis.result.rule)
    if advice is None:
        return None
    shape, act = advice.shape or advice.tone, advice.act or lend_text(language)
    return StatusText(shape, advice.tone, advice.fact, act, advice.title)


def advice_by_rule(diagnosis: DiagnosisState, language: Language) -> Mapping[str, _Advice]:
    """Return the advice for each rule of the diagnosis, keyed by rule; some rules have none."""
    return (
        _near(diagnosis, language)
        | _networks(language)
        | _alma(diagnosis, language)
        | _unsure(diagnosis, language)
    )


def _near(diagnosis: DiagnosisState, language: Language) -> dict[str, _Advice]:
    say, failing = language.say, _failing(diagnosis)
    count, of = len(failing), len(diagnosis.evidence.workstations)
    fails_here = diagnosis.evidence.alma_works_at(diagnosis.evidence.asker_view) is False
    act = "" if fails_here else trouble(language)
    tone = "down" if fails_here else "slow"
    first = failing[0].vantage if failing else diagnosis.vantage
    only = say("Votre poste seul n’atteint pas Alma.")
    other = say("Alma répond. Un seul poste ne l’atteint pas\u202f: {name}.", name=first.key)
    vdi = say(
        "Seuls les postes VDI n’atteignent pas Alma\u202f: {count} sur {of}.", count=count, of=of
    )
    site = say("Alma n’est plus atteint depuis {site}, ailleurs il l’est.", site=first.site)
    watcher = say("Alma répond aux postes\u202f: seul le serveur de Relais ne l’atteint pas.")
    single = _Advice(tone, only if fails_here else other, say("Un poste sans Alma"), act)
    return {
        "one_workstation": single,
        "one_vdi": single,
        "only_vdi": _Advice(tone, vdi, say("Les postes VDI sans Alma"), act),
        "one_site": _Advice(tone, site, say("Un site sans Alma"), act),
        "server_alone": _Advice(
            "unknown", watcher, say("Alma répond aux postes"), trouble(language)
        ),
    }


def _networks(language: Language) -> dict[str, _Advice]:
    say = language.say
    campus = _Advice("down", say("Notre réseau ne répond plus."), say("Le réseau est coupé"))
    internet = _Advice("down", say("L’accès à Internet est coupé."), say("Internet est coupé"))
    return {"campus_silent": campus, "desks_cut": campus, "outside_silent": internet}


def _alma(diagnosis: DiagnosisState, language: Language) -> dict[str, _Advice]:
    say, failing, state = language.say, _failing(diagnosis), diagnosis.grid.state
    title = say("Alma ne répond plus")
    since = ""
    if state.failing and state.since is not None:
        since = language.moment(state.since, diagnosis.context.clock.now())
    nowhere = (
        say("Alma ne répond plus nulle part depuis {since}.", since=since)
        if since
        else say("Alma ne répond plus nulle part.")
    )
    logins = say("Le service de connexion ne répond plus\u202f: Alma ne s’ouvre pas.")
    works = _Advice("slow", _works(diagnosis, language), say("Travaux sur Alma"), shape="planned")
    announced = say("Une panne d’Alma est annoncée\u202f; Alma répond encore.")
    other = say("Essayez l’autre lien, sinon prêtez en secours.")
    error = say("La connexion à Alma renvoie une erreur, l’autre lien répond.")
    half = say("Le lien habituel vers Alma échoue, l’autre répond.")
    table = {
        "work_is_on": works,
        "logins_fail": _Advice("down", logins, say("La connexion est en panne")),
        "system_answers": _Advice("down", logins, say("La connexion est en panne")),
        "login_errors": _Advice("down", error, say("La connexion est en panne"), other),
        "usual_way_fails": _Advice("down", half, say("Un lien d’Alma ne répond plus"), other),
        "announced_unseen": _Advice("slow", announced, say("Panne annoncée"), trouble(language)),
    }
    if failing:  # otherwise, the text of the situation is enough
        silent = _Advice("down", nowhere, title, lend_text(language))
        table |= {"alma_silent": silent, "announced": silent, "outside_unread": silent}
    return table


def _works(diagnosis: DiagnosisState, language: Language) -> str:
    now = diagnosis.context.clock.now()
    ends = [
        work.end for work in diagnosis.planned_work if work.covers(now) and work.end is not None
    ]
    if not ends:
        return language.say("Travaux annoncés sur Alma\u202f: il ne répond pas.")
    return language.say(
        "Travaux annoncés sur Alma, fin prévue {when}\u202f: il ne répond pas.",
        when=language.when(max(ends), now),
    )


def _unsure(diagnosis: DiagnosisState, language: Language) -> dict[str, _Advice]:
    say, failing = language.say, _failing(diagnosis)
    reporting = len(
        [
            workstation
            for workstation in diagnosis.evidence.workstations
            if workstation.works is False
        ]
    )
    reported = language.plural(
        "Alma répond, mais {count} poste dit qu’il ne marche pas.",
        "Alma répond, mais {count} postes disent qu’il ne marche pas.",
        reporting,
    )
    knowing = [
        workstation
        for workstation in diagnosis.evidence.workstations
        if diagnosis.evidence.alma_works_at(workstation) is not None
    ]
    differ = say(
        "Alma n’est pas atteint par {count} postes sur {of}.", count=len(failing), of=len(knowing)
    )
    title = say("Alma ne marche pas partout")
    trial = say("Essayez de vous connecter à Alma.")
    one = say("Le seul poste connu n’atteint pas Alma, le serveur de Relais si.")
    people = _Advice("down", reported, title)
    single = _Advice("slow", reported, title)
    is_reported_here = diagnosis.evidence.asker_view.works is False
    act = "" if is_reported_here else trouble(language)
    return {
        "reports_outweigh": people,
        "reported_only": people,
        "differ": _Advice("slow", differ, title, act),
        "one_known": _Advice("slow", one, say("Un poste sans Alma"), act),
        "single_report": single if is_reported_here else replace(single, act=trial),
    }


def _failing(diagnosis: DiagnosisState) -> list[VantageView]:
    evidence = diagnosis.evidence
    return [
        workstation
        for workstation in evidence.workstations
        if evidence.alma_works_at(workstation) is False
    ]
