"""Days and times as official documents write them."""

from __future__ import annotations

from datetime import date, datetime


def date_text(dated: str) -> str:
    """ngày 02 tháng 11 năm 2026 of an ISO date, with room to write if it is not known."""
    if not dated:
        return "ngày      tháng      năm"
    day = date.fromisoformat(dated)
    month = f"{day.month:02}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02} tháng {month} năm {day.year}"


def moment_text(at: datetime) -> str:
    """07 giờ 30 phút ngày 02 tháng 11 năm 2026."""
    return f"{at.hour:02} giờ {at.minute:02} phút {date_text(at.date().isoformat())}"
