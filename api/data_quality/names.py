"""Officers whom sources name and nobody can be matched with: why, and who may be meant."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from rapidfuzz import fuzz, process

from api.ports import UnlistedName
from api.search.plain import plain
from api.statements import moment
from api.viewer import Viewer
from dossiers.reference.context import Context
from dossiers.text.identity import folded
from dossiers.text.keyed import looks_hashed
from dossiers.time.hours import DAY
from dossiers.wire.reference import Officer, Reference

DAYS = 30
MOST_NAMES = 1_000
_MOST_SUGGESTED = 3
_NEAR = 20  # names that are looked at
_ALIKE = 70.0  # of 100; below it a name is another one
_LONGEST = 100  # characters of a name that is compared
_ACCOUNT = re.compile(r"^[a-z0-9._@-]+$", re.IGNORECASE)
Why = Literal["unknown", "namesakes", "elsewhere", "gone", "account"]

# By the unit that the record names, else that of the dossier.
_NAMED = """
SELECT e.officer_name AS name, if(e.unit = '', d.unit, e.unit) AS unit,
  uniqExact(e.dossier_id) AS dossiers, any(e.source) AS source,
  toUnixTimestamp64Milli(max(e.occurred_at)) AS last
FROM dossier_events AS e FINAL
INNER JOIN (
  SELECT dossier_id, unit FROM dossiers FINAL
  WHERE timeline = {timeline:String} AND has(flags, 'officer_unmatched')
    AND as_of > {start:DateTime64(3, 'UTC')}
) AS d ON d.dossier_id = e.dossier_id
WHERE e.timeline = {timeline:String} AND e.officer_name != ''
  AND e.dossier_id IN (
    SELECT dossier_id FROM dossiers FINAL
    WHERE timeline = {timeline:String} AND has(flags, 'officer_unmatched')
      AND as_of > {start:DateTime64(3, 'UTC')}
  )
GROUP BY name, unit ORDER BY dossiers DESC, name, unit LIMIT {most:UInt32}
"""
_DOSSIERS = """
SELECT e.dossier_id AS id, toUnixTimestamp64Milli(max(e.occurred_at)) AS last,
  any(d.unit) AS held_by, any(d.standing) AS standing, any(d.procedure) AS procedure
FROM dossier_events AS e FINAL
INNER JOIN (
  SELECT dossier_id, unit, standing, procedure FROM dossiers FINAL
  WHERE timeline = {timeline:String} AND has(flags, 'officer_unmatched')
    AND as_of > {start:DateTime64(3, 'UTC')}
) AS d ON d.dossier_id = e.dossier_id
WHERE e.timeline = {timeline:String} AND e.officer_name = {name:String}
  AND if(e.unit = '', d.unit, e.unit) = {unit:String}
  AND e.dossier_id IN (
    SELECT dossier_id FROM dossiers FINAL
    WHERE timeline = {timeline:String} AND has(flags, 'officer_unmatched')
      AND as_of > {start:DateTime64(3, 'UTC')}
  )
