"""The late lists: their chain, their files, and their figures by their own rows."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from dossiers.wire.publications import Frozen, ListSubmitted
from oracle.checks.report import Check
from oracle.list_editions import RecountedEdition
from oracle.list_rules import RELIEVED
from oracle.listed import Accepted, Added, Json, added, canonical, lines, odd_rows, relieved_rows
from oracle.ports import KeptFiles
from oracle.publications import Chain, erased_by, files_named, listed_before

_ADDED = ("late", "done", "open", "zero", "repeated", "apologised", "late_receptions", "unmatched")
_WRITTEN = ("text", "reason", "attachment")  # by people, who may have it erased
_NO_FOLDER = "their folder is not on this machine"


def check_chain(chain: Chain, counted: Mapping[int, bool]) -> Check:
    """That no record was removed, changed, moved or put in. ``counted``: whether the product lets
    the record at each offset count."""
    check = Check("late lists: chain of records")
    for told in chain.counting:
        check.equal(f"offset {told.offset} counts", counted.get(told.offset), expected=True)
    for void in chain.void:
        check.equal(f"offset {void.offset} counts", counted.get(void.offset), expected=False)
        if not void.beaten:
            check.differ(void.why)
    if beaten := len(chain.void) - len(chain.broken):
        check.left_out.append(f"{beaten} void records of people who came second")
    return check


def check_files(chain: Chain, files: KeptFiles, *, folder_there: bool) -> Check:
    """That every file that a record names is there as it was, or was erased on record. What people
    wrote or attached may be marked as erased besides."""
    check = Check("late lists: files")
    erased = erased_by(chain)
    named = {
        digest: (what, f"{what} of record {told.record.number} ({told.record.list})")
        for told in chain.counting
        for digest, what in files_named(told.record).items()
    }
    if named and not folder_there:
        check.left_out.append(f"{len(named)} of them: {_NO_FOLDER}")
        return check
    for digest, (kind, what) in named.items():
        check.compared += 1
        state = files.state(digest)
        lawful = digest in erased or kind in _WRITTEN
        if state != "kept" and not (lawful and state == "erased"):
            check.differ(f"{what}, {digest}, is {state}")
        elif state == "kept" and digest in erased:
            check.differ(f"{what}, {digest}, was to be erased and is there")
    return check


def check_lists(chain: Chain, files: KeptFiles) -> Check:
    """That a list is the frozen one less what the review took out, that rows have their hashes and
    add up to their figures, and that the files are canonical."""
    check = Check("late lists: published = frozen - excluded")
    for editions in chain.lists.values():
        for edition in editions:
            _Edition(check, edition, files).compare()
            _check_repeated(check, chain, edition, files)
    check.left_out.append("lists whose rows were erased when names had had their time")
    return check


def _check_repeated(
    check: Check, chain: Chain, edition: RecountedEdition, files: KeptFiles
) -> None:
    """That a row names the earlier months whose published list has the dossier: of the same scope
    or of the whole, of a year, as they stood when it was frozen."""
    rows = _plain(files, edition.frozen.rows)
    earlier = {
        month: _plain(files, told.rows) for month, told in listed_before(chain, edition).items()
    }
    if rows is None or None in earlier.values():
        return
    listed: dict[str, set[str]] = defaultdict(set)
    for (month, _), content in earlier.items():
        for row in lines(content, "dossiers") if content is not None else ():
            listed[row["dossier"]].add(month)
    for row in lines(rows, "dossiers"):
        months = sorted(listed.get(row["dossier"], ()))
        if row["listed_in"] != months:
            name = f"{edition.frozen.list} edition {edition.frozen.edition}"
            check.differ(f"{name}: {row['dossier']} is listed in {row['listed_in']}, not {months}")


def _plain(files: KeptFiles, digest: str) -> Json | None:
    body = files.read(digest)
    return None if body is None else json.loads(body)


class _Edition:
    """One edition and its two lists, as far as their files are there."""

    def __init__(self, check: Check, edition: RecountedEdition, files: KeptFiles) -> None:
        self._check = check
        self._edition = edition
        self._files = files
        self._name = f"{edition.frozen.list} edition {edition.frozen.edition}"

    def compare(self) -> None:
        frozen = self._both(self._edition.frozen, "frozen")
        if frozen is None:
            return
        self._check.equal(f"{self._name}, total and late as recorded",
                          (frozen[0]["whole"]["total"], frozen[0]["whole"]["late"]),
                          (self._edition.frozen.total, self._edition.frozen.late))  # fmt: skip
        submitted = self._edition.submitted
        listed = self._both(submitted, "listed") if submitted is not None else None
        if listed is not None:
            self._follows(frozen, listed)

    def _both(self, record: Frozen | ListSubmitted, stage: str) -> tuple[Json, Json] | None:
        """Core and rows, each compared with itself; None if they are not there any more."""
        core, rows = self._json(record.core), self._json(record.rows)
        if core is None or rows is None:
            return None
        name = f"{self._name}, {stage}"
        for sentence in odd_rows(core, rows):
            self._check.differ(f"{name}: {sentence}")
        self._check.equal(f"{name}: name sheet", core["sheet"], record.sheet)
        for sentence in odd_figures(core, rows):
            self._check.differ(f"{name}: {sentence}")
        self._check.compared += 2
        return core, rows

    def _json(self, digest: str) -> Json | None:
        body = self._files.read(digest)
        if body is None:
            return None
        content: Json = json.loads(body)
        if canonical(content) != body:
            self._check.differ(f"{self._name}: file {digest} is no canonical JSON")
        return content

    def _follows(self, frozen: tuple[Json, Json], listed: tuple[Json, Json]) -> None:
        self._check.equal(
            f"{self._name}: frozen before", listed[0]["frozen"], self._edition.frozen.core
        )
        accepted = {
            (c.dossier, c.unit, c.officer): (RELIEVED[told.reason], told.reason)
            for c, told in self._edition.accepted.items()
        }
        for sentence in odd_list(frozen, listed, accepted):
            self._check.differ(f"{self._name}: {sentence}")
        self._check.compared += 1


def odd_list(
    frozen: tuple[Json, Json], listed: tuple[Json, Json], accepted: Accepted
) -> Iterator[str]:
    """What in a list does not follow from the frozen one and the review, each in a sentence. Both
    are core and rows."""
    (old, old_rows), (new, new_rows) = frozen, listed
    left, out = relieved_rows(lines(old_rows, "dossiers"), accepted)
    whole = sum(not each.officer for each in out)
    expected = {
        "total": old["whole"]["total"],
        "late": old["whole"]["late"] - whole,
        "excluded": whole,
    }
    for name, count in expected.items():
        if new["whole"][name] != count:
            yield f"{name} {new['whole'][name]}, by frozen list and review {count}"
    if _shown(new, lines(new_rows, "dossiers")) != _shown(new, left):
        yield f"its {len(new_rows['dossiers'])} dossiers are not the {len(left)} that are left"
    annex = sorted((e["dossier"], e["relief"], e["reason"]) for e in lines(new_rows, "excluded"))
    if annex != sorted((e.dossier, RELIEVED[e.reason], e.reason) for e in out):
        yield f"its annex names {len(annex)} cases, {len(out)} were taken out"
    if new_rows["receptions"] != old_rows["receptions"]:
        yield "its late receptions are others"
    yield from _odd_totals(old, new)


def _odd_totals(old: Json, new: Json) -> Iterator[str]:
    """Of units: nobody's total changes, and nobody has more lates than before."""
    before = {line["unit"]: line["counts"] for line in old["units"]}
    after = {line["unit"]: line["counts"] for line in new["units"]}
    if before.keys() != after.keys():
        yield "its units are others"
    for unit in before.keys() & after.keys():
        was, now = before[unit], after[unit]
        if (was["total"], was["late"]) != (now["total"], now["late"] + now["excluded"]):
            yield f"unit {unit}: published and excluded are not what was frozen"


