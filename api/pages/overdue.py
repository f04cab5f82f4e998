"""Short addresses of lists of overdue dossiers, as alerts and their messages have them."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse

from api.asked import Language
from api.insight.filters import Filter
from api.pages.rendering import Lang
from api.viewer import AnyViewer

router = APIRouter(tags=["pages"], include_in_schema=False)
_OVERDUE = Filter(standing=("overdue",))
_MOVED = 308


def _to(address: str, viewer: AnyViewer, lang: Language) -> RedirectResponse:
    """With the language, if it is not the one that the browser keeps."""
    if lang != viewer.asked.kept:
        address += f"{'&' if '?' in address else '?'}lang={lang}"
    return RedirectResponse(address, _MOVED)


@router.get("/overdue")
async def all_units(viewer: AnyViewer, lang: Lang) -> RedirectResponse:
    """Units, those with most overdue dossiers first."""
    return _to("/units", viewer, lang)


@router.get("/overdue.csv")
async def all_csv(viewer: AnyViewer, lang: Lang) -> RedirectResponse:
    """All overdue dossiers as a file."""
    return _to(_OVERDUE.url("/dossiers.csv"), viewer, lang)


@router.get("/overdue/{unit:path}.csv")
async def unit_csv(viewer: AnyViewer, unit: str, lang: Lang) -> RedirectResponse:
    """Those of a unit as a file."""
    return _to(_OVERDUE.with_(unit=unit).url("/dossiers.csv"), viewer, lang)


@router.get("/overdue/{unit:path}")
async def unit_page(viewer: AnyViewer, unit: str, lang: Lang) -> RedirectResponse:
    """Those of a unit."""
    return _to(_OVERDUE.with_(unit=unit).url(), viewer, lang)
