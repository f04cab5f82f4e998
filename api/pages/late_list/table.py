"""The table of those who are charged, and of units."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from api.pages.late_list.asking import SHOWS, CasesAsked, Order, ReviewAsked
from api.pages.late_list.holder_cells import decision_cell, explained_cell
from api.pages.late_list.holders import CaseHolder, MonthPicture
from api.pages.late_list.wording import ListWords
from api.pages.parts.controls import Choice, Pagination, Select, Tab
from api.pages.parts.figure import help_of
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.search.plain import plain
from dossiers.wire.late_lists import Counts, Days

PAGE = 50
_MOST_UNITS = 1_500


@dataclass(frozen=True)
class HolderTable:
    """``units``: to narrow it by."""

    tabs: tuple[Tab, ...]
    table: DataTable
    units: Select
    pages: Pagination | None


@dataclass(frozen=True)
class HolderGroups:
    """``all_``: holders by tab; ``shown``: those of the tab that is chosen, in its order.
    ``reviewing``: explanations are taken still; ``explains``: the reader may give one."""

    all_: Mapping[str, Sequence[CaseHolder]]
    shown: tuple[CaseHolder, ...]
    reviewing: bool = False
    explains: bool = False

    def page(self, first: int) -> tuple[CaseHolder, ...]:
        """Those of the page that begins with number ``first``."""
        return self.shown[first - 1 : first - 1 + PAGE]


def groups_of(picture: MonthPicture, asked: ReviewAsked, say: ListWords) -> HolderGroups:
    """What the filter asks for."""
    within = picture.within(asked.unit) if asked.unit else None
    people = [each for each in picture.officers if within is None or each.unit in within]
    people = _searched(people, asked.q, say)
    groups: dict[str, Sequence[CaseHolder]] = {
        "explained": [each for each in people if each.explained],
        "waiting": [each for each in people if each.waiting],
        "without": [each for each in people if not each.explained],
        "all": people,
        "units": _unit_holders(picture, asked, say),
    }
    shown = groups[asked.show or "all"]
    if asked.show != "units":
        shown = sorted(shown, key=_sort_key(asked.sort, say))
    return HolderGroups(groups, tuple(shown))


def begun_with(picture: MonthPicture, asked: ReviewAsked, *, explains: bool) -> ReviewAsked:
    """Without a tab that is asked for: who explains begins with what is not explained."""
    if asked.show:
        return asked
    if explains and any(not each.explained for each in picture.officers):
        return replace(asked, show="without")
    if explains and any(not each.explained for each in picture.inboxes.values()):
        return replace(asked, show="units")
    some = any(each.explained for each in picture.officers)
    return replace(asked, show="explained" if some else "all")


def table_of(
    list_: str, picture: MonthPicture, groups: HolderGroups, asked: ReviewAsked, say: ListWords
) -> HolderTable:
    """A page of it."""
    page = groups.page(asked.first)
    return HolderTable(
        tabs=tuple(
            Tab(
                say.words(f"late_show_{show}"),
                asked.url(list_, show=show, officer="", of=""),
                show == asked.show,
                say.number(len(groups.all_[show])),
            )
            for show in SHOWS
        ),
        table=DataTable(
            say.words("late_table_units" if asked.show == "units" else "late_table"),
            _columns(list_, asked, say),
            tuple(_row(list_, each, picture, groups, asked, say) for each in page),
            id="officers",
        ),
        units=_unit_select(picture, asked, say),
        pages=_pages(list_, asked, len(groups.shown), say),
    )


def _unit_holders(picture: MonthPicture, asked: ReviewAsked, say: ListWords) -> list[CaseHolder]:
    """Units of the list, each with the cases that were charged to itself."""
    within = picture.within(asked.unit) if asked.unit else None
    found = [
        picture.inboxes.get(line.unit, CaseHolder(line.unit, "", (), None))
        for line in picture.units.values()
        if within is None or line.unit in within
    ]
    return _searched(found, asked.q, say)


def _searched(holders: list[CaseHolder], q: str, say: ListWords) -> list[CaseHolder]:
    words = plain(q).split()
    if not words:
        return holders

    def matches(each: CaseHolder) -> bool:
        text = plain(f"{say.officer(each.officer)} {say.unit(each.unit)}")
        return all(word in text for word in words)

    return [each for each in holders if matches(each)]


def _sort_key(order: Order, say: ListWords) -> Callable[[CaseHolder], tuple[object, ...]]:
    def key(each: CaseHolder) -> tuple[object, ...]:
        counts, days = (each.line.counts, each.line.days) if each.line else (None, Days())
        name = (say.unit(each.unit), say.officer(each.officer))
        if counts is None or order == "name":
            return name
        value = {
            "late": Fraction(counts.done),
            "open": Fraction(counts.open),
            "total": Fraction(counts.total),
            "rate": Fraction(counts.late, max(1, counts.total)),
            "most": Fraction(days.most[1], days.most[0]),
            "mean": _mean(days, counts),
        }[order]
        return (-value, *name)

    return key


def _mean(days: Days, counts: Counts) -> Fraction:
    return sum((Fraction(of, day) for day, of in days.sums), Fraction()) / max(1, counts.late)


_NUMBERS: tuple[tuple[str, Order], ...] = (
    ("total", "total"), ("done", "late"), ("open", "open"), ("rate", "rate"), ("most", "most"),
    ("mean", "mean"),
)  # fmt: skip


_PHONE: Mapping[str, Literal["main", "more"]] = {"done": "main", "total": "more", "open": "more"}


def _columns(list_: str, asked: ReviewAsked, say: ListWords) -> tuple[TableColumn, ...]:
    words, sortable = say.words, asked.show != "units"
    first = "late_col_unit" if asked.show == "units" else "late_col_officer"
    by_name = sortable and asked.sort == "name"
    columns = [
        TableColumn(
            words(first),
            sort=asked.url(list_, sort="name") if sortable else "",
            sorted="up" if by_name else "",
            phone="lead",
            wide=True,
        )
    ]
    for name, order in _NUMBERS:
        columns.append(
            TableColumn(
                words(f"late_col_{name}"),
                number=True,
                sort=asked.url(list_, sort=order) if sortable else "",
                sorted="down" if sortable and asked.sort == order else "",
                phone=_PHONE.get(name, "off"),
                help=help_of(words, "late_total") if name == "total" else None,
            )
        )
    columns.append(TableColumn(words("late_col_explained"), phone="off"))
    columns.append(TableColumn(words("late_col_decision"), phone="more"))
    return tuple(columns)


def _row(
    list_: str,
    each: CaseHolder,
    picture: MonthPicture,
    groups: HolderGroups,
    asked: ReviewAsked,
    say: ListWords,
) -> DataRow:
    line = each.line if each.line is not None else picture.units[each.unit]
    counts, days = line.counts, line.days
    chosen = (each.unit, each.officer) == (asked.of, asked.officer)
    name = say.unit(each.unit) if each.line is None else say.officer(each.officer)
    place = "" if each.line is None else say.unit(each.unit)
    position = say.position(each.officer) if each.officer else ""

    def cases(what: str, value: int) -> TableCell:
        of = CasesAsked(what, each.unit, each.officer)  # type: ignore[arg-type]
        return TableCell(say.number(value), of.url(list_) if value else "")

    side = asked.url(list_, of=each.unit, officer=each.officer)
    explain = side if groups.explains else ""
    cells = (
        TableCell(
            name, side, strong=True,
            sub=", ".join(filter(None, (position, place))),
        ),
        TableCell(say.number(counts.total)),
        cases("done", counts.done),
        cases("open", counts.open),
        TableCell(say.rate(counts)),
        TableCell(say.most(days, counts)),
        TableCell(say.mean(days, counts)),
        explained_cell(each, say, explain=explain, reviewing=groups.reviewing),
        decision_cell(each, picture, say),
    )  # fmt: skip
    return DataRow(cells, "chosen" if chosen else "plain")


def _unit_select(picture: MonthPicture, asked: ReviewAsked, say: ListWords) -> Select:
    choices = [Choice("", say.words("late_all_units"), not asked.unit)]
    units = sorted(picture.units.values(), key=lambda line: say.unit(line.unit))[:_MOST_UNITS]
    choices += [Choice(each.unit, say.unit(each.unit), each.unit == asked.unit) for each in units]
    return Select("unit", say.words("unit"), tuple(choices))


def _pages(list_: str, asked: ReviewAsked, total: int, say: ListWords) -> Pagination | None:
    if total <= PAGE and asked.first == 1:
        return None
    stop = min(total, asked.first - 1 + PAGE)
    text = say.words(
        "late_range", first=say.number(min(asked.first, total)), last=say.number(stop),
        n=say.number(total),
    )  # fmt: skip
    return Pagination(
        text,
        before=asked.url(list_, first=max(1, asked.first - PAGE)) if asked.first > 1 else "",
        after=asked.url(list_, first=stop + 1) if stop < total else "",
    )
