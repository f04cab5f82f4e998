"""What an officer has open, as the page shows it and as files: all, or of one procedure."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from api.insight.answers import asked_of
from api.insight.conditions import Standpoint, where_of
from api.insight.filters import Filter
from api.insight.listed_counts import listed_counts
from api.insight.listing import Sort, list_page
from api.insight.vocabulary import OPEN
from api.pages.dossiers.amounts import Written
from api.pages.dossiers.officer_groups import OpenGroup, filters_of, groups_of
from api.pages.parts.controls import Choice, Download, FilterForm, Select
from api.pages.parts.states import Empty
from api.pages.words import Words
from api.viewer import Viewer

_MOST_OPEN = 300  # open dossiers that are read; beyond it only counts and links
_MOST_PROCEDURES = 100  # that can be chosen


@dataclass(frozen=True)
class OpenDossiers:
    """``form``: None where there is nothing to choose between; ``nothing``: what stands in place of
    groups."""

    groups: tuple[OpenGroup, ...]
    form: FilterForm | None
    files: tuple[Download, ...]
    nothing: Empty


async def open_dossiers(
    viewer: Viewer, officer: str, procedure: str, path: str, say: Written
) -> OpenDossiers:
    """Those of ``procedure``, "" is any, by urgency; ``path``: of the page. Raises StoreAway."""
    mine = Filter(officer=officer, procedure=procedure)
    groups, procedures = await asyncio.gather(
        _groups(viewer, mine, say), _procedures(viewer, officer)
    )
    choices = list(dict.fromkeys((*procedures, *([procedure] if procedure else []))))
    open_ = mine.with_(standing=OPEN)
    files = (Download(kind.upper(), open_.url(f"/dossiers.{kind}")) for kind in ("csv", "xlsx"))
    return OpenDossiers(
        groups,
        _form(viewer, choices, procedure, path, say.words) if len(choices) > 1 else None,
        tuple(files) if groups else (),
        _nothing(procedure, say.words),
    )


async def _groups(viewer: Viewer, mine: Filter, say: Written) -> tuple[OpenGroup, ...]:
    named = filters_of(mine)
    page, counted = await asyncio.gather(
        list_page(
            mine.with_(standing=OPEN), viewer, sort=Sort("due"), cursor=None, limit=_MOST_OPEN
        ),
        listed_counts(list(named.values()), viewer),
    )
    counts = dict(zip(named, counted, strict=True))
    context, now = viewer.view.context, viewer.view.watermark or 0
    procedures = viewer.labels.names.procedures
    return groups_of(page.rows, counts, named, now, context, say, procedures)


async def _procedures(viewer: Viewer, officer: str) -> list[str]:
    """Of what the officer has open, those of most dossiers first."""
    rows = await asked_of(
        viewer,
        "d.procedure AS procedure, count() AS n",
        where_of(Filter(officer=officer, standing=OPEN), Standpoint.listing(viewer)),
        "GROUP BY procedure ORDER BY n DESC, procedure LIMIT {most:UInt32}",
        most=_MOST_PROCEDURES,
    )
    return [row["procedure"] for row in rows if row["procedure"]]


def _form(
    viewer: Viewer, procedures: list[str], chosen: str, path: str, words: Words
) -> FilterForm:
    named = sorted((viewer.labels.procedure(id_), id_) for id_ in procedures)
    choices = (
        Choice("", words("officer_all_procedures"), not chosen),
        *(Choice(id_, name, id_ == chosen) for name, id_ in named),
    )
    return FilterForm(path, (Select("procedure", words("procedure"), choices),), folds=False)


def _nothing(procedure: str, words: Words) -> Empty:
    if procedure:
        return Empty("none", words("officer_none_of_procedure"))
    return Empty("good", words("officer_none"), words("officer_none_text"))
