"""What the pages of walls show."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.access.keys import Key
from api.access.reach import below
from api.live.tiles import known_units
from api.pages.parts.controls import Choice, Select
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.pages.walls.form import BETWEEN, MOST_ROWS, SPARE_ROWS
from api.pages.words import Words, local_time
from api.viewer import Viewer
from dossiers.reference.unlisted import shown_name
from dossiers.time.calendar import Calendar
from dossiers.wire.walls import LEAST_TO_MOST_OPEN, NamedWall, WallView

MOST_CHOICES = 400  # units of a form: what is more is a page that nobody reads
_NAMED = 3  # units that stand by name in a list


@dataclass(frozen=True)
class WallUnit:
    """A unit that a wall may show."""

    id: str
    name: str
    chosen: bool


@dataclass(frozen=True)
class PartRow:
    """One row of the rotation in the form; ``choices``: of units, the first is none."""

    number: int
    choices: tuple[Choice, ...]
    seconds: str
    title: str


@dataclass(frozen=True)
class KeyRow:
    """A key of the wall. ``state``: in words; ``good``: whether it opens the wall now; ``lasting``:
    whether it may be extended or ended."""

    id: str
    name: str
    state: str
    used: str
    good: bool
    lasting: bool


@dataclass(frozen=True)
class WallForm:
    """``name`` "" of a new wall; ``version``: of what is changed; ``all_units``: whether none
    chosen means all."""

    name: str
    version: str
    title: str
    target: str
    target_usual: str
    distance: str
    height: str
    panel_seconds: str
    all_units: bool
    units: tuple[WallUnit, ...]
    rows: tuple[PartRow, ...]
    selects: tuple[Select, ...]


def walls_table(
    walls: Iterable[tuple[str, NamedWall]],
    shown: Mapping[str, int],
    viewer: Viewer,
    words: Words,
    calendar: Calendar,
) -> DataTable:
    """``shown``: displays that are connected now, by wall."""
    names = _unit_names(viewer)
    rows = tuple(
        _row(name, wall, shown.get(name, 0), names, words, calendar) for name, wall in walls
    )
    columns = (
        TableColumn(words("walls_name"), phone="lead"),
        TableColumn(words("walls_shows"), wide=True),
        TableColumn(words("walls_look")),
        TableColumn(words("walls_connected"), number=True, phone="main"),
        TableColumn(words("walls_changed")),
    )
    return DataTable(words("walls_title"), columns, rows, note=words("walls_connected_note"))


def _row(
    name: str,
    wall: NamedWall,
    shown: int,
    names: Mapping[str, str],
    words: Words,
    calendar: Calendar,
) -> DataRow:
    units = [names.get(unit, shown_name(unit)) for unit in wall.units]
    what = ", ".join(units[:_NAMED]) or words("walls_all_units")
    if len(units) > _NAMED:
        what = words("walls_and_more", units=what, n=len(units) - _NAMED)
    turns = words("walls_turns", n=len(wall.views)) if wall.views else ""
    look = f"{words(f'walls_{wall.language}')} · {words(f'walls_{wall.theme}')}"
    return DataRow(
        (
            TableCell(name, href=f"/walls/{name}", strong=True, sub=wall.title),
            TableCell(what, sub=turns),
            TableCell(look),
            TableCell(words.number(shown)),
            TableCell(local_time(wall.changed_at, calendar), sub=wall.changed_by),
        )
    )


def form_of(name: str, wall: NamedWall, version: str, viewer: Viewer, words: Words) -> WallForm:
    """The form filled in with settings."""
    names = _unit_names(viewer)
    ids = _choices(viewer, wall)
    rows = [_part(number, view, ids, names, words) for number, view in enumerate(wall.views)]
    spare = range(len(rows), min(MOST_ROWS, len(rows) + SPARE_ROWS))
    rows += [_part(number, None, ids, names, words) for number in spare]
    usual = viewer.live.view.context.reference.rules.target_rate
    return WallForm(
        name=name,
        version=version,
        title=wall.title,
        target=_number(wall.target),
        target_usual=words.decimal(usual, 1),
        distance=_number(wall.distance),
        height=_number(wall.height),
        panel_seconds=str(wall.panel_seconds),
        all_units=viewer.reach.whole,
        units=tuple(WallUnit(id_, names[id_], id_ in wall.units) for id_ in ids),
        rows=tuple(rows),
        selects=_selects(wall, viewer, words),
    )


def _selects(wall: NamedWall, viewer: Viewer, words: Words) -> tuple[Select, ...]:
    most = LEAST_TO_MOST_OPEN.index(viewer.live.config.officer_names)
    options = {
        "language": (("vi", "en"), wall.language),
        "theme": (("dark", "light"), wall.theme),
        "officer_names": (LEAST_TO_MOST_OPEN[: most + 1], wall.officer_names),
    }
    return tuple(
        Select(
            name,
            words(f"walls_{name}"),
            tuple(Choice(each, words(f"walls_{each}"), each == now) for each in values),
        )
        for name, (values, now) in options.items()
    )


def _part(
    number: int,
    view: WallView | None,
    ids: list[str],
    names: Mapping[str, str],
    words: Words,
) -> PartRow:
    now = BETWEEN.join(view.units) if view else ""
    choices = [Choice("", words("walls_part_none"), not now)]
    choices += [Choice(id_, names[id_], id_ == now) for id_ in ids]
    if now and now not in ids:
        units = ", ".join(names.get(unit, shown_name(unit)) for unit in now.split(BETWEEN))
        choices.append(Choice(now, units, selected=True))
    seconds = str(view.seconds) if view else "60"
    return PartRow(number, tuple(choices), seconds, view.title if view else "")


def _choices(viewer: Viewer, wall: NamedWall) -> list[str]:
    """Units that may be chosen: of the reader's part, the larger ones first where there are too
    many, and in any case those that are chosen."""
    reference = viewer.live.view.context.reference
    within = None if viewer.reach.whole else below(viewer.reach.units, reference)
    listed = [unit for unit in reference.units if within is None or unit.id in within]
    if len(listed) > MOST_CHOICES:
        listed = [unit for unit in listed if unit.kind != "division"][:MOST_CHOICES]
    found = {unit.id: None for unit in listed}
    return [*found, *(unit for unit in wall.units if unit not in found)]


def _unit_names(viewer: Viewer) -> Mapping[str, str]:
    units = known_units(viewer.live.view)
    return _UnitNames({id_: unit.name or id_ for id_, unit in units.items()})


class _UnitNames(dict[str, str]):
    """Also of units that are no more."""

    def __missing__(self, id_: str) -> str:
        return shown_name(id_)


def key_rows(
    keys: Iterable[tuple[Key, int | None]], now: int, words: Words, calendar: Calendar
) -> tuple[KeyRow, ...]:
    """``keys``: each with when it was used last (ms)."""
    return tuple(
        KeyRow(
            id=key.id,
            name=key.name,
            state=_state(key, now, words, calendar),
            used=words("walls_key_used", time=local_time(used, calendar))
            if used
            else words("walls_key_unused"),
            good=key.good(now),
            lasting=key.revoked_at is None,
        )
        for key, used in keys
    )


def _state(key: Key, now: int, words: Words, calendar: Calendar) -> str:
    if key.revoked_at is not None:
        return words("walls_key_revoked", time=local_time(key.revoked_at, calendar))
    if not key.lasts(now):
        return words("walls_key_over", time=local_time(key.expires_at, calendar))
    if key.suspended_at is not None:
        return words("walls_key_suspended")
    if key.expires_at is None:
        return words("walls_key_forever")
    return words("walls_key_until", time=local_time(key.expires_at, calendar))


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
