"""Records as tidy pandas frames: the single source for tables, summaries, files and notebooks.

In every frame: instants are `datetime64[us, UTC]` (missing: NaT), durations `timedelta64[us]`,
phases and latencies `float64` in milliseconds (missing: NaN), keys and names `str`, flags `bool`,
and columns with a few possible words are categorical, with every word of the table as a category. A
frame without rows has the same columns and dtypes as any other.
`frame["at"].dt.tz_convert("Europe/Zurich")` gives local times.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
