"""What the page that checks files and rows carries along, so that it needs no network later."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from api.pages.words import Words
from api.public.asking import Links
from api.public.opened import OpenedEdition
from api.public.printing import iso_day_text, month_text, size_text
from api.public.published import Catalogue, PublishedEdition, PublishedList
from dossiers.publication.manifest import ListManifest, manifest_name
from dossiers.text.canonical import canonical_json

MOST_BYTES = 100_000_000  # of a file that is checked in a browser
_MOST_EDITIONS = 120  # whose files are known by their hashes
_MOST_SHOWN = 6  # editions of one list whose hashes are shown
_SENTENCES = ("pub_v_", "pub_f_", "pub_k_", "pub_verify_failed", "pub_verify_insecure",
              "pub_verify_waiting")  # fmt: skip


@dataclass(frozen=True)
class HashedFile:
    """A file as it is compared by hand."""

    name: str
    size: str
    sha256: str


@dataclass(frozen=True)
class HashedEdition:
    """Files of one edition."""

    title: str
    files: tuple[HashedFile, ...]


def verify_values(
    catalogue: Catalogue,
    chosen: PublishedList | None,
    words: Words,
    links: Links,
    opened: OpenedEdition | None = None,
    dossier: str = "",
    manifests: Iterable[ListManifest] = (),
) -> dict[str, Any]:
    """For the template. ``chosen``: the list whose rows are known at once, others when they are
    needed; ``opened``, ``dossier``: whose row is filled in. ``manifests``: of its editions,
    where nothing can be loaded later."""
    editions = list(chosen.editions[::-1][:_MOST_SHOWN]) if chosen else []
    hashes = {(each.list, each.edition): each for each in manifests}
    place = opened.places.get(dossier) if opened else None
    row = (
        canonical_json(opened.rows.dossiers[place]).decode() if opened and place is not None else ""
    )
    all_ = [
        (each, listed.newest is each)
        for listed in _in_order(catalogue, chosen)
        for each in reversed(listed.editions)
    ]
    known = {
        "list": chosen.id if chosen else "",
        "all": len(all_) <= _MOST_EDITIONS,
        "editions": [
            _brief(each, links, newest=newest, hashes=hashes.get((each.list, each.edition)))
            for each, newest in all_[:_MOST_EDITIONS]
        ],
    }
    return {
        "editions": tuple(_hashed(each, words) for each in editions),
        "known": msgspec.json.encode(known).decode(),
        "sentences": msgspec.json.encode(_sentences(words)).decode(),
        "month": month_text(chosen.month) if chosen else "",
        "row": row,
        "most": MOST_BYTES,
    }


def _in_order(catalogue: Catalogue, chosen: PublishedList | None) -> Iterable[PublishedList]:
    """However many there are, the chosen one is among the first."""
    others = [each for each in catalogue.lists if each is not chosen]
    return others if chosen is None else [chosen, *others]


def _brief(
    edition: PublishedEdition, links: Links, *, newest: bool, hashes: ListManifest | None
) -> Mapping[str, Any]:
    """A manifest without the hashes of its rows, unless they are given; ``manifest``: where they
    are. ``was``: the core that documents name which were printed before names had their time."""
    rows = (
        {"officers": hashes.officers, "dossiers": hashes.dossiers,
         "receptions": hashes.receptions, "excluded": hashes.excluded}
        if hashes else {}
    )  # fmt: skip
    return {
        "list": edition.list,
        "edition": edition.edition,
        "newest": newest,
        "core": edition.core,
        "was": edition.record.core,
        "approved": edition.approved,
        "document_no": edition.record.document_no,
        "files": _all_files(edition),
        "manifest": links.file(
            edition.list, edition.edition, manifest_name(edition.list, edition.edition)
        ),
        **rows,
    }


def _all_files(edition: PublishedEdition) -> list[Mapping[str, Any]]:
    """Those that names had their time in too: they stay what they were."""
    now = () if edition.reduced is None else edition.reduced.files
    before = (*edition.record.files, *(each.file for each in edition.signed))
    return [{"name": each.name, "size": each.size, "sha256": each.sha256}
            for each in (*now, *before)]  # fmt: skip


def _hashed(edition: PublishedEdition, words: Words) -> HashedEdition:
    title = words("pub_document", no=edition.record.document_no,
                  day=iso_day_text(edition.record.dated))  # fmt: skip
    files = tuple(
        HashedFile(each.name, size_text(each.size, words), each.sha256) for each in edition.files
    )
    return HashedEdition(f"{month_text(edition.list[:7])}, {title}", files)


def _sentences(words: Words) -> Mapping[str, str]:
    return {key: text for key, text in words.messages.items() if key.startswith(_SENTENCES)}