GROUP BY id ORDER BY last DESC, id LIMIT {limit:UInt32}
"""


@dataclass(frozen=True)
class Suggested:
    """An officer who may be meant. ``likeness``: 0 to 100."""

    officer: Officer
    likeness: int


@dataclass(frozen=True)
class UnmatchedName:
    """``name``: as it was sent, if that is known; ``sent``: as the record has it (perhaps a hash);
    ``unit``: in which somebody of that name was looked for. ``namesakes``: of that name there.
    ``last``: ms."""

    sent: str
    name: str
    unit: str
    source: str
    dossiers: int
    last: int
    why: Why
    namesakes: int
    suggested: tuple[Suggested, ...]


@dataclass(frozen=True)
class UnmatchedNames:
    """Of dossiers that changed in the last ``DAYS`` days; most dossiers first."""

    names: tuple[UnmatchedName, ...]
    cut: bool

    @property
    def dossiers(self) -> int:
        """Sum over the names: a dossier with two of them counts twice."""
        return sum(each.dossiers for each in self.names)


async def dossiers_of_name(
    viewer: Viewer, sent: str, unit: str, limit: int
) -> list[dict[str, Any]]:
    """The dossiers behind an ``UnmatchedName``, the last first. Raises StoreAway."""
    parameters = {**_since(viewer), "name": sent, "unit": unit, "limit": limit}
    return await viewer.live.query.rows(_DOSSIERS, parameters)


def _since(viewer: Viewer) -> dict[str, Any]:
    start = max(0, (viewer.live.view.watermark or 0) - DAYS * DAY)
    return {"timeline": viewer.live.config.timeline, "start": moment(start)}


def _all_judged(
    rows: Iterable[Mapping[str, Any]],
    context: Context,
    clear: Mapping[str, str],
    officers: OfficerNames,
) -> list[UnmatchedName]:
    return [each for row in rows if (each := _judged(row, context, clear, officers))]


def _judged(
    row: Mapping[str, Any], context: Context, clear: Mapping[str, str], officers: OfficerNames
) -> UnmatchedName | None:
    """None if the name is known by now."""
    sent, unit, last = row["name"], context.unit_named(row["unit"]), int(row["last"])
    name = context.reference.hashed.get(sent) or clear.get(sent, sent)
    if context.officer_named(unit, name, last) is not None:
        return None
    same = officers.same(name[:_LONGEST])
    here = [o for o in same if unit in (o.unit, *context.ancestors(o.unit))]
    return UnmatchedName(
        sent=sent,
        name=name,
        unit=row["unit"],
        source=row["source"],
        dossiers=int(row["dossiers"]),
        last=last,
        why=_why(name, same, here, context.calendar.local_date(last).isoformat()),
        namesakes=len(here),
        suggested=() if looks_hashed(name) else officers.like(name, unit, context),
    )


def _why(name: str, same: list[Officer], here: list[Officer], day: str) -> Why:
    serving = [o for o in here if o.valid_from <= day and (not o.valid_to or day <= o.valid_to)]
    if len(serving) > 1:
        return "namesakes"
    if here:
        return "gone"
    if same:
        return "elsewhere"
    account = not looks_hashed(name) and _ACCOUNT.fullmatch(name) is not None
    return "account" if account else "unknown"


class OfficerNames:
    """The officers of one version of the reference data, by name."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self._same: defaultdict[str, list[Officer]] = defaultdict(list)
        self._like: defaultdict[str, list[Officer]] = defaultdict(list)
        for officer in reference.officers:
            self._same[folded(officer.name)].append(officer)
            self._like[plain(officer.name)].append(officer)

    def same(self, name: str) -> list[Officer]:
        """Those of this very name, of whatever unit."""
        return self._same.get(folded(name), [])

    def like(self, name: str, unit: str, context: Context) -> tuple[Suggested, ...]:
        """The nearest names: those of the unit and below it first."""
        near = process.extract(
            plain(name[:_LONGEST]), list(self._like), scorer=fuzz.token_sort_ratio,
            limit=_NEAR, score_cutoff=_ALIKE,
        )  # fmt: skip
        found = [
            (unit in (officer.unit, *context.ancestors(officer.unit)), score, officer)
            for text, score, _ in near
            for officer in self._like[text]
        ]
        found.sort(key=lambda each: (not each[0], -each[1], each[2].id))
        return tuple(Suggested(o, round(score)) for _, score, o in found[:_MOST_SUGGESTED])


class NameReader:
    """Asks for unmatched names; prepares the officers once for each version of the reference
    data."""

    def __init__(self) -> None:
        self._officers = OfficerNames(Reference())

    async def read(self, viewer: Viewer, unlisted: Iterable[UnlistedName]) -> UnmatchedNames:
        """``unlisted``: what stands for the hashes of names. Raises StoreAway."""
        rows = await viewer.live.query.rows(_NAMED, {**_since(viewer), "most": MOST_NAMES + 1})
        context = viewer.live.view.context
        if self._officers.reference is not context.reference:
            self._officers = OfficerNames(context.reference)
        clear = {each.hash: each.text for each in unlisted if each.hash}
        found = await asyncio.to_thread(
            _all_judged, rows[:MOST_NAMES], context, clear, self._officers
        )
        return UnmatchedNames(tuple(found), len(rows) > MOST_NAMES)
