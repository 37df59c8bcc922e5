"""Where the fault lies and which answers the evidence suggests, and scenarios that replay both.

A suggestion never answers for a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from procedure.lazy_names import lazy_names

if TYPE_CHECKING:
    from procedure.diagnosis.evidence import Evidence as Evidence
    from procedure.diagnosis.evidence import collect_evidence as collect_evidence
    from procedure.diagnosis.rules import Diagnosis as Diagnosis
    from procedure.diagnosis.rules import diagnose as diagnose
    from procedure.diagnosis.scenario import Scenario as Scenario
    from procedure.diagnosis.scenario import replay as replay
    from procedure.diagnosis.suggestion import Suggestion as Suggestion
    from procedure.diagnosis.suggestion import suggest as suggest
else:
    __getattr__, __all__ = lazy_names(
        __name__,
        evidence="Evidence collect_evidence",
        rules="diagnose Diagnosis",
        scenario="Scenario replay",
        suggestion="suggest Suggestion",
    )
