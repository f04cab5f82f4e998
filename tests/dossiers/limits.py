"""Units of limits, as literals."""

from __future__ import annotations

from typing import Final

HOURS: Final = "hours"


WORKING_DAYS: Final = "working_days"


DAYS: Final = "days"


MONTHS: Final = "months"
