"""Lists beside each other: how many were late in which month."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from api.asked import Language
from api.pages.words import Words, words_of
from api.public.asides import AsideMonth
from api.public.asking import Asking, Links
from api.public.printing import NBSP, iso_day_text, month_text
from api.public.published import PublishedList
from api.public.service import PublicLists
from api.public.tables import ListCell, ListColumn, ListLine, ListTable
from dossiers.publication.figures import NONE, number_text, rate_text

BESIDE = 6  # months beside a list


async def month_rows(
    lists: PublicLists, chosen: Iterable[PublishedList], words: Words, links: Links
) -> tuple[AsideMonth, ...]:
    """In their order; a list whose files cannot be read is left out."""
    found = []
    for each in chosen:
        newest = each.newest
        summary = await lists.summary(newest)
        if summary is None:
            continue
        counts, thresholds, scope = summary
        rate = rate_text(counts, thresholds, words.language)
        sign = (f"{NBSP}%" if words.language == "vi" else "%") if rate != NONE else ""
        found.append(
            AsideMonth(
                id=each.id,
                month=month_text(each.month),
                href=links.to(Asking(each.id)),
                late=number_text(counts.late, words.language),
                rate=rate + sign,
                total=number_text(counts.total, words.language),
                edition=_edition(each, words),
                dated=words("pub_document", no=newest.record.document_no,
                            day=iso_day_text(newest.record.dated)),
                scope=scope,
            )
        )  # fmt: skip
    return tuple(found)


async def months_beside(
    lists: PublicLists, published: PublishedList, links: Links, lang: Language
) -> tuple[AsideMonth, ...]:
    """The months around one, of the same scope."""
    same = [each for each in lists.catalogue.lists if each.scope == published.scope]
    place = next((n for n, each in enumerate(same) if each.id == published.id), 0)
    start = max(0, min(place - 1, len(same) - BESIDE))
    return await month_rows(lists, same[start : start + BESIDE], words_of(lang), links)


def _edition(each: PublishedList, words: Words) -> str:
    newest = each.newest
    if newest.reduced is not None:
        return words("pub_edition_reduced")
    if newest.edition == 1:
        return words("pub_edition_first")
    return words("pub_edition_corrected", n=newest.edition - 1)


def month_tables(
    rows: Sequence[AsideMonth], words: Words
) -> tuple[ListTable | None, ListTable | None]:
    """Of the lists of everything, and of those of single units."""
    whole = [each for each in rows if not each.scope]
    units = [each for each in rows if each.scope]
    return _table(whole, words), _table(units, words)


def _table(rows: Sequence[AsideMonth], words: Words) -> ListTable | None:
    if not rows:
        return None
    columns = (
        ListColumn(words("pub_month_column"), phone="lead"),
        ListColumn(words("pub_late"), number=True, phone="main"),
        ListColumn(words("pub_total"), number=True),
        ListColumn(words("pub_month_rate"), number=True),
        ListColumn(words("pub_published_on")),
        ListColumn(words("pub_edition")),
    )
    lines = tuple(_line(each, words) for each in rows)
    return ListTable(words("pub_months_caption"), columns, lines, lead=0)


def _line(each: AsideMonth, words: Words) -> ListLine:
    name = f"{each.month}, {each.scope}" if each.scope else each.month
    return ListLine(
        (
            ListCell(words("pub_month", month=name), href=each.href),
            ListCell(each.late),
            ListCell(each.total),
            ListCell(each.rate),
            ListCell(each.dated),
            ListCell(each.edition),
        )
    )
