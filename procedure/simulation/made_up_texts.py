"""What people of the generated history write, in French: a page may translate it."""

TITLE = "Alma ne répond plus"
TICKET = "Ticket ouvert chez Ex Libris."
CAUSE_SOUGHT = "Ex Libris cherche la cause."
LEND_IN_ALMA = "Alma répond\u202f: prêtez dans Alma."
VOID_REASONS = ("lu deux fois", "mauvais lecteur", "le lecteur a changé d’avis")
READERS_TITLE = {
    "fr": "Le catalogue et votre compte sont en panne",
    "en": "The catalogue and your account are down",
    "de": "Der Katalog und Ihr Konto sind ausgefallen",
}
READERS_TEXT = {
    "fr": "Vous pouvez emprunter et rendre aux guichets.",
    "en": "You can borrow and return at the desks.",
    "de": "An den Theken können Sie ausleihen und zurückgeben.",
}
BY_HAND = "fait à l’écran d’Alma"
NOT_BACK = "le lecteur n’est pas revenu"

MADE_UP_TEXTS = frozenset(
    {TITLE, TICKET, CAUSE_SOUGHT, LEND_IN_ALMA, *VOID_REASONS, BY_HAND, NOT_BACK}
)
