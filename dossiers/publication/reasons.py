"""Why somebody was late, as codes, and whom a reason relieves if the review accepts it.

``holder``: it was not this officer's fault; the dossier stays late for the unit and for whoever
else is charged. ``unit``: it was nobody's fault here; the dossier leaves the list. The others are
printed as reasons and relieve nobody.
"""

from __future__ import annotations

from collections.abc import Mapping

from dossiers.wire.late_lists import Relief

OTHER = "other"  # says nothing without a text
RELIEFS: Mapping[str, Relief] = {
    "leave": "holder",
    "received_late": "holder",
    "other_agency": "unit",
    "system_down": "unit",
    "source_error": "unit",
}
WORDS: Mapping[str, tuple[str, str]] = {
    "leave": ("Nghỉ phép, chưa có người thay", "On leave, nobody stood in"),
    "received_late": ("Nhận hồ sơ khi đã trễ", "Received when it was late already"),
    "other_agency": ("Chờ ý kiến cơ quan khác", "Waited for another agency"),
    "system_down": ("Hệ thống gặp sự cố", "The system was down"),
    "source_error": ("Dữ liệu nguồn sai", "The source's data was wrong"),
    "other_unit": ("Chờ đơn vị khác trả lời", "Waited for another unit"),
    "workload": ("Quá tải hồ sơ", "Too many dossiers"),
    "verifying": ("Phải thẩm tra, xác minh", "Had to be verified"),
    "waiting_citizen": ("Chờ người nộp hồ sơ", "Waited for the applicant"),
    "late_work": ("Giải quyết chậm", "Was dealt with too slowly"),
    OTHER: ("Lý do khác", "Another reason"),
}
CODES = tuple(WORDS)
_OF_ALERTS = {
    "in_hand": "late_work",
    "waiting_unit": "other_unit",  # of the same agency, as far as anybody knows
    "waiting_citizen": "waiting_citizen",
    "verifying": "verifying",
    "inherited": "received_late",
    "workload": "workload",
    "absent": "leave",
    "system": "system_down",
    OTHER: OTHER,
}


def relief_of(reason: str) -> Relief | None:
    """Whom it relieves; None: nobody, or it is no code."""
    return RELIEFS.get(reason)


def relieving(relief: Relief) -> tuple[str, ...]:
    """The codes of one relief, in their order."""
    return tuple(code for code, found in RELIEFS.items() if found == relief)


def is_reason(code: str) -> bool:
    """Whether the list knows it."""
    return code in WORDS


def of_alert(code: str) -> str:
    """What a reason given for an alert (api.desk.reasons) is in the list; "" for none."""
    return _OF_ALERTS.get(code, OTHER) if code else ""


def reason_words(code: str, language: str = "vi") -> str:
    """As it is printed, of the list's reasons and of those given for an alert, which a frozen row
    may have; "" for none, the code itself if it is not known."""
    known = code if is_reason(code) else _OF_ALERTS.get(code, code)
    vi, en = WORDS.get(known, (code, code))
    return en if language == "en" else vi
