"""Ratios, aims and how they are printed."""

from __future__ import annotations

import json

from benchmarks.report import Aim, Row, Section, as_json, text


def section() -> Section:
    return Section(
        name="s",
        title="Title",
        how="how",
        rows=[
            Row(name="limit", label="Limit", role="limit", unit="e/s", values=[300, 200, 190]),
            Row(name="ours", label="Ours", role="ours", unit="e/s", values=[150, 160, 170]),
            Row(name="slow", label="Slow", role="peer", unit="e/s", values=[10]),
            Row(name="quick", label="Quick", role="peer", unit="e/s", values=[80]),
            Row(name="gone", label="Gone", role="peer", unit="e/s", failure="ended\n\nlast line\n"),
        ],
        aims=[
            Aim(of="ours", to="limit", bound=0.9),
            Aim(of="ours", to="quick", bound=2),
            Aim(of="ours", to="gone", bound=2),
            Aim(of="ours", at_least=False, bound=100),
        ],
    )


def test_median_counts_and_best_peer_is_the_quickest() -> None:
    tried = section()
    assert tried.rows[0].figure == 200
    best, limit = tried.best_peer(), tried.limit()
    assert best is not None
    assert best.name == "quick"
    assert limit is not None
    assert limit.name == "limit"


def test_best_peer_of_waits_is_the_shortest() -> None:
    tried = section()
    tried.higher = False
    best = tried.best_peer()
    assert best is not None
    assert best.name == "slow"


def test_aims_are_judged_by_medians() -> None:
    tried = section()
    judged = [aim.judge(tried.rows) for aim in tried.aims]
    assert judged == [(0.8, False), (2.0, True), None, (160.0, False)]


def test_text_names_failures_and_ratios() -> None:
    lines = text(section()).splitlines()
    [ours] = [line for line in lines if line.startswith("  Ours")]
    assert ours.split()[-2:] == ["2.00", "0.80"]
    [gone] = [line for line in lines if line.startswith("  Gone")]
    assert gone.endswith("ended last line")
    assert any("MISSED" in line and "0.80" in line for line in lines)
    assert any("not measured" in line for line in lines)


def test_json_has_everything() -> None:
    found = json.loads(as_json([section()], {"cores": 2}))
    assert found["cores"] == 2
    rows = {row["name"]: row for row in found["sections"][0]["rows"]}
    assert rows["ours"]["median"] == 160
    assert rows["ours"]["to_limit"] == 0.8
    assert rows["ours"]["to_best_peer"] == 2
    assert rows["gone"]["failure"].startswith("ended")
    assert [aim["met"] for aim in found["sections"][0]["aims"]] == [False, True, None, False]


def test_empty_section_prints() -> None:
    assert "T" in text(Section(name="e", title="T", how=""))
