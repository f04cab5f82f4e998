"""Why a record of topic publications does not count, or may not be written, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

RefusalKind = Literal["conflict", "forbidden", "unfit", "missing"]


class RefusedStep(NamedTuple):
    """``conflict``: somebody was first, or the list is not at that step; ``forbidden``: not this
    person; ``unfit``: what it says cannot be; ``missing``: there is no such list."""

    code: str
    kind: RefusalKind


_WORDS: Mapping[str, tuple[RefusalKind, str, str]] = {
    "too_long": ("unfit", "Bản ghi quá dài.", "The record is too long."),
    "unreadable": ("unfit", "Bản ghi không đọc được.", "The record cannot be read."),
    "not_canonical": (
        "unfit",
        "Bản ghi không ở dạng chuẩn.",
        "The record is not written in canonical form.",
    ),
    "not_next": (
        "conflict",
        "Người khác vừa ghi trước; xem lại rồi làm lại.",
        "Somebody else was first; look again and repeat it.",
    ),
    "repeated": ("conflict", "Yêu cầu này đã được ghi.", "This request has been recorded."),
    "capacity": (
        "forbidden",
        "Vai trò này không được làm bước này.",
        "This role has no part in this step.",
    ),
    "unknown_list": ("missing", "Không có danh sách này.", "There is no such list."),
    "frozen_already": (
        "conflict",
        "Số liệu tháng này đã được chốt.",
        "This month has been frozen.",
    ),
    "edition": ("unfit", "Số lần đính chính không liền mạch.", "An edition is left out."),
    "not_published": (
        "conflict",
        "Danh sách chưa được công bố.",
        "The list has not been published.",
    ),
    "cites": (
        "conflict",
        "Không dẫn đúng bản đã công bố.",
        "It does not cite what was published.",
    ),
    "deadlines": ("unfit", "Các thời hạn không theo thứ tự.", "The deadlines are out of order."),
    "figures": ("unfit", "Số trễ lớn hơn tổng số.", "There are more lates than dossiers."),
    "closed": (
        "conflict",
        "Danh sách đã qua bước này.",
        "The list is past this step.",
    ),
    "not_submitted": (
        "conflict",
        "Danh sách chưa được trình.",
        "The list has not been submitted.",
    ),
    "not_approved": (
        "conflict",
        "Danh sách chưa được phê duyệt.",
        "The list has not been approved.",
    ),
    "no_cases": ("unfit", "Chưa chọn hồ sơ nào.", "No dossier is chosen."),
    "case_twice": ("unfit", "Một hồ sơ được nêu hai lần.", "A dossier is named twice."),
    "not_yours": (
        "forbidden",
        "Chỉ giải trình hồ sơ tính cho mình.",
        "Only what is charged to oneself can be explained.",
    ),
    "own_case": (
        "forbidden",
        "Không tự duyệt hồ sơ tính cho mình.",
        "Nobody reviews what is charged to oneself.",
    ),
    "has_explained": (
        "forbidden",
        "Người đã giải trình không duyệt, không phê duyệt, không công bố danh sách này.",
        "Who explained does not review, approve or publish this list.",
    ),
    "has_reviewed": (
        "forbidden",
        "Người đã duyệt giải trình không giải trình, không phê duyệt, không công bố danh sách này.",
        "Who reviewed does not explain, approve or publish this list.",
    ),
    "has_approved": (
        "forbidden",
        "Người đã phê duyệt hoặc trả lại không giải trình, không duyệt giải trình.",
        "Who approved the list or sent it back does not explain or review.",
    ),
    "reason": ("unfit", "Mã lý do không có trong danh mục.", "There is no such reason."),
    "reason_relieves_nobody": (
        "unfit",
        "Lý do này không loại trừ được hồ sơ nào.",
        "This reason relieves nobody, so nothing is accepted by it.",
    ),
    "no_holder": (
        "unfit",
        "Lý do này chỉ dùng cho hồ sơ tính cho một người.",
        "This reason is for what is charged to a person.",
    ),
    "text_missing": ("unfit", "Cần nêu lý do bằng lời.", "A reason in words is needed."),
    "too_many_files": ("unfit", "Mỗi hồ sơ tối đa 5 tệp.", "A case has 5 files at most."),
    "not_explained": (
        "conflict",
        "Có hồ sơ chưa được giải trình.",
        "Nobody has explained one of these.",
    ),
    "too_early": (
        "conflict",
        "Chưa hết hạn giải trình: danh sách chỉ được trình sau hạn đó.",
        "There is still time to explain: the list is submitted after it.",
    ),
    "undecided": (
        "conflict",
        "Còn giải trình chưa quyết định.",
        "Explanations wait for a decision.",
    ),
    "hashes": (
        "conflict",
        "Không đúng bản đã trình.",
        "It is not what was submitted.",
    ),
    "no_files": ("unfit", "Không có tệp nào.", "There are no files."),
    "file_twice": ("unfit", "Một tệp được nêu hai lần.", "A file is named twice."),
    "unknown_file": (
        "unfit",
        "Không có tệp PDF này trong bản công bố.",
        "No such PDF was published.",
    ),
    "reduced_already": (
        "conflict",
        "Tên đã được gỡ khỏi danh sách.",
        "The names have been taken off the list.",
    ),
}
REFUSALS = tuple(_WORDS)


def refused(code: str) -> RefusedStep:
    """A refusal with its kind."""
    return RefusedStep(code, _WORDS[code][0])


def refusal_words(code: str, language: str = "vi") -> str:
    """What the person reads."""
    _, vi, en = _WORDS[code]
    return en if language == "en" else vi
