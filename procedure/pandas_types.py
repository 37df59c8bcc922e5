"""Names for the values of pandas, whose own types are still too open for a strict check.

Where a frame is made its type is `pd.DataFrame`; where its columns are worked on, it is one of
these. They are the one place to change once pandas has types that can be relied on.
"""

from typing import Any, TypeAlias

Frame: TypeAlias = Any  # a DataFrame
Values: TypeAlias = Any  # a Series, an index, or an array of numpy
