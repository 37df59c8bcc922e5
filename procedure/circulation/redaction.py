"""Redaction of patrons' identifiers in free text, such as a message to all desks."""

import re

from procedure.circulation.scan_rules import ScanKind, ScanRules

HIDDEN = "[…]"
_WORD = re.compile(r"\S+")
_AROUND = ".,;:!?()[]{}<>«»\"'’“”"
_PERSONS = {ScanKind.CARD, ScanKind.NUMBER}


def redact_identifiers(text: str, rules: ScanRules) -> str:
    """Return the text as a single line, hiding every word that looks like a patron's identifier."""
    line = " ".join(text.split())
    return _WORD.sub(lambda match: _hidden(match[0], rules), line)


def _hidden(word: str, rules: ScanRules) -> str:
    bare = word.strip(_AROUND)
    kinds = {form.kind for form in rules.forms if bare and form.fits(bare)}
    return word.replace(bare, HIDDEN) if kinds & _PERSONS else word
