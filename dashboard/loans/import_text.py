"""Explains bad lines of a dropped file, in the page's language."""

import re

from dashboard.translations import Language
from procedure.circulation.imports.row import UnreadableLine


def bad_line_text(bad: UnreadableLine, language: Language) -> str:
    """Return a bad line's position and the reason why it is bad; unknown reasons are in English."""
    where = line_text(bad.sheet, bad.line, language) if bad.line else language.say("le fichier")
    return f"{where}, {_why(bad.reason, language)}"


def line_text(sheet: str, line: int, language: Language) -> str:
    """Return a line number, with the name of the sheet if the workbook has several."""
    if sheet:
        return language.say("feuille {sheet}, ligne {line}", sheet=sheet, line=line)
    return language.say("ligne {line}", line=line)


def _why(reason: str, language: Language) -> str:
    missing = re.match(r"names no column for ([\w, ]+);", reason)
    if missing:
        return language.say(
            "pas de colonne {columns} : la première ligne nomme at (heure), item (document) et "
            "patron (lecteur)",
            columns=missing[1],
        )
    words = _words(language)
    return next((word for begin, word in words.items() if reason.startswith(begin)), reason)


def _words(language: Language) -> dict[str, str]:
    say = language.say
    incomplete = say("code manquant ou illisible")
    workbook = say("classeur illisible : enregistrez-le en CSV")
    rounded = say(
        "code raccourci ou arrondi par le tableur : à la source, mettez la colonne au "
        "format Texte, puis exportez de nouveau"
    )
    return {
        "has an item barcode that a spreadsheet": rounded,
        "has a user identifier that a spreadsheet": rounded,
        "has no user identifier": say("pas de numéro de lecteur"),
        "has no item": say("pas de code-barres"),
        "has neither L nor R": say("ni L ni R après l’heure"),
        "does not begin with a time": say("ne commence pas par une heure"),
        "has a time that the clocks": say("heure sautée au passage à l’heure d’été"),
        "has a time outside": say(
            "heure hors des années de la panne : l’horloge de ce poste est fausse"
        ),
        "has an invisible character": say(
            "code avec un caractère invisible : scannez-le de nouveau"
        ),
        "has no readable time": say("heure illisible, à écrire ainsi : 24.11.2026 09:12"),
        "is cut off": say(
            "coupée : le fichier s’arrête au milieu de cette ligne, téléchargez-le de nouveau"
        ),
        "is a web page": say(
            "page web (une page de connexion ?), pas un fichier de prêts : connectez-vous, "
            "puis téléchargez de nouveau"
        ),
        "this workbook is cut off": say(
            "classeur coupé : il manque sa fin, téléchargez-le de nouveau"
        ),
        "is far too long": say("bien trop longue"),
        "is empty": say("vide"),
        "contains no": say("ni prêt ni retour"),
        "is larger": say("plus de 256 Mo"),
        "is not a JSON": say("n’est pas une ligne de la page du poste"),
        "cannot be parsed": say("illisible à partir d’ici"),
        "voids a loan": say("annule un prêt inconnu ici"),
        "the workbook": workbook,
        "this is not a readable workbook": workbook,
        "The ": incomplete,
        "has no": incomplete,
    }
