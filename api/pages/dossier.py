"""Why a dossier counts as it does, as a page for a phone."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.asked import Language
from api.explanations import Explanation, Moment, explainer_of
from api.labels import Labels
from api.links import page_of
from api.pages.error_page import ERROR_PAGES, HTML, error_page
from api.pages.rendering import Lang, render
from api.pages.words import Words, local_time, words_of
from api.ports import StoreAway
from api.queries import Row, find_dossier
from api.viewer import LoadedViewer, Viewer
from dossiers.reports.wording import in_english, in_vietnamese, shown
from dossiers.time.calendar import Calendar

router = APIRouter(tags=["pages"])


@router.get(
    "/dossiers/{dossier:path}",
    summary="Page: one dossier explained",
    response_class=HTMLResponse,
    responses={**HTML, **ERROR_PAGES},
)
async def dossier_page(viewer: LoadedViewer, dossier: str, lang: Lang) -> HTMLResponse:
    """Its verdict in a sentence, its due times, its timeline, and whose hours."""
    try:
        row = await find_dossier(
            viewer.live.query, viewer.live.config.timeline, dossier, viewer.scopes()
        )
    except StoreAway:
        return error_page(viewer, lang, 503, "dossier_away")
    if row is None:
        return error_page(viewer, lang, 404, "no_dossier", dossier=dossier)
    explainer, watermark = explainer_of(viewer), viewer.view.watermark
    told = await asyncio.to_thread(
        explainer.explain, row["id"], row["facts"], row["as_of"], watermark
    )
    return render(
        "dossier.html", viewer, lang, active="dossiers", **_shown(viewer, row, told, lang)
    )


def _otherwise(told: Explanation, words: Words) -> list[tuple[str, str]]:
    """The verdicts beside the one that counts."""
    others = (
        ("unrewritten", told.unrewritten), ("with_rewrites", told.rewritten),
        ("as_shown", told.as_shown),
    )  # fmt: skip
    return [(words(key), words(f"verdict_{verdict}")) for key, verdict in others if verdict]


def _shown(viewer: Viewer, row: Row, told: Explanation, lang: Language) -> dict[str, Any]:
    """What the template needs, in words."""
    words, labels = words_of(lang), viewer.labels
    calendar = viewer.view.context.calendar
    return {
        "id": row["id"],
        "sentence": told.sentence_vi if lang == "vi" else told.sentence_en,
        "late": told.late > 0,
        "verdict": words(f"verdict_{told.verdict}"),
        "facts": _facts(row, told, words, labels, calendar),
        "unit_page": page_of(row["unit"]) if row["unit"] in labels.names.units else "/overdue",
        "dues": [
            {
                "at": local_time(due.at, calendar),
                "due": local_time(due.due_at, calendar),
                "rule": words(f"rule_{due.rule}"),
                "rewrite": due.rewrite,
                "counts": due.counts,
            }
            for due in told.due_times
        ],
        **_charges(told, words, labels, calendar),
        "moments": [_moment(moment, words, labels, calendar) for moment in told.time_line],
        "basis": words("method", method=told.method, calendar=told.calendar or "–",
                       rules=told.rules or "–", reference=told.reference[:12]),
    }  # fmt: skip


def _facts(
    row: Row, told: Explanation, words: Words, labels: Labels, calendar: Calendar
) -> list[tuple[str, str]]:
    """What is known of the dossier, line by line."""
    flags = ", ".join(words(f"flag_{flag}") for flag in row["flags"])
    return [
        (words("unit"), labels.unit(row["unit"]) or "–"),
        (words("officer"), labels.officer(row["officer"]) or "–"),
        (words("procedure"), labels.procedure(row["procedure"]) or "–"),
        (words("received"), local_time(row["received_at"], calendar)),
        (words("due"), local_time(row["due_at"], calendar)),
        (words("finished"), local_time(row["finished_at"], calendar)),
        *([(words("flags"), flags)] if flags else []),
        *_otherwise(told, words),
    ]


def _charges(told: Explanation, words: Words, labels: Labels, calendar: Calendar) -> dict[str, Any]:
    """Whose hours: every holding, what was due before the reception, and the sum."""
    amount = in_vietnamese if words.language == "vi" else in_english
    unassigned, *charges = shown([told.unassigned, *(share.charge for share in told.shares)])
    return {
        "shares": [
            {
                "who": share.officer_label or words("inbox"),
                "unit": labels.unit(share.unit) or "–",
                "step": share.step or "–",
                "span": " – ".join(
                    local_time(at, calendar).replace(" ", "\u00a0")
                    for at in (share.start, share.end)
                ),
                "limit": "–" if share.limit is None else amount(share.limit),
                "used": amount(share.used),
                "charge": amount(charge) if share.charge else "–",
                "inherited": amount(share.inherited) if share.inherited else "–",
                "made_up": amount(share.made_up) if share.made_up else "–",
            }
            for share, charge in zip(told.shares, charges, strict=True)
        ],
        "unassigned": amount(unassigned) if told.unassigned else "",
        "sum": amount(told.late),
    }


def _moment(moment: Moment, words: Words, labels: Labels, calendar: Calendar) -> dict[str, Any]:
    return {
        "at": local_time(moment.at, calendar),
        "kind": words(f"kind_{moment.kind}"),
        "unit": (labels.unit(moment.unit) or "–") if moment.unit else "",
        "officer": moment.officer_label,
        "step": moment.step,
        "clock": words(f"clock_{moment.clock}"),
        "taken_back": moment.taken_back,
    }