def _shown(core: Json, rows: list[Json]) -> list[Any]:
    """Without officers where the policy publishes none of their names, and without what was last
    said about a dossier, which the review changes."""
    rows = [{name: value for name, value in row.items() if name != "reason"} for row in rows]
    if core["names"] == "name":
        return sorted(rows, key=lambda row: str(row["dossier"]))
    kept = []
    for row in rows:
        amounts: Counter[tuple[str, str, bool]] = Counter()
        for charge in row["charges"]:
            amounts[charge["unit"], charge["step"], charge["relieved"]] += charge["amount"]
        kept.append({**row, "charges": sorted(amounts.items())})
    return sorted(kept, key=lambda row: str(row["dossier"]))


def odd_figures(core: Json, rows: Json) -> Iterator[str]:
    """Counts and days of a list that its rows do not add up to, each in a sentence."""
    whole, holders = added(core, rows)
    # Whose an inbox's charges were cannot be told where nobody's are.
    told = _ADDED if core["names"] == "name" else _ADDED[:-1]
    yield from _odd("the whole", core["whole"], core["days"], whole, told)
    for line in core["units"]:
        mine = holders.pop((line["unit"], ""), Added())
        yield from _odd(f"unit {line['unit']}", line["counts"], line["days"], mine, told)
    people = {(e["unit"], e["officer"]): e for e in lines(rows, "officers") if e["officer"]}
    for who, line in people.items():
        mine = holders.pop(who, Added())
        name = f"officer {who[1]} of {who[0]}"
        yield from _odd(name, line["counts"], line["days"], mine, _ADDED[:-2])
    if core["names"] == "name":
        yield from (f"{who} is charged, and in no line" for who in holders)


def _odd(name: str, counts: Json, days: Json, mine: Added, told: tuple[str, ...]) -> Iterator[str]:
    for each in told:
        if counts[each] != mine.counts[each]:
            yield f"{name}: {each} {counts[each]}, by its rows {mine.counts[each]}"
    if counts["late"] + counts["excluded"] > counts["total"]:
        yield f"{name}: more lates than dossiers"
    if [tuple(each) for each in days["sums"]] != sorted(mine.charges.items()):
        yield f"{name}: days {days['sums']}, by its rows {sorted(mine.charges.items())}"
    if days["most"][1] * mine.most[0] != mine.most[1] * days["most"][0]:
        yield f"{name}: most {days['most']}, by its rows {mine.most}"
