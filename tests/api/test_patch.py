"""Merge patches: applying every delta to a snapshot gives the server's state."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from api.feed.patch import diff, merge

_names = st.sampled_from(["a", "b", "units", "figures", "spark"])
_leaves = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(0, 1) | st.text(max_size=2)
_values = st.recursive(
    _leaves | st.lists(_leaves, max_size=3),
    lambda inner: st.dictionaries(_names, inner, max_size=4),
    max_leaves=12,
)
_states = st.dictionaries(_names, _values, max_size=5)


def without_nulls(value: Any) -> Any:
    """A reader treats an absent member and null alike."""
    if not isinstance(value, dict):
        return value
    return {name: without_nulls(inner) for name, inner in value.items() if inner is not None}


@settings(max_examples=60, deadline=None)
@given(st.lists(_states, min_size=2, max_size=6))
def test_deltas_applied_to_a_snapshot_give_the_state(states: list[dict[str, Any]]) -> None:
    shown = states[0]
    for before, after in pairwise(states):
        shown = merge(shown, diff(before, after))
        assert without_nulls(shown) == without_nulls(after)


@settings(max_examples=60, deadline=None)
@given(_states)
def test_no_change_is_an_empty_patch(state: dict[str, Any]) -> None:
    assert diff(state, state) == {}


@settings(max_examples=60, deadline=None)
@given(_states, _states)
def test_an_empty_patch_means_equal(before: dict[str, Any], after: dict[str, Any]) -> None:
    if not diff(before, after):
        assert without_nulls(before) == without_nulls(after)


def test_only_what_changed_is_said() -> None:
    before = {"figures": {"open": {"value": 1, "spark": [1, 2]}, "late": {"value": 2}}, "x": 1}
    after = {"figures": {"open": {"value": 3, "spark": [1, 2]}, "late": {"value": 2}}}
    assert diff(before, after) == {"figures": {"open": {"value": 3}}, "x": None}


def test_examples_of_the_standard() -> None:
    """RFC 7396, appendix A, where the target is an object."""
    assert merge({"a": "b"}, {"a": "c"}) == {"a": "c"}
    assert merge({"a": "b", "b": "c"}, {"a": None}) == {"b": "c"}
    assert merge({"a": ["b"]}, {"a": "c"}) == {"a": "c"}
    assert merge({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}) == {"a": {"b": "d"}}
    assert merge({"a": [{"b": "c"}]}, {"a": [1]}) == {"a": [1]}
    assert merge({"e": None}, {"a": 1}) == {"e": None, "a": 1}
    assert merge({}, {"a": {"bb": {"ccc": None}}}) == {"a": {"bb": {}}}
