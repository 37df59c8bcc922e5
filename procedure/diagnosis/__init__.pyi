from .evidence import Evidence as Evidence, collect_evidence as collect_evidence
from .rules import Diagnosis as Diagnosis, diagnose as diagnose
from .scenario import Scenario as Scenario, replay as replay
from .suggestion import Suggestion as Suggestion, suggest_answer as suggest_answer
