"""What the answer to a question may mean, so that evidence can suggest it."""

# The answers that each rule may suggest, by what they mean, and what is not suggested without one.
ANSWER_MEANINGS: dict[str, dict[str, str]] = {
    "official": {
        "announced": "that a status page announces the outage",
        "not-announced": "that no status page announces it",
    },
    "colleagues": {
        "works": "that the fault is at this workstation",
        "fails": "that the fault is general",
        "only-vdi": "that the fault is at the VDI workstations",
    },
    "reach": {
        "answers": "that an address answers from here",
        "silent": "that none answers from here",
    },
}
# A library without VDI workstations has no such answer.
OPTIONAL_ANSWERS = frozenset({"only-vdi"})
