"""The draft of a coordinators' message: its recipients and texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dashboard.outage.public_text import proposed_message, proposed_text, ready_message
from procedure.handbook.model import CAUSES, Words
from procedure.outages.public_acts import PatronMessage

DESKS, PATRONS = "desks", "readers"
FREE = ""  # the `phase` of a message that is not from the handbook


@dataclass(frozen=True, slots=True)
class MessageDraft:
    """The chosen recipients and the texts written so far.

    `own` is the page's language, `words` are the handbook's texts by language, and `written` is the
    content of the fields. An unchanged handbook text is sent in every language of the handbook,
    worded separately for desks and patrons; an edited text is sent only in the languages it was
    written in.
    """

    own: str
    words: Mapping[str, Words]
    to: frozenset[str] = frozenset({DESKS})
    cause: str = "system"
    phase: str = FREE
    written: Mapping[str, str] = field(default_factory=dict[str, str])
    news: str = ""
    lending: bool = True

    @property
    def texts(self) -> dict[str, str]:
        """The message for the desks by language; empty if they are not recipients."""
        return self._texts(self._ready_for_desks) if DESKS in self.to else {}

    @property
    def patrons(self) -> PatronMessage | None:
        """The message for patrons; None if they are not recipients."""
        if PATRONS not in self.to:
            return None
        ready = self._ready_for_patrons
        return replace(ready, texts=self._texts(ready.texts if self.phase else {}))

    @property
    def field_texts(self) -> dict[str, str]:
        """The fields' texts by language, worded for desks unless only patrons are recipients."""
        if DESKS in self.to or self.patrons is None:
            return self._texts(self._ready_for_desks)
        return dict(self.patrons.texts)

    @property
    def others(self) -> list[str]:
        """The handbook's languages other than the page's."""
        return [code for code in self.words if code != self.own]

    @property
    def is_ready(self) -> bool:
        """Whether the text in the page's language is unchanged from the handbook."""
        return bool(self.phase) and self.own not in self._changed

    @property
    def _ready_for_desks(self) -> dict[str, str]:
        if not self.phase:
            return {}
        cause, phase = self.cause, self.phase
        return {code: proposed_message(cause, phase, own) for code, own in self.words.items()}

    @property
    def _ready_for_patrons(self) -> PatronMessage:
        return ready_message(self.cause, self.phase or "begin", self.words)

    @property
    def _changed(self) -> dict[str, str]:
        """The texts, by language, that differ from the handbook's."""
        given = {code: text.strip() for code, text in self.written.items() if code in self.words}
        return {code: text for code, text in given.items() if text not in self._ready(code)}

    def _ready(self, code: str) -> set[str]:
        """Return the handbook's texts in a language, for the chosen phase and every cause."""
        if not self.phase:
            return set()
        words = self.words[code]
        desks = {proposed_message(cause, self.phase, words) for cause in CAUSES}
        return desks | {proposed_text(cause, self.phase, words)[1] for cause in CAUSES}

    def _texts(self, ready: Mapping[str, str]) -> dict[str, str]:
        changed = self._changed
        texts = {**ready, **changed} if self.is_ready else changed
        return {code: texts[code] for code in self.words if texts.get(code)}
