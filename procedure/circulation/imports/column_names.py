"""Column headings recognised in imported tables, in four languages."""

import re
from collections.abc import Mapping, Sequence

from procedure.circulation.imports.bare_code import bare
from procedure.circulation.imports.named_fields import OPTIONAL

# Headings as returned by `spelt`. An `at` column holds the date and the time in one cell.
ITEM_NAMES = (
    "item",
    "barcode",
    "item barcode",
    "document",
    "code barres",
    "code barres du document",
    "exemplaire",
    "medium",
    "exemplar",
    "strichcode",
    "mediennummer",
    "exemplarnummer",
    "documento",
    "esemplare",
    "codice a barre",
    "codice documento",
)
PATRON_NAMES = (
    "patron",
    "patron id",
    "user",
    "user id",
    "user identifier",
    "lecteur",
    "numéro de lecteur",
    "n de lecteur",
    "usager",
    "benutzer",
    "benutzerin",
    "benutzernummer",
    "benutzer id",
    "benutzerkennung",
    "nutzer",
    "leser",
    "lesernummer",
    "ausweisnummer",
    "lettore",
    "utente",
    "numero di lettore",
    "numero utente",
    "id utente",
    "codice utente",
)
DATE_NAMES = (
    "date",
    "loan date",
    "date de prêt",
    "date du prêt",
    "datum",
    "ausleihdatum",
    "data",
    "data prestito",
    "data di prestito",
    "data del prestito",
)
NAMES: Mapping[str, Sequence[str]] = {
    "at": (
        "at",
        "date and time",
        "date time",
        "datetime",
        "date et heure",
        "date heure",
        "datum und uhrzeit",
        "datum und zeit",
        "datum uhrzeit",
        "datum zeit",
        "data e ora",
        "data ora",
        "loan date and time",
        "zeitpunkt",
        "ausleihzeitpunkt",
    ),
    "date": DATE_NAMES,
    "time": (
        "time",
        "loan time",
        "heure",
        "heure de prêt",
        "heure du prêt",
        "zeit",
        "uhrzeit",
        "ausleihzeit",
        "ora",
        "ora prestito",
        "ora del prestito",
    ),
    "item": ITEM_NAMES,
    "patron": PATRON_NAMES,
    "desk": (
        "desk",
        "circ desk",
        "circulation desk",
        "guichet",
        "theke",
        "ausleihtheke",
        "schalter",
        "sportello",
    ),
    "kind": (
        "kind",
        "type",
        "transaction",
        "art",
        "typ",
        "vorgang",
        "transaktion",
        "tipo",
        "operazione",
        "transazione",
    ),
    **{name: (name,) for name in OPTIONAL if name not in ("desk", "kind")},
}


def columns(heading: Sequence[str], known: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return the index of each known column; if several headings match it, use the first."""
    columns: dict[str, int] = {}
    for place, cell in enumerate(heading):
        words = spelt(cell)
        for name, names in known.items():
            if words in names:
                columns.setdefault(name, place)
    return columns


def spelt(heading: str) -> str:
    """Return the words of a heading in lower case, without punctuation."""
    return " ".join(re.findall(r"[^\W_]+", bare(heading))).lower()
