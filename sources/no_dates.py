"""What systems write in place of no date: the first and the last ones that they can hold."""

from __future__ import annotations

import re

# The first and the last years of databases, languages and formats.
_NO_YEARS = frozenset(["0000", "0001", "1753", "1899", "1900", "2999", "9999"])
_NO_DAYS = frozenset(
    [
        ("1601", "01", "01"),  # zero of Windows' file times
        ("1970", "01", "01"),  # zero of Unix times, in whichever zone it was written
        ("2079", "06", "06"),  # the end of SQL Server's smalldatetime
        ("2099", "12", "31"),
        ("3000", "01", "01"),
        ("4712", "12", "31"),  # the end of Oracle's dates
    ]
)
# 0, and the last second of 32 bits, as instants: what an offset hides from the lists above.
NO_INSTANTS = frozenset([0, (2**31 - 1) * 1000])
_DAY = re.compile(r"([0-9]{4})([-/]?)([0-9]{2})\2([0-9]{2})")
_VIETNAMESE_DAY = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")


def is_no_day(text: str) -> bool:
    """Whether ``text`` begins with such a day: yyyy-MM-dd, yyyy/MM/dd, yyyyMMdd or dd/MM/yyyy."""
    if match := _DAY.match(text):
        day = (match[1], match[3], match[4])
    elif match := _VIETNAMESE_DAY.match(text):
        day = (match[3], match[2], match[1])
    else:
        return False
    return day[0] in _NO_YEARS or day in _NO_DAYS
