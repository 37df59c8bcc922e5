"""Checks a handbook's files against each other."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import cast

from procedure.guide.steps import Procedure
from procedure.handbook.meanings import step_faults
from procedure.handbook.model import Handbook
from procedure.handbook.page import Page
from procedure.handbook.spelling import misspelt
from procedure.handbook.tree_checks import check_tree
from procedure.handbook.words import compare_words


def cross_check(pages: Sequence[Page], words: Sequence[Page], handbook: Handbook) -> None:
    """Add faults to the `Page` of each file; `pages` are the pages of `FILES`, in order."""
    _, steps, targets, contacts, _ = pages
    procedure = handbook.procedure
    if steps.content is not None:
        procedure = _correct_keys(steps, targets, contacts, words, procedure)
        _cross_check_steps(steps, targets, contacts, procedure)
        for fault in step_faults(procedure, handbook.targets):
            if steps.is_valid(fault.key) and steps.is_valid(f"{fault.key.split('.')[0]}.answers"):
                steps.faults.append(fault)
    for page in words:
        if page.content is not None:
            compare_words(
                page,
                steps=None if steps.content is None else procedure.steps,
                complete_steps=[key for key in procedure.steps if steps.is_complete(key)],
                targets=targets.keys,
                contacts=contacts.keys,
            )


def _correct_keys(
    steps: Page, targets: Page, contacts: Page, words: Sequence[Page], procedure: Procedure
) -> Procedure:
    """Add a fault for each misspelt section key; return the procedure with correct step keys."""
    given = procedure.steps.values()
    named = {
        "steps": [procedure.start, *(to for step in given for _, to in step.transitions())],
        "targets": [target for step in given for target in step.targets],
        "contacts": [step.contact for step in given if step.contact],
    }
    for kind, page in (("steps", steps), ("targets", targets), ("contacts", contacts)):
        worded = [set(_table_of(spoken.content, kind)) for spoken in words]
        keys = page.keys or ()
        lost = {
            key for key in named[kind] if key not in keys and all(key in texts for texts in worded)
        }
        spare = [
            key
            for key in keys
            if key not in named[kind] and not any(key in texts for texts in worded)
        ]
        for key, meant in misspelt(spare, lost).items():
            page.meant_keys[key] = meant
            page.fault(key, f'nothing refers to it; did you mean "{meant}", which is missing?')
    corrected = (replace(step, key=steps.meant_keys.get(step.key, step.key)) for step in given)
    return Procedure(procedure.start, {step.key: step for step in corrected})


def _table_of(content: Mapping[str, object] | None, name: str) -> Mapping[str, object]:
    value = (content or {}).get(name)
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _cross_check_steps(steps: Page, targets: Page, contacts: Page, procedure: Procedure) -> None:
    faults = check_tree(procedure, targets=targets.keys, contacts=contacts.keys)
    steps.faults += [fault for fault in faults if steps.is_valid(fault.key)]
    all_steps = procedure.steps.values()
    if all(steps.is_valid(f"{step.key}.targets") for step in all_steps):
        _check_all_named(targets, [name for step in all_steps for name in step.targets])
    if all(steps.is_valid(f"{step.key}.contact") for step in all_steps):
        _check_all_named(contacts, [step.contact for step in all_steps])


def _check_all_named(page: Page, named: Collection[str | None]) -> None:
    for key in page.keys or ():
        if key not in named:
            page.fault(key, "no step uses it; use it in steps.toml or remove it")
