"""A message of the coordination while it is being written: to whom it goes, and its texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from dashboard.outage.public_text import proposed_message, proposed_text, ready_message
from procedure.handbook.model import CAUSES, Words
from procedure.outages.public_acts import ReaderMessage

DESKS, READERS = "desks", "readers"
FREE = ""  # the moment of a text that no handbook has


@dataclass(frozen=True, slots=True)
class MessageDraft:
    """What was chosen and written.

    `own` is the language of the page, `words` are those of the handbook by language, `written` is
    what stands in the fields. A ready text that nobody changed goes out in every language of the
    handbook, in words of their own for desks and readers; a changed one goes out in the languages
    in which it was written.
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
        """The message for the desks by language; empty where they get none."""
        return self._texts(self._ready_for_desks) if DESKS in self.to else {}

    @property
    def readers(self) -> ReaderMessage | None:
        """The message for readers, None where they get none."""
        if READERS not in self.to:
            return None
        ready = self._ready_for_readers
        return replace(ready, texts=self._texts(ready.texts if self.phase else {}))

    @property
    def shown(self) -> dict[str, str]:
        """What the fields show, by language: the words for the desks where both get it."""
        if DESKS in self.to or self.readers is None:
            return self._texts(self._ready_for_desks)
        return dict(self.readers.texts)

    @property
    def others(self) -> list[str]:
        """The languages of the handbook beside the page's."""
        return [code for code in self.words if code != self.own]

    @property
    def is_ready(self) -> bool:
        """Whether the text in the page's language is the handbook's."""
        return bool(self.phase) and self.own not in self._changed

    @property
    def _ready_for_desks(self) -> dict[str, str]:
        if not self.phase:
            return {}
        cause, phase = self.cause, self.phase
        return {code: proposed_message(cause, phase, own) for code, own in self.words.items()}

    @property
    def _ready_for_readers(self) -> ReaderMessage:
        return ready_message(self.cause, self.phase or "begin", self.words)

    @property
    def _changed(self) -> dict[str, str]:
        """What a person wrote, by language, without what is the handbook's."""
        given = {code: text.strip() for code, text in self.written.items() if code in self.words}
        return {code: text for code, text in given.items() if text not in self._ready(code)}

    def _ready(self, code: str) -> set[str]:
        """Return the ready texts of the moment in a language: another cause has others."""
        if not self.phase:
            return set()
        words = self.words[code]
        desks = {proposed_message(cause, self.phase, words) for cause in CAUSES}
        return desks | {proposed_text(cause, self.phase, words)[1] for cause in CAUSES}

    def _texts(self, ready: Mapping[str, str]) -> dict[str, str]:
        changed = self._changed
        texts = {**ready, **changed} if self.is_ready else changed
        return {code: texts[code] for code in self.words if texts.get(code)}
