"""Dates as one-stop systems write them, as UTC milliseconds."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from dossiers.time.day_table import EARLIEST, LATEST, instant
from sources.importer.times import parse_time
from sources.no_dates import NO_INSTANTS, is_no_day

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
MAX_DATE = 64  # characters, blanks around it included
_COMPACT = (8, 12, 14)  # digits: yyyyMMdd, and HHmm, and ss
_VIETNAMESE = ("%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S")
WANTED = "write yyyyMMddHHmmss, yyyy-MM-dd HH:mm:ss or ISO 8601"


def parse_date(value: object) -> int | None:
    """Milliseconds, or None if there is no date: absent, empty, or a database's first or last.

    Local time of Vietnam unless an offset is given. Raises ValueError, whose text never repeats
    the value: anything might stand there.
    """
    if value is None or value is False:
        return None
    if not isinstance(value, str | int) or value is True:
        raise ValueError(f"is no text; {WANTED}")
    if isinstance(value, int):
        if not 0 <= value < 10 ** _COMPACT[-1]:
            raise ValueError(f"is no date; {WANTED}")
    elif len(value) > MAX_DATE:
        raise ValueError(f"is no date: it has more than {MAX_DATE} characters; {WANTED}")
    text = str(value).strip()
    if not text or text.lower() == "null" or not text.strip("0-/: TZ.") or is_no_day(text):
        return None
    try:
        at = _read(text)
    except (ValueError, OverflowError):
        raise ValueError(f"is no date; {WANTED}") from None
    if at in NO_INSTANTS:
        return None
    if not EARLIEST <= at < LATEST:
        raise ValueError("is a date outside the years 2000 to 2068")
    return at


def _read(text: str) -> int:
    if text.isascii() and text.isdigit():
        if len(text) not in _COMPACT:
            raise ValueError
        # As ISO 8601 has it, which is read ten times faster than a form is followed.
        moment = datetime.fromisoformat(f"{text[:8]}T{text[8:]}" if text[8:] else text)
        return instant(moment.replace(tzinfo=ZONE))
    if text[2:3] == "/":
        for form in _VIETNAMESE:
            try:
                return instant(datetime.strptime(text, form).replace(tzinfo=ZONE))
            except ValueError:
                continue
        raise ValueError
    return parse_time(text, ZONE)
