"""Merge patches and the arrival of the n-th event."""

from __future__ import annotations

import gzip

import pytest

from benchmarks.feed import Seen, arrivals
from benchmarks.feed_state import decode_frame, merge
from benchmarks.latency_section import percentile


def test_merge_patch_of_the_standard() -> None:
    state = {"a": {"b": 1, "c": [1, 2]}, "d": 4}
    patch = {"a": {"b": 2, "c": [3], "x": {"y": None, "z": 1}}, "d": None}
    assert merge(state, patch) == {"a": {"b": 2, "c": [3], "x": {"z": 1}}}
    assert merge([1], {"a": 1}) == {"a": 1}
    assert merge({"a": 1}, [1]) == [1]


def test_frames_are_text_or_gzip() -> None:
    assert decode_frame('{"a":1}') == {"a": 1}
    assert decode_frame(gzip.compress(b'{"a":1}')) == {"a": 1}


def test_nth_event_arrives_with_the_figure_that_counts_it() -> None:
    seen = [Seen(10.0, 5, 0, 0), Seen(20.0, 7, 0, 0), Seen(30.0, 7, 0, 0), Seen(40.0, 11, 0, 0)]
    assert arrivals(seen, lambda s: s.open, 5, 4) == [20.0, 20.0, 40.0, 40.0]
    with pytest.raises(ValueError, match="6 of 7"):
        arrivals(seen, lambda s: s.open, 5, 7)


def test_percentiles() -> None:
    assert percentile([3, 1, 2], 50) == 2
    assert percentile(range(101), 99) == 99
    assert percentile([7], 99) == 7
