"""What is said before the figures: corrections, what was still arriving, names taken away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.public.asking import Asking
from api.public.printing import Printer, iso_day_text
from api.public.sources import ListSources
from api.public.unit_table import changed_units

_MOST_CHANGES = 3  # that a correction names


@dataclass(frozen=True)
class ListNotice:
    """A box above the tables. ``link``: (text, address). ``folds``: only its title is seen until
    somebody opens it."""

    kind: str
    title: str
    text: str
    link: tuple[str, str] | None = None
    folds: bool = False


def notices_of(made: ListSources, printer: Printer) -> Sequence[ListNotice]:
    """The gravest first."""
    words, links, opened = made.words, made.links, made.opened
    edition, newest = opened.edition, made.list.newest
    found: list[ListNotice] = []
    if edition is not newest:
        to_newest = words("pub_superseded_link"), links.to(Asking(made.list.id))
        day = iso_day_text(newest.record.dated)
        text = words("pub_superseded_text", no=newest.record.document_no, day=day)
        found.append(ListNotice("rewritten", words("pub_superseded"), text, to_newest))
    if edition.edition > 1:
        found.append(_correction(made, printer))
    if edition.reduced is not None:
        text = words("pub_reduced_text", day=printer.day(edition.reduced.at))
        found.append(ListNotice("locked", words("pub_reduced"), text))
    if opened.core.arriving:
        found.append(_arriving(printer))
    if opened.core.since > opened.core.start:
        text = words("pub_since_text", at=printer.minute(opened.core.since))
        found.append(ListNotice("silent", words("pub_since"), text, folds=True))
    return found


def _correction(made: ListSources, printer: Printer) -> ListNotice:
    """What changed is told if the edition before can be read; that it corrects, always."""
    words, links, record = made.words, made.links, made.opened.edition.record
    changes = changed_units(made.before, made.opened) if made.before else ()
    corrected = made.list.before(made.opened.edition)
    told = [
        words("pub_change", unit=printer.unit_in_full(unit), new=printer.number(new),
              old=printer.number(old))
        for unit, old, new in changes[:_MOST_CHANGES]
    ]  # fmt: skip
    if len(changes) > _MOST_CHANGES:
        told.append(words("pub_changes_more", n=len(changes) - _MOST_CHANGES))
    if made.before and not told:
        told.append(words("pub_changes_none"))
    link = None
    if corrected is not None:
        text = words("pub_corrects_link", day=iso_day_text(corrected.record.dated))
        link = text, links.to(Asking(made.list.id, corrected.edition))
    return ListNotice(
        "rewritten",
        words("pub_corrects", day=iso_day_text(record.dated), no=record.document_no),
        " ".join((*told, words("pub_corrects_text"))),
        link,
    )


def _arriving(printer: Printer) -> ListNotice:
    words, arriving = printer.words, printer.opened.core.arriving
    named = ", ".join(
        words("pub_source_until", source=each.source, at=printer.minute(each.last_at))
        if each.last_at is not None
        else words("pub_source_never", source=each.source)
        for each in arriving[:_MOST_CHANGES]
    )
    more = len(arriving) - _MOST_CHANGES
    rest = words("pub_changes_more_sources", n=more) if more > 0 else ""
    text = words("pub_arriving_text", named=named + rest)
    return ListNotice("silent", words("pub_arriving", n=len(arriving)), text, folds=True)
