"""A published list is the frozen one less what the review took out: whatever else is noticed."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossiers.publication.listing import list_of
from dossiers.publication.reviewed import NOTHING_REVIEWED, Reviewed, cases_of, with_decision
from dossiers.text.canonical import canonical_json, sha256_of
from dossiers.wire.late_lists import NamesPolicy
from dossiers.wire.publications import Case, Decided, Explained, ListSubmitted
from oracle.checks.publications import check_lists, odd_figures, odd_list
from oracle.list_rules import RELIEVED
from oracle.listed import canonical, odd_rows, relieved_rows
from oracle.publications import walk_chain
from tests.dossiers.publication.made_lists import BUILDING, LAND, TOWN, TUAN, small_list
from tests.oracle.chains import Chain

Json = dict[str, Any]
SMALL = small_list()


def plain(content: object) -> Json:
    found: Json = json.loads(canonical_json(content))
    return found


@pytest.fixture
def core() -> Json:
    return plain(SMALL.core)


@pytest.fixture
def rows() -> Json:
    return plain(SMALL.rows)


def test_a_right_list_adds_up(core: Json, rows: Json) -> None:
    assert list(odd_rows(core, rows)) == []
    assert list(odd_figures(core, rows)) == []
    assert canonical(core) == canonical_json(SMALL.core)


def numbers(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where in a JSON document integers stand."""
    if isinstance(content, dict | list):
        inner = content.items() if isinstance(content, dict) else enumerate(content)
        for key, value in inner:
            yield from numbers(value, (*path, key))
    elif isinstance(content, int) and not isinstance(content, bool):
        yield path


def changed(content: Json, path: tuple[Any, ...], by: Callable[[int], int]) -> Json:
    found = copy.deepcopy(content)
    at: Any = found
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = by(at[path[-1]])
    return found


def test_any_other_figure_of_the_core_is_noticed(core: Json, rows: Json) -> None:
    told = [
        path for path in numbers({"whole": core["whole"], "days": core["days"],
                                  "units": core["units"]})
        if path[-1] not in ("total", "excluded")
    ]  # fmt: skip
    assert len(told) > 40
    for path in told:
        assert list(odd_figures(changed(core, path, lambda n: n + 1), rows)), path


def test_any_other_row_is_noticed(core: Json, rows: Json) -> None:
    for path in numbers(rows["dossiers"]):
        other = rows | {"dossiers": changed({"d": rows["dossiers"]}, ("d", *path),
                                            lambda n: n + 1)["d"]}  # fmt: skip
        (sentence,) = odd_rows(core, other)
        assert sentence.startswith(f"row {path[0] + 1} of dossiers"), path
    fewer = rows | {"receptions": rows["receptions"][1:]}
    assert "1 receptions, and hashes of 2" in next(odd_rows(core, fewer))


def test_what_was_accepted_goes_and_nothing_else(rows: Json) -> None:
    lines = [sealed["row"] for sealed in rows["dossiers"]]
    (moved,) = (row for row in lines if row["dossier"] == "H99-3001")
    moved["unit"] = TOWN
    accepted = {
        ("H99-1002", BUILDING, TUAN): ("unit", "system_down"),
        ("H99-1001", BUILDING, TUAN): ("holder", "leave"),
        ("H99-2003", BUILDING, TUAN): ("unit", "system_down"),  # not charged there
        ("H99-3001", TOWN, ""): ("unit", "system_down"),  # where it counts, and nobody is charged
        ("H99-2004", LAND, ""): ("unit", "source_error"),
    }
    left, out = relieved_rows(lines, accepted)
    assert {row["dossier"] for row in lines} - {row["dossier"] for row in left} == {
        "H99-1002", "H99-2004",
    }  # fmt: skip
    assert {(each.dossier, each.officer) for each in out} == {
        ("H99-1002", ""), ("H99-1001", TUAN), ("H99-2004", ""),
    }  # fmt: skip
    (row,) = (row for row in left if row["dossier"] == "H99-1001")
    assert [(c["officer"], c.get("relieved")) for c in row["charges"]] == [
        ("", True), ("cb-long", False),
    ]  # fmt: skip


