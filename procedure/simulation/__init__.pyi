from .alma.server import FakeAlma as FakeAlma
from .sample import Sample as Sample, SampleClock as SampleClock, open_sample as open_sample
