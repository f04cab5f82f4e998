"""The lists of page /data as files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.asked import Language
from api.data_quality.counted import last_list, portal_counts
from api.data_quality.procedures import lacking_procedures
from api.pages.data.asking import (
    REWRITES,
    STEPS,
    Kind,
    LetterSource,
    LetterState,
    Month,
    Reason,
    UnitCode,
    letters_of,
    month_now,
    states_and_errors,
    unlisted_texts,
    unmatched,
)
from api.pages.data.coverage_lists import coverage_list, missing_list
from api.pages.data.errors_lists import errors_list
from api.pages.data.listing import ListedPage, as_csv
from api.pages.data.names_list import names_list, texts_list
from api.pages.data.nights import nights_list, nights_of
from api.pages.data.procedures_list import procedures_list
from api.pages.data.rewritten_list import rewritten_list
from api.pages.data.sources_sheet import sources_sheet
from api.pages.data.steps_list import steps_list
from api.pages.error_page import error_page
from api.pages.rendering import Lang
from api.pages.words import words_of
from api.ports import StoreAway
from api.viewer import LoadedViewer, Viewer

router = APIRouter(tags=["pages"])


@router.get("/data/{part}.csv", include_in_schema=False)
async def part_csv(
    viewer: LoadedViewer,
    lang: Lang,
    part: Annotated[str, Path(pattern="^[a-z]+$", max_length=20)],
    month: Month = None,
    kind: Kind = "",
    source: LetterSource = None,
    unit: UnitCode = "",
    state: LetterState = "open",
    reason: Reason = "",
) -> Response:
    """At most 5,000 rows."""
    words = words_of(lang)
    try:
        page = await _listed(viewer, lang, part, month, kind, source, unit, state, reason)
    except StoreAway:
        return error_page(viewer, lang, 503, "away")
    if page is None or page.sheet is None:
        return error_page(viewer, lang, 404, "data_no_file", part=words("data_title"))
    return as_csv(page, lang)


async def _listed(
    viewer: Viewer,
    lang: Language,
    part: str,
    month: str | None,
    kind: str,
    source: str | None,
    unit: str,
    state: str,
    reason: str,
) -> ListedPage | None:
    """The list of a name, whole; None if there is none. Raises StoreAway."""
    words = words_of(lang)
    counts = portal_counts(viewer, month or month_now(viewer))
    match part:
        case "sources":
            states, errors = await states_and_errors(viewer)
            return sources_sheet(states, counts, errors, viewer, words)
        case "coverage":
            return coverage_list(counts, viewer, words, number=1)
        case "missing":
            return missing_list(last_list(viewer, unit), unit, viewer, words, number=1)
        case "errors":
            _, errors = await states_and_errors(viewer)
            return errors_list(errors, [source] if source else [], viewer, words)
        case "rewritten":
            found = await REWRITES.read(viewer)
            return rewritten_list(found, viewer, words, kind=kind, number=1)
        case "names":
            return names_list(await unmatched(viewer), viewer, words, number=1, texts=None)
        case "texts":
            return texts_list(await unlisted_texts(viewer), viewer, words, number=1, names=0)
        case "procedures":
            return procedures_list(await lacking_procedures(viewer), viewer, words, number=1)
        case "steps":
            return steps_list(await STEPS.read(viewer), viewer, words, number=1)
        case "nights":
            return nights_list(nights_of(viewer), viewer, words)
        case "letters":
            return await letters_of(viewer, lang, state, reason, source, None, "", 5_000)
    return None
