from .evidence import Evidence as Evidence
from .evidence import collect_evidence as collect_evidence
from .rules import Diagnosis as Diagnosis
from .rules import diagnose as diagnose
from .scenario import Scenario as Scenario
from .scenario import replay as replay
from .suggestion import Suggestion as Suggestion
from .suggestion import suggest as suggest
