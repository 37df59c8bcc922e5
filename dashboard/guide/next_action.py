"""What the page asks the reader to do, and what comes after it."""

from dataclasses import dataclass

from dashboard.guide.suggested_path import SuggestedPath
from dashboard.translations import Language
from dashboard.translations.sentences import in_words


@dataclass(frozen=True, slots=True)
class NextAction:
    """The text of what is left to do in the procedure.

    `do` is part of a sentence: *confirmez les quatre réponses*. `then` is the step that it
    leads to, part of a sentence too, empty while unknown. `step` is the step that the
    answers have led to, a sentence of its own, empty while a question is left. `lends` tells
    whether the step that is reached, or comes then, is to lend. `open` tells whether the
    procedure is on the page at all.
    """

    do: str
    then: str = ""
    step: str = ""
    lends: bool = False
    open: bool = False

    @property
    def whole(self) -> bool:
        """Whether every answer that is left is proposed."""
        return bool(self.then)

    @property
    def onward(self) -> str:
        """The action as one sentence."""
        done = self.do[:1].upper() + self.do[1:]
        return self.step or (f"{done}, {self.then}." if self.then else f"{done}.")


def next_action(suggested_path: SuggestedPath, language: Language) -> NextAction:
    """Return what the guide asks for now; on another place, to open it."""
    answering = language.say("répondez aux questions")
    reached = _reached(suggested_path)
    if reached:
        title = _title(suggested_path, reached, language)
        step = language.say("{step}\u202f: {title}.", step=reached, title=title)
        return NextAction(answering, step=step, **_kind(suggested_path, reached))
    if suggested_path.guide.session.page != "guide":
        return NextAction(language.say("ouvrez le guide"), open=suggested_path.asks)
    if not suggested_path.is_complete or suggested_path.one_by_one:
        return NextAction(answering, open=suggested_path.asks)
    end = suggested_path.end
    title = language.after_colon(_title(suggested_path, end, language))
    then = language.say("puis {step}\u202f: {title}", step=end, title=title)
    return NextAction(
        _confirming(len(suggested_path.steps), language), then, **_kind(suggested_path, end)
    )


def lending_text(action: NextAction, language: Language) -> str:
    """Return the sentence to lend as in an outage, with the step that the answers led to."""
    lend = language.say("Prêtez en secours.")
    if action.step:
        return action.step if action.lends else f"{lend} {action.step}"
    return lend


def _reached(suggested_path: SuggestedPath) -> str:
    """Return the step that a person's answers lead to; empty while a question is left."""
    guide = suggested_path.guide
    if not guide.path:
        return ""
    here = guide.applying if guide.step == guide.end else ""
    step = here or guide.end
    return "" if guide.procedure.steps[step].kind == "question" else step


def _kind(suggested_path: SuggestedPath, step: str) -> dict[str, bool]:
    kind = suggested_path.guide.procedure.steps[step].kind
    return {"lends": kind == "lending", "open": suggested_path.asks}


def _title(suggested_path: SuggestedPath, step: str, language: Language) -> str:
    return suggested_path.guide.handbook.words[language.code].steps[step].title


def _confirming(count: int, language: Language) -> str:
    if count == 1:
        return language.say("confirmez la réponse proposée")
    return language.say("confirmez les {count} réponses", count=in_words(count, language))
