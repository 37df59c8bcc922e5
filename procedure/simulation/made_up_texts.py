"""What people of the generated history write, in French: a page may translate it."""

TITLE = "Alma ne répond plus"
TICKET = "Ticket ouvert chez Ex Libris."
CAUSE_SOUGHT = "Ex Libris cherche la cause."
LEND_IN_ALMA = "Alma répond\u202f: prêtez dans Alma."
VOID_REASONS = ("lu deux fois", "mauvais lecteur", "le lecteur a changé d’avis")
BY_HAND = "fait à l’écran d’Alma"

MADE_UP_TEXTS = frozenset({TITLE, TICKET, CAUSE_SOUGHT, LEND_IN_ALMA, *VOID_REASONS, BY_HAND})
