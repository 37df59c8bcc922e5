"""Texts about readiness: a line per topic, and a line per workstation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dashboard.translations import Language
from procedure.handbook.model import Handbook
from procedure.local_time import at_noon, local
from procedure.offline_lists.list_layout import ListKind
from procedure.readiness.readiness import KeyState, Readiness, ReadinessTopic
from procedure.readiness.workstation_check import WorkstationCheck


@dataclass(frozen=True, slots=True)
class TopicText:
    """The text about a topic; `cure` says what to do, and is empty if the topic is ready."""

    topic: ReadinessTopic
    text: str
    cure: str = ""


@dataclass(frozen=True, slots=True)
class WorkstationText:
    """A line about a workstation: its desk, when it was last seen (UTC), and its problems."""

    name: str
    place: str
    last_seen: datetime
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadinessTexts:
    """The texts that describe the library's readiness in one language.

    `starts_drill` says whether the page has a button for a drill.
    """

    facts: Readiness
    handbook: Handbook
    language: Language
    starts_drill: bool = False

    @property
    def topics(self) -> tuple[TopicText, ...]:
        """A line per topic; topics that are not ready come first."""
        missing = self.facts.missing
        texts, cures = self._texts(), self._cures()
        ready = [topic for topic in self.facts.topics if topic not in missing]
        return (
            *(TopicText(topic, texts[topic], cures[topic]) for topic in missing),
            *(TopicText(topic, texts[topic]) for topic in ready),
        )

    @property
    def workstations(self) -> tuple[WorkstationText, ...]:
        """A line per workstation; those that lack something come first."""
        lines = [self._workstation(workstation) for workstation in self.facts.workstations]
        return tuple(sorted(lines, key=lambda line: not line.problems))

    @property
    def unnamed(self) -> str:
        """A sentence about unnamed workstations seen in the last day; empty if there are none."""
        if not (count := len(self.facts.unnamed)):
            return ""
        return self.language.plural(
            "{count} poste sans nom depuis hier\u202f: nommez-le en haut de sa page.",
            "{count} postes sans nom depuis hier\u202f: nommez-les en haut de leur page.",
            count,
        )

    def _workstation(self, check: WorkstationCheck) -> WorkstationText:
        desk = self.handbook.desks.get(check.desk)
        problems = tuple(self._lack(key, check) for key in self.facts.lacks_of(check))
        return WorkstationText(check.workstation, desk.name if desk else "", check.at, problems)

    def _lack(self, key: str, check: WorkstationCheck) -> str:
        say = self.language.say
        wrong = self.language.duration(timedelta(seconds=abs(check.skew_s or 0)))
        return {
            "https": say("sans HTTPS"),
            "worker": say("ne garde pas la page (navigation privée)"),
            "profile": say("session VDI peut-être vidée à la déconnexion"),
            "storage": say("son navigateur peut effacer ce qu’il garde"),
            "clock": say("horloge fausse de {length}", length=wrong),
            "scanner": say("scanner pas essayé"),
        }[key]

    def _texts(self) -> Mapping[ReadinessTopic, str]:
        return {
            ReadinessTopic.HTTPS: self._https(),
            ReadinessTopic.WORKSTATIONS: self._counts(),
            ReadinessTopic.BACKUP: self._backup(),
            ReadinessTopic.DRILL: self._drill(),
            ReadinessTopic.CONTACTS: self._contacts(),
            ReadinessTopic.ALMA_KEY: self._key(),
            ReadinessTopic.HANDBOOK: self._handbook(),
            ReadinessTopic.LISTS: self._lists(),
            ReadinessTopic.TASKS: self._tasks(),
        }

    def _cures(self) -> Mapping[ReadinessTopic, str]:
        say = self.language.say
        key = say("Donnez RELAIS_ALMA_KEY\u202f: sans elle, aucun prêt n’est vérifié dans Alma.")
        if self.facts.key is KeyState.UNKNOWN:
            key = say("La commande relais doctor la vérifie.")
        drill = say("Lancez la commande relais drill chaque semestre.")
        if self.starts_drill:
            drill = say("Faites-en un chaque semestre.")
        return {
            ReadinessTopic.HTTPS: say(
                "Placez un serveur HTTPS devant Relais, puis changez leurs favoris."
            ),
            ReadinessTopic.WORKSTATIONS: say(
                "Ouvrez Relais sur chaque poste, scannez une carte dans Prêts, puis Échap."
            ),
            ReadinessTopic.BACKUP: say(
                "Faites-en une chaque jour\u202f: relais backup, ou pg_dump pour PostgreSQL."
            ),
            ReadinessTopic.DRILL: drill,
            ReadinessTopic.CONTACTS: say(
                "Vérifiez-les, puis écrivez owner et reviewed dans contacts.toml."
            ),
            ReadinessTopic.ALMA_KEY: key,
            ReadinessTopic.HANDBOOK: say(
                "Comparez-les avec Alma, puis écrivez confirmed dans desks.toml."
            ),
            ReadinessTopic.LISTS: say(
                "Voyez pourquoi les exports de la nuit n’arrivent pas\u202f: relais lists status."
            ),
            ReadinessTopic.TASKS: say("Le journal du serveur dit pourquoi."),
        }

    def _https(self) -> str:
        count = len(self.facts.without_https)
        if not count:
            return self.language.say("Tous les postes ouvrent Relais en HTTPS.")
        return self.language.plural(
            "{count} poste ouvre Relais sans HTTPS\u202f: sans serveur, il ne le rouvre pas.",
            "{count} postes ouvrent Relais sans HTTPS\u202f: sans serveur, ils ne le rouvrent pas.",
            count,
        )

    def _counts(self) -> str:
        facts, total = self.facts, len(self.facts.workstations)
        if not total:
            return self.language.say("Aucun poste nommé n’a encore ouvert Relais.")
        ready = total - sum(bool(facts.lacks_of(workstation)) for workstation in facts.workstations)
        return self.language.plural(
            "{count} poste sur {of} est prêt.",
            "{count} postes sur {of} sont prêts.",
            ready,
            of=total,
        )

    def _backup(self) -> str:
        at = self.facts.times.backup
        if at is None:
            return self.language.say("Aucune sauvegarde connue.")
        moment = self.language.moment(at, self.facts.at)
        return self.language.say("Dernière sauvegarde\u202f: {moment}.", moment=moment)

    def _drill(self) -> str:
        at = self.facts.times.drill
        if at is None:
            return self.language.say("Aucun exercice connu.")
        day = self._day(local(at).date())
        return self.language.say("Dernier exercice\u202f: {day}.", day=day)

    def _contacts(self) -> str:
        say, facts = self.language.say, self.facts
        if facts.to_review:
            words = self.handbook.words[self.language.code].contacts
            names = ", ".join(words[contact.key].name for contact in facts.to_review)
            return say("Contacts à relire\u202f: {names}.", names=names)
        if facts.last_review is None:
            return say("Aucun contact à relire.")
        owners = ", ".join(
            dict.fromkeys(contact.owner for contact in facts.contacts if contact.owner)
        )
        day = self._day(facts.last_review)
        return say("Contacts relus le {day}, par {owners}.", day=day, owners=owners or "?")

    def _key(self) -> str:
        say = self.language.say
        return {
            KeyState.NONE: say("Aucune clé pour l’API d’Alma."),
            KeyState.UNKNOWN: say("La clé de l’API d’Alma n’a pas encore été vérifiée."),
            KeyState.REFUSED: say("Alma refuse la clé de l’API."),
            KeyState.ACCEPTED: say("Alma accepte la clé de l’API."),
        }[self.facts.key]

    def _handbook(self) -> str:
        say = self.language.say
        if codes := ", ".join(self.facts.unconfirmed):
            return say("Codes de guichets à vérifier\u202f: {codes}.", codes=codes)
        return say("Procédure vérifiée, {count} adresses.", count=len(self.handbook.targets))

    def _lists(self) -> str:
        say = self.language.say
        names = {ListKind.ACCOUNTS: say("comptes"), ListKind.ITEMS: say("documents")}
        moments = {
            names[ready.kind]: self.language.moment(ready.as_of, self.facts.at)
            for ready in self.facts.lists
        }
        lists = ", ".join(f"{name} ({moment})" for name, moment in moments.items())
        text = say("Listes\u202f: {lists}.", lists=lists)
        if not lists:
            text = say("Aucune liste de comptes ni de documents.")
        elif self.facts.silent_lists:
            text = say("Listes trop anciennes pour compter\u202f: {lists}.", lists=lists)
        if self.facts.is_list_refused:
            refused = say("Le dernier import a été refusé.")
            return f"{refused} {text}"
        return text

    def _tasks(self) -> str:
        failing = self.facts.failing_tasks
        return self.language.plural(
            "{count} tâche du serveur échoue\u202f: {names}.",
            "{count} tâches du serveur échouent\u202f: {names}.",
            len(failing),
            names=", ".join(failing),
        )

    def _day(self, day: date) -> str:
        return f"{self.language.day(at_noon(day))} {day.year}"
