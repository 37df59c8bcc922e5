from .alma.server import FakeAlma as FakeAlma
from .sample import Sample as Sample, SampleClock as SampleClock
