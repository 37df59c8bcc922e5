"""Texts of the loan slip, in each language that a patron may choose."""

from dataclasses import asdict, dataclass

from dashboard.translations import Language, language, offered_languages
from procedure.handbook.model import Handbook


@dataclass(frozen=True, slots=True)
class SlipWords:
    """The texts of a slip in one language.

    `head` holds the library's name and address. `one` is the template for one item, with its due
    date; `many` is for several items, with their number and due date. `day` is the date format.
    """

    head: str
    title: str
    one: str
    many: str
    caution: str
    day: str = "%d.%m.%Y"


def slip_words(handbook: Handbook, language: Language) -> SlipWords:
    say, words = language.say, handbook.words[language.code]
    return SlipWords(
        head="\n".join(filter(None, (words.library, words.address))),
        title=say("Vos emprunts du {day}"),
        one=say("1 document à rendre le {due}"),
        many=say("{count} documents à rendre le {due}"),
        caution=say(
            "Prêté pendant une panne du catalogue. Votre compte montrera ces prêts quand elle sera "
            "finie\u202f; la date indiquée là fait foi."
        ),
    )


def slip_texts(handbook: Handbook) -> dict[str, dict[str, str]]:
    """Return the texts of the slip by language, with the language's name and its key.

    The key prints the slip in that language. It is the first letter of the language code, or empty
    if an earlier language uses that letter.
    """
    texts: dict[str, dict[str, str]] = {}
    for code in offered_languages():
        slip_language = language(code)
        key = "" if any(code[0] == other[0] for other in texts) else code[0].upper()
        texts[code] = {
            "name": slip_language.name,
            "key": key,
            **asdict(slip_words(handbook, slip_language)),
        }
    return texts
