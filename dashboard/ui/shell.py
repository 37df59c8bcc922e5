"""The frame around every place of the dashboard, and the roots that fill it.

The server sends the frame before the session starts.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any

import panel as pn
from bokeh import __version__ as bokeh_version
from bokeh.document import Document
from bokeh.resources import Component, Resources

from dashboard.translations import Language
from dashboard.ui.templating import asset_url, render
from procedure.handbook.model import Handbook
from procedure.local_time import library_zone

# The order of the roots in the session's document. If the page cannot be shown, the document has
# only the first root, which shows an error message.
ROOTS = (
    "head",
    "line",
    "probe",
    "guide",
    "loans",
    "reconciliation",
    "history",
    "coordination",
)
# WebGL, which nothing here uses, and MathJax are left out. Panel's own script needs `bokeh-tables`.
COMPONENTS: list[Component] = ["bokeh", "bokeh-widgets", "bokeh-tables"]
PANEL_FILES = "static/extensions/panel/"


def frame(
    session: Any,
    language: Language,
    handbook: Handbook,
    token: str,
    *,
    first: Mapping[str, str] | None = None,
    to_bring: Mapping[str, str] | None = None,
    transfer_steps: Iterable[str] = (),
    demo: str = "",
) -> str:
    """Return the page without its roots, which a script adds once it has connected with the token.

    `first` is the initial content of the roots, by name: it is shown in their place until they
    appear. `to_bring` is as in `Connection`. `transfer_steps` are the names of the reconciliation's
    steps. With `demo` ("demo" or "drill"), the page says that its data is made up.
    """
    say = language.say
    # The coordinators' page has no tab: the guide links to it when it is needed.
    titles = {
        "guide": say("Guide"),
        "loans": say("Prêts"),
        "reconciliation": say("Transfert"),
        "history": say("Historique"),
    }
    return render(
        "ui/shell",
        language,
        asset=asset_url,
        zone=library_zone().key,
        session=session,
        pages={place: title for place, title in titles.items() if session.may_open(place)},
        desks=list(handbook.desks.values()),
        vdi=handbook.procedure.asks_about_vdi,
        targets=[handbook.words[language.code].targets[key].name for key in handbook.targets],
        shortcuts=shortcuts(language),
        contacts=[
            (contact, handbook.words[language.code].contacts[key].name)
            for key, contact in handbook.contacts.items()
        ],
        version=version("alma-relais"),
        scripts=scripts(),
        first=first or {},
        to_bring=to_bring or {},
        transfer_steps=transfer_steps,
        demo=demo,
        connection={"token": token, "roots": ROOTS},
    )


def add_roots(document: Document, parts: Mapping[str, object]) -> None:
    # Otherwise Panel's style sheets would come from its CDN.
    document.template_variables["dist_url"] = PANEL_FILES
    # With `browser_info`, Panel would add a model of the browser next to each root.
    with document.models.freeze(), pn.config.set(browser_info=False):
        for name in ROOTS[: len(parts)]:
            root: Any = pn.panel(parts[name])
            root.server_doc(document, title="Relais", location=False)


@cache
def scripts() -> tuple[str, ...]:
    """Return the URLs of Bokeh's and Panel's scripts, relative to the page and in loading order."""
    bokeh = Resources("server", root_url="/", components=COMPONENTS, path_versioner=str)
    # `panel serve` imports Tabulator's model, and with it 125 kB of scripts that no place uses.
    files = (file.lstrip("/") for file in bokeh.js_files if "/datatabulator/" not in file)
    # Browsers cache files that have a version in their URL.
    known = f"{bokeh_version}-{pn.__version__}"
    return tuple(f"{file}?v={known}" for file in (*files, f"{PANEL_FILES}panel.min.js"))


Shortcut = tuple[tuple[str, ...], str]


def shortcuts(language: Language) -> Sequence[tuple[str, Sequence[Shortcut]]]:
    """Return the title of each place, with its keyboard shortcuts and their effects."""
    say = language.say
    slip_keys = tuple(dict.fromkeys(code[0].upper() for code in language.offered))
    return (
        (
            say("Guide"),
            (
                (("P",), say("ouvrir les prêts")),
                ((say("Espace"),), say("confirmer les réponses proposées")),
                (("X",), say("dire qu’Alma ne marche pas ici")),
            ),
        ),
        (
            say("Prêts"),
            (
                ((say("Échap"),), say("fermer le lecteur")),
                (("F2",), say("carte oubliée")),
                (("F3",), say("prêter malgré la liste de la nuit")),
                (("F4",), say("retours sur le chariot")),
                (("F6",), say("inverser carte et document")),
                (
                    ("F7",),
                    say("carte suivante ou oubliée, document à décider\u202f; revient sur F9"),
                ),
                (("F8",), say("annuler le dernier scan")),
                (
                    ("F9",),
                    say("c’est juste, c’était un document, carte à décider\u202f; revient sur F7"),
                ),
                (slip_keys, say("bordereau ouvert\u202f: l’imprimer dans cette langue")),
            ),
        ),
        (say("Partout"), ((("F1", "?"), say("ouvrir cette aide")),)),
    )
