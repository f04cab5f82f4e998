"""The sheet of all parts, for whoever builds or changes a page."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.pages.design.figures import STATE_TILES, TILES, TOO_FEW
from api.pages.design.sheets import (
    BARS,
    DOTS,
    EMPTY_FILTER,
    EMPTY_GOOD,
    FILTERS,
    HEAD,
    LOST_TIME,
    NOTICE,
    PAGES,
    TABS,
)
from api.pages.design.tables import OFFICERS, PROCEDURES, WINDOWS
from api.pages.parts.marks import Link
from api.pages.parts.states import Blocked, PartError
from api.pages.rendering import Lang, render
from api.viewer import AnyViewer

router = APIRouter(tags=["pages"])
SHAPES = (
    "overdue", "escalation", "owed", "soon", "under", "below", "reception", "step", "waiting",
    "repeated", "rewritten", "silent", "backlog", "done", "lost", "locked", "new",
)  # fmt: skip
_ERROR = PartError(
    "Chưa tải được bảng cán bộ.",
    "Máy chủ phân tích không trả lời sau 5 giây. Các con số ở trên không bị ảnh hưởng.",
    "7F3A-0112",
    "/design",
)
_BLOCKED = Blocked(
    "Trang của cán bộ này không dành cho bạn",
    "Chỉ chính người đó, cấp trên trực tiếp và Phòng Kiểm soát TTHC xem được.",
    "Bạn đang đăng nhập với vai trò cán bộ, công chức, Sở Y tế.",
    Link("Về trang của tôi", "/"),
)


@router.get("/design", include_in_schema=False)
async def design_page(viewer: AnyViewer, lang: Lang) -> HTMLResponse:
    """Every part in both themes; its words are samples, in Vietnamese alone."""
    return render(
        "design.html", viewer, lang,
        shapes=SHAPES, head=HEAD, form=FILTERS, tabs=TABS, pages=PAGES, notice=NOTICE,
        tiles=TILES, state_tiles=STATE_TILES, too_few=TOO_FEW, windows=WINDOWS,
        officers=OFFICERS, procedures=PROCEDURES, backlog=BARS, lost_time=LOST_TIME, dots=DOTS,
        good=EMPTY_GOOD, filtered=EMPTY_FILTER, error=_ERROR, blocked=_BLOCKED,
    )  # fmt: skip
