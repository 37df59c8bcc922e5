from .counts import counts as counts, trade_off as trade_off
from .described_chart import DescribedChart as DescribedChart, duration as duration
from .outages import (
    availability as availability,
    hours_of_week as hours_of_week,
    timeline as timeline,
)
