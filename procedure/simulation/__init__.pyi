from .alma.server import FakeAlma as FakeAlma
from .history import sample as sample