POLICIES: tuple[NamesPolicy, ...] = ("name", "position", "none")
CASES = [case for one in SMALL.rows.dossiers for case in cases_of(one.row)]


@st.composite
def reviews(draw: st.DrawFn) -> Reviewed:
    """Anything that a review may come to."""
    found = NOTHING_REVIEWED
    for case in draw(st.lists(st.sampled_from(CASES), unique=True)):
        reasons = [r for r, relief in RELIEVED.items() if case.officer or relief == "unit"]
        found = with_decision(found, (case,), (), draw(st.sampled_from(reasons)))
    return found


def accepted_in(found: Reviewed) -> dict[tuple[str, str, str], tuple[str, str]]:
    return {
        (case.dossier, case.unit, case.officer): (ruling.relief, ruling.reason)
        for case, ruling in found.relieved.items()
    }


@given(reviews(), st.sampled_from(POLICIES))
def test_what_the_product_publishes_is_frozen_less_excluded(
    found: Reviewed, policy: NamesPolicy
) -> None:
    core, rows, sheet, secret = SMALL
    made = list_of(core, rows, sheet, found, policy, secret)
    frozen = plain(core), plain(rows)
    listed = plain(made.core), plain(made.rows)
    assert list(odd_rows(*listed)) == []
    assert list(odd_figures(*listed)) == []
    assert list(odd_list(frozen, listed, accepted_in(found))) == []


def test_a_list_of_another_review_is_noticed() -> None:
    core, rows, sheet, secret = SMALL
    frozen = plain(core), plain(rows)
    for case in CASES:
        reasons = ("leave", "system_down") if case.officer else ("system_down",)
        for reason in reasons:
            found = with_decision(NOTHING_REVIEWED, (case,), (), reason)
            made = list_of(core, rows, sheet, found, "name", secret)
            assert list(odd_list(frozen, (plain(made.core), plain(made.rows)), {})), (case, reason)


class Shelf:
    """Files in memory."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def put(self, content: object) -> str:
        body = canonical_json(content)
        self.files[sha256_of(body)] = body
        return sha256_of(body)

    def state(self, digest: str, /) -> str:
        return "kept" if digest in self.files else "missing"

    def read(self, digest: str, /) -> bytes | None:
        return self.files.get(digest)


def reviewed_chain(shelf: Shelf, *, lists: Reviewed) -> Chain:
    """A month in which one case was accepted, and which is submitted as ``lists`` says."""
    core, rows, sheet, secret = SMALL
    made = list_of(core, rows, sheet, lists, "name", secret)
    chain = Chain()
    chain.freeze(core=shelf.put(core), rows=shelf.put(rows), sheet=shelf.put(sheet),
                 total=core.whole.total, late=core.whole.late)  # fmt: skip
    chain.add(Explained, TUAN, "officer", cases=(TUANS,), reason="system_down")
    chain.add(Decided, "r", "reform_office", accepted=(TUANS,), rejected=(), reason="system_down")
    chain.add(ListSubmitted, "r", "reform_office", core=shelf.put(made.core),
              rows=shelf.put(made.rows), sheet=shelf.put(made.sheet))  # fmt: skip
    return chain


TUANS = Case("H99-1002", BUILDING, TUAN)
ACCEPTED = with_decision(NOTHING_REVIEWED, (TUANS,), (), "system_down")


def test_a_chain_with_its_files_adds_up_and_another_list_does_not() -> None:
    shelf = Shelf()
    chain = walk_chain(reviewed_chain(shelf, lists=ACCEPTED).messages)
    assert chain.void == []
    # All that is wrong with what is made up: it names lists of earlier months that are not there.
    assert sorted(check_lists(chain, shelf).examples) == [
        "2026-10 edition 1: H99-1003 is listed in ['2026-09'], not []",
        "2026-10 edition 1: H99-2005 is listed in ['2026-08', '2026-09'], not []",
    ]
    chain = walk_chain(reviewed_chain(shelf, lists=NOTHING_REVIEWED).messages)
    assert (
        "2026-10 edition 1: late 12, by frozen list and review 11"
        in check_lists(chain, shelf).examples
    )
