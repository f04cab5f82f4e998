"""In which earlier months' lists a dossier stands already."""

from __future__ import annotations

from collections.abc import Mapping

from api.publications.book import PublicationBook
from api.publications.shelf import Shelf
from dossiers.publication.editions import Edition
from dossiers.wire.publications import month_and_scope

MOST_MONTHS = 12  # back


async def listed_before(
    book: PublicationBook, shelf: Shelf, month: str, scope: str
) -> Mapping[str, tuple[str, ...]]:
    """By dossier the months before ``month`` in whose published list it stands: of the same scope,
    or of the whole. A list whose rows have been erased tells nothing any more."""
    found: dict[str, set[str]] = {}
    for earlier, edition in _published_before(book, month, scope):
        submitted = edition.submitted
        rows = await shelf.rows(submitted.record.rows) if submitted is not None else None
        for each in rows.dossiers if rows is not None else ():
            found.setdefault(each.row.dossier, set()).add(earlier)
    return {dossier: tuple(sorted(months)) for dossier, months in found.items()}


def _published_before(book: PublicationBook, month: str, scope: str) -> list[tuple[str, Edition]]:
    found = []
    for state in book.state.lists.values():
        earlier, of = month_and_scope(state.id)
        if earlier < month and of in ("", scope) and state.published is not None:
            found.append((earlier, state.published))
    months = sorted({earlier for earlier, _ in found})[-MOST_MONTHS:]
    return [(earlier, edition) for earlier, edition in found if earlier in months]
