"""A published list as programs read it: counts alone, and everything with its hash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from api.public.asking import MONTHS, ROOT, ROWS, Asking, segment
from api.public.finding import found_in
from api.public.opened import OpenedEdition
from api.public.paging_links import last_page
from api.public.published import PublishedEdition, PublishedList
from api.public.service import PublicLists, Summary
from dossiers.publication.manifest import manifest_name
from dossiers.publication.sealing import hash_of


async def lists_json(service: PublicLists, page: int) -> bytes:
    """All lists; ``page``: which of them."""
    lists = service.catalogue.lists
    chosen = lists[(page - 1) * MONTHS : page * MONTHS]
    heads = [head_data(each, await service.summary(each.newest)) for each in chosen]
    return msgspec.json.encode(
        {"lists": heads, "page": page, "pages": last_page(len(lists), MONTHS)}
    )


def list_json(listed: PublishedList, opened: OpenedEdition, asking: Asking) -> bytes:
    """One list, with rows of the section that is asked for."""
    data = list_data(listed, opened)
    if asking.show:
        found = found_in(opened, asking)
        data |= rows_data(opened, asking, getattr(found, asking.show))
    return msgspec.json.encode(data)


def head_data(listed: PublishedList, summary: Summary | None) -> dict[str, Any]:
    """One list among others. ``summary``: None if its files cannot be read."""
    counts = summary[0] if summary else None
    return {
        "id": listed.id,
        "month": listed.month,
        "scope": listed.scope,
        "href": f"/api/v1{ROOT}/{segment(listed.id)}",
        "page": f"{ROOT}/{segment(listed.id)}",
        "whole": msgspec.to_builtins(counts) if counts else None,
        "editions": [edition_data(each) for each in listed.editions],
    }


def edition_data(edition: PublishedEdition) -> dict[str, Any]:
    """What was published when, by which records, as which files. Times in ms."""
    record = edition.record
    return {
        "edition": edition.edition,
        "reduced": edition.reduced is not None,
        "core": edition.core,
        "approved": msgspec.to_builtins(edition.approved),
        "published": msgspec.to_builtins(edition.published),
        "published_at": record.at,
        "document_no": record.document_no,
        "dated": record.dated,
        "manifest": _address(edition, manifest_name(edition.list, edition.edition)),
        "files": [
            {**msgspec.to_builtins(file), "href": _address(edition, file.name)}
            for file in edition.files
        ],
    }


def list_data(listed: PublishedList, opened: OpenedEdition) -> dict[str, Any]:
    """One edition of a list: its core without the hashes of rows, which the manifest has."""
    core = msgspec.to_builtins(opened.core)
    for hashes in ("officers", "dossiers", "receptions", "excluded"):
        core[f"{hashes}_count"] = len(core.pop(hashes))
    return {
        **core,
        "core": opened.edition.core,
        "newest": opened.edition is listed.newest,
        "editions": [edition_data(each) for each in listed.editions],
    }


def rows_data(
    opened: OpenedEdition, asking: Asking, places: Sequence[int] | None
) -> Mapping[str, Any]:
    """A page of a section. ``places``: of its rows, as they are asked for."""
    if asking.show == "units":
        lines = opened.core.units if places is None else places
        chosen: Sequence[Any] = lines[(asking.page - 1) * ROWS : asking.page * ROWS]
        rows = [{"row": msgspec.to_builtins(line)} for line in chosen]
        return {"section": "units", "number": len(lines), "page": asking.page, "rows": rows}
    kept = places or ()
    all_ = getattr(opened.rows, asking.show)
    start = (asking.page - 1) * ROWS
    return {
        "section": asking.show,
        "number": len(kept),
        "page": asking.page,
        "rows": [_row(opened, all_[place], place) for place in kept[start : start + ROWS]],
    }


def _row(opened: OpenedEdition, sealed: Any, place: int) -> dict[str, Any]:
    one = opened.people.get(getattr(sealed.row, "officer", ""))
    named = {"name": one.name, "position": one.position} if one else {}
    return {"place": place + 1, "hash": hash_of(sealed), **msgspec.to_builtins(sealed), **named}


def _address(edition: PublishedEdition, name: str) -> str:
    return f"{ROOT}/{segment(edition.list)}/{edition.edition}/{name}"
