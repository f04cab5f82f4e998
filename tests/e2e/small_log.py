"""A log in which every dossier shows one rule, and every bad row one reason; as CSV and XES.gz."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import quoteattr

from tests.e2e.recount import Row

HEADER = ("case:concept:name", "concept:name", "time:timestamp", "org:resource", "org:group")
ZONE = "Asia/Ho_Chi_Minh"
_COLUMNS = """
[columns]
dossier = "case:concept:name"
activity = "concept:name"
time = "time:timestamp"
officer = "org:resource"
unit = "org:group"
"""
BY_ACTIVITY = f"""
timezone = "{ZONE}"
calendar = "vn-office"
limit = "3 working days"
finished = ["Approve", "Refuse"]
{_COLUMNS}"""
BY_LAST_EVENT = f"""
timezone = "{ZONE}"
limit = "3 days"
finished = "last-event"
{_COLUMNS}"""

# 3 working days are 24 working hours, 07:30-11:30 and 13:00-17:00.
GOOD = (
    # From Monday 09:00, so due on Thursday 09:00: not a millisecond later.
    ("on time", "Receive", "2025-10-06 09:00:00", "an", "Desk"),
    ("on time", "Approve", "2025-10-09 09:00:00.000", "an", "Desk"),
    ("late", "Receive", "2025-10-06T09:00:00+07:00", "an", "Desk"),
    ("late", "Refuse", "2025-10-09T02:00:00.001Z", "binh", "Land"),
    # The day before; and what comes after the finish moves the dossier but does not reopen it.
    ("early", "Receive", "2025-10-06 09:00:00", "an", "Desk"),
    ("early", "Approve", "2025-10-08 17:00:00", "binh", "Land"),
    ("early", "Archive", "2025-10-13 08:00:00", "chi", "Archive"),
    # The first of two finishes counts, wherever it stands in the file.
    ("first finish", "Refuse", "2025-10-15 10:00:00", "an", "Land"),
    ("first finish", "Approve", "2025-10-08 08:00:00", "an", "Land"),
    ("first finish", "Receive", "2025-10-07 08:00:00", "an", "Desk"),
    ("overdue", "Receive", "2025-10-06 09:00:00", "an", "Desk"),
    ("overdue", "Check", "2025-10-07 09:00:00", "", ""),
    # Friday 16:00: one hour, Monday, Tuesday, and seven hours of Wednesday: due when the log ends.
    ("due at the end", "Receive", "2025-10-10 16:00:00", "binh", "Land"),
    # A Saturday counts from Monday 07:30: due on Wednesday 17:00.
    ("weekend", "Receive", "2025-10-11 10:00:00", "binh", "Land"),
    ("nobody", "Receive", "2025-10-14 10:00:00", "", ""),
    # Words are names, whatever they say.
    ("words", "Receive", "2025-10-14 10:00:00", "TEST", "EMPTY"),
    # The National Day is two days off, 1 and 2 September 2025: Friday 29 August 16:00 is due on
    # Friday 5 September 16:00.
    ("holiday", "Receive", "2025-08-29 16:00:00", "chi", "Land"),
    ("holiday", "Approve", "2025-09-05 16:00:00", "chi", "Land"),
    ("end of log", "Receive", "2025-10-15 16:00:00", "an", "Desk"),
)  # fmt: skip
TWICE = (GOOD[0], GOOD[12])
AHEAD = (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="seconds")
# What is wrong with a row is found in a dossier that is otherwise right, and changes nothing in it.
BAD = (
    (("late", "Check", "next week", "an", "Desk"), "bad_time"),
    (("late", "Check", "", "an", "Desk"), "missing_time"),
    (("late", "Check", "1999-12-31 23:59:59", "an", "Desk"), "time_too_early"),
    (("late", "Check", AHEAD, "an", "Desk"), "time_in_future"),
    (("late", "", "2025-10-06 10:00:00", "an", "Desk"), "missing_activity"),
    (("late", "x" * 5_000_000, "2025-10-06 10:00:00", "an", "Desk"), "field_too_long"),
)  # fmt: skip
BAD_IN_CSV = (
    (b",Check,2025-10-06 10:00:00,an,Desk", "missing_dossier"),
    (b"la\xffte,Check,2025-10-06 10:00:00,an,Desk", "invalid_utf8"),
    (b"late,Check,2025-10-06 10:00:00,an", "malformed_row"),
)


def rows() -> list[Row]:
    """The rows that can be taken, in the order of the file."""
    return [dict(zip(HEADER, row, strict=True)) for row in (*GOOD, *TWICE)]


def write_csv(path: Path) -> Path:
    """Bad rows stand among good ones."""
    lines = [",".join(row).encode() for row in (*GOOD, *TWICE)]
    bad = [",".join(row).encode() for row, _ in BAD] + [line for line, _ in BAD_IN_CSV]
    lines[3:3] = bad
    path.write_bytes(b"\n".join([",".join(HEADER).encode(), *lines, b""]))
    return path


def write_xes(path: Path) -> Path:
    """The same, traces in the order in which the dossiers first appear."""
    all_rows = (*GOOD[:3], *(row for row, _ in BAD), *GOOD[3:], *TWICE)
    names = dict.fromkeys(row[0] for row in all_rows)
    traces = (_trace(name, [row for row in all_rows if row[0] == name]) for name in names)
    content = f'<?xml version="1.0"?><log xes.version="1.0">{"".join(traces)}</log>'
    path.write_bytes(gzip.compress(content.encode()))
    return path


def _trace(name: str, events: Iterable[tuple[str, ...]]) -> str:
    def text(key: str, value: str) -> str:
        kind = "date" if key.startswith("time:") else "string"
        return f"<{kind} key={quoteattr(key)} value={quoteattr(value)}/>" if value else ""

    body = (
        "".join(text(key, value) for key, value in zip(HEADER[1:], event[1:], strict=True))
        for event in events
    )
    events_of = "".join(f"<event>{attributes}</event>" for attributes in body)
    return f"<trace>{text('concept:name', name)}{events_of}</trace>"
