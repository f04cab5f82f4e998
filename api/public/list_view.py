"""The page of one list: what stands on it, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.pages.words import Words
from api.public.asides import AsideMonth, PublicDownload, downloads_of, meta_of
from api.public.asking import ROWS, Asking, Links
from api.public.counted import counted_of
from api.public.finding import RowsFound, found_in
from api.public.notices import ListNotice, notices_of
from api.public.one_dossier import OneDossier, one_dossier
from api.public.opened import OpenedEdition
from api.public.paging_links import last_page
from api.public.printing import Printer, grouped, month_text
from api.public.row_parts import dossier_part, excluded_part, officer_part, reception_part
from api.public.sources import ListSources
from api.public.tables import ListPart
from api.public.unit_part import unit_part
from api.public.unit_table import differing

_PARTS = {
    "officers": officer_part, "dossiers": dossier_part, "receptions": reception_part,
    "excluded": excluded_part,
}  # fmt: skip


@dataclass(frozen=True)
class SectionTab:
    """A section to go to, with how much is in it."""

    key: str
    title: str
    count: str
    href: str
    chosen: bool


@dataclass(frozen=True)
class ListPage:
    """Everything that the page of a list says. ``lead``: (strong, rest) of its first sentence."""

    title: str
    month: str
    crumbs: tuple[tuple[str, str], ...]
    place: str
    lead: tuple[str, str]
    apart: str
    notices: tuple[ListNotice, ...]
    tabs: tuple[SectionTab, ...]
    parts: tuple[ListPart, ...]
    one: OneDossier | None
    asking: Asking
    months: tuple[AsideMonth, ...]
    earlier: str
    later: str
    downloads: tuple[PublicDownload, ...]
    digest: tuple[str, ...]
    record: str
    meta: str
    counted: tuple[tuple[str, str], ...]
    names: str
    found: str = ""
    unit: str = ""
    footnote: str = ""
    editions: tuple[tuple[str, str, bool], ...] = field(default=())


def list_page(asking: Asking, made: ListSources) -> ListPage | None:
    """None if the list has no such unit, dossier or page."""
    opened, words, links = made.opened, made.words, made.links
    if asking.unit and asking.unit not in opened.lines:
        return None
    printer = Printer(words, opened)
    one = one_dossier(printer, asking, links) if asking.dossier else None
    if asking.dossier and one is None:
        return None
    found = found_in(opened, asking)
    sizes = _sizes(opened, asking, found)
    if asking.show and asking.page > last_page(sizes[asking.show], ROWS):
        return None
    corrected = differing(made.before, opened) if made.before else frozenset[str]()
    parts = () if one else _parts(printer, asking, links, found, corrected)
    edition = opened.edition
    months = [each.id for each in made.months]
    at = months.index(made.list.id) if made.list.id in months else -1
    return ListPage(
        title=_title(made, asking, printer),
        month=month_text(made.list.month),
        crumbs=_crumbs(made, asking, printer),
        place=printer.unit(asking.unit) if asking.unit else asking.dossier,
        lead=lead_of(printer, asking),
        apart=_apart(printer, asking),
        notices=tuple(notices_of(made, printer)),
        tabs=_tabs(asking, links, words, sizes),
        parts=parts,
        one=one,
        asking=asking,
        months=made.months,
        earlier=made.months[at + 1].href if 0 <= at < len(months) - 1 else "",
        later=made.months[at - 1].href if at > 0 else "",
        downloads=downloads_of(edition, opened.core, words, links),
        digest=grouped(edition.core),
        record=words.number(edition.approved.number),
        meta=meta_of(made.list, edition, printer),
        counted=counted_of(printer),
        names=words(f"pub_names_{opened.core.names}"),
        found=words("pub_found", q=asking.q) if asking.q else "",
        unit=printer.unit(asking.unit) if asking.unit else "",
        footnote=words("pub_footnote", unit=opened.core.thresholds.unit_from,
                       officer=opened.core.thresholds.officer_from,
                       rate=opened.core.thresholds.rate_from),
    )  # fmt: skip


def _title(made: ListSources, asking: Asking, printer: Printer) -> str:
    title = printer.words("pub_title", month=month_text(made.list.month))
    scope = asking.unit or made.list.scope
    return f"{title}, {printer.unit(scope)}" if scope else title


def _crumbs(made: ListSources, asking: Asking, printer: Printer) -> tuple[tuple[str, str], ...]:
    words, links = made.words, made.links
    crumbs = [(words("pub_months"), links.months())]
    if asking.unit or asking.dossier:
        whole = links.to(Asking(asking.list, asking.edition))
        crumbs.append((words("pub_month", month=month_text(made.list.month)), whole))
    for unit in made.opened.trail(asking.unit) if asking.unit else ():
        href = links.to(Asking(asking.list, asking.edition, unit=unit))
        crumbs.append((printer.unit(unit), href))
    return tuple(crumbs)


def lead_of(printer: Printer, asking: Asking) -> tuple[str, str]:
    """The whole in a sentence, or the unit that is looked at."""
    opened, words, number = printer.opened, printer.words, printer.number
    line = opened.lines.get(asking.unit)
    counts = line.counts if line else opened.core.whole
    units = opened.below.get(asking.unit, ()) if line else opened.tops
    late_units = sum(1 for each in units if each.counts.late)
    rate = printer.percent(counts)
    rest = [
        words("pub_lead_late", rate=f" ({rate})" if rate else ""),
        _units_said(words, late_units, len(units)),
    ]
    sentences = [
        "".join(rest) + ".",
        words("pub_lead_done", done=number(counts.done), open=number(counts.open)),
        words("pub_lead_apologised", n=number(counts.apologised)),
    ]
    strong = words("pub_lead_of", late=number(counts.late), total=number(counts.total))
    return strong, " ".join(sentences)


def _apart(printer: Printer, asking: Asking) -> str:
    """What is none of the lates, or late in a way of its own."""
    words, number = printer.words, printer.number
    line = printer.opened.lines.get(asking.unit)
    counts = line.counts if line else printer.opened.core.whole
    told = {
        "pub_lead_zero": counts.zero,
        "pub_lead_repeated": counts.repeated,
        "pub_lead_receptions": counts.late_receptions,
        "pub_lead_excluded": counts.excluded,
    }
    return " ".join(words(key, n=number(count)) for key, count in told.items() if count)


def _units_said(words: Words, late: int, all_: int) -> str:
    """At how many units, of how many if some have none."""
    if not late:
        return ""
    if late == all_:
        return words("pub_lead_units", n=words.number(late))
    return words("pub_lead_units_of", n=words.number(late), all=words.number(all_))


def _sizes(opened: OpenedEdition, asking: Asking, found: RowsFound) -> Mapping[str, int]:
    """How much is in each section."""
    units = len(opened.below.get(asking.unit, ())) if asking.unit else len(opened.tops)
    return {
        "units": units if found.units is None else len(found.units),
        "officers": len(found.officers),
        "dossiers": len(found.dossiers),
        "receptions": len(found.receptions),
        "excluded": len(found.excluded),
    }


def _tabs(
    asking: Asking, links: Links, words: Words, sizes: Mapping[str, int]
) -> tuple[SectionTab, ...]:
    tabs = [_tab("", "pub_overview", "", asking, links, words)]
    for key, count in sizes.items():
        if count or asking.show == key or key in ("units", "officers", "dossiers"):
            tabs.append(_tab(key, f"pub_{key}", words.number(count), asking, links, words))
    return tuple(tabs)


def _tab(
    key: str, title: str, count: str, asking: Asking, links: Links, words: Words
) -> SectionTab:
    whole = Asking(asking.list, asking.edition, key, asking.unit, asking.q)  # type: ignore[arg-type]
    chosen = asking.show == key and not asking.dossier
    return SectionTab(key, words(title), count, f"{links.to(whole)}#sections", chosen)


def _parts(
    printer: Printer, asking: Asking, links: Links, found: RowsFound, corrected: frozenset[str]
) -> tuple[ListPart, ...]:
    if asking.show == "units":
        return (unit_part(printer, asking, links, found.units, corrected),)
    if asking.show:
        part = _PARTS[asking.show]
        return (part(printer, asking, links, getattr(found, asking.show)),)
    parts = [unit_part(printer, asking, links, found.units, corrected)]
    parts.append(officer_part(printer, asking, links, found.officers))
    if asking.q or asking.unit:
        parts.append(dossier_part(printer, asking, links, found.dossiers))
    return tuple(parts)
