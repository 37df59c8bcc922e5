"""Each fault in a line has a French sentence that matches the importer's English reason."""

import pytest

from dashboard.loans.import_text import bad_line_text
from dashboard.translations import language
from procedure.circulation.imports.file import read_file
from procedure.circulation.imports.row import UnreadableLine


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"rubbish", "a.dat", "ligne 1, ni L ni R après l’heure"),
        (b"202611241200L0003", "a.dat", "ligne 1, pas de numéro de lecteur"),
        (b"20261124120xL0003".ljust(94) + b"1", "a.dat", "ligne 1, ne commence pas par une heure"),
        (
            b"202603290230L0003".ljust(94) + b"1",
            "a.dat",
            "ligne 1, heure sautée au passage à l’heure d’été",
        ),
        (b"", "a.csv", "le fichier, vide"),
        (b"heure;document;lecteur\n", "a.csv", "le fichier, ni prêt ni retour"),
        (
            b"heure;document\n1;2\n",
            "a.csv",
            "ligne 1, pas de colonne patron\u202f: la première ligne nomme at (heure), "
            "item (document) et patron (lecteur)",
        ),
        (
            b"<!DOCTYPE html><html>",
            "a.dat",
            "le fichier, page web (une page de connexion\u202f?), pas un fichier de prêts\u202f: "
            "connectez-vous, puis téléchargez de nouveau",
        ),
        (
            b'{"at": "2026-11-24',
            "a.jsonl",
            "ligne 1, coupée\u202f: le fichier s’arrête au milieu de cette ligne, téléchargez-le "
            "de nouveau",
        ),
        (
            b"PK\x03\x04",
            "a.xlsx",
            "le fichier, classeur coupé\u202f: il manque sa fin, téléchargez-le de nouveau",
        ),
        (
            b"PK\x03\x04PK\x05\x06",
            "a.xlsx",
            "le fichier, classeur illisible\u202f: enregistrez-le en CSV",
        ),
        (
            b"at;item;patron\n2026-11-24 09:12;3,12E+13;2071234567\n",
            "a.csv",
            "ligne 2, code raccourci ou arrondi par le tableur\u202f: à la source, mettez la "
            "colonne au format Texte, puis exportez de nouveau",
        ),
        (
            b'{"kind": "loan"}',
            "a.jsonl",
            "ligne 1, heure illisible, à écrire ainsi\u202f: 24.11.2026 09:12",
        ),
    ],
)
def test_bad_line_text_says_why(content: bytes, name: str, message: str) -> None:
    (bad,) = read_file(content, name).bad
    assert bad_line_text(bad, language("fr")) == message


def test_bad_line_text_names_the_sheet_if_there_are_several() -> None:
    bad = UnreadableLine(4, "has no item barcode", "Mardi")
    message = "feuille Mardi, ligne 4, pas de code-barres"
    assert bad_line_text(bad, language("fr")) == message
