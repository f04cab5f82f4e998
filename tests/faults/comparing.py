"""The recount beside what the stream, ClickHouse and the walls have."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dossiers.vector import FIELDS
from tests.faults import oracle
from tests.faults.load import PARENTS, UNITS
from tests.faults.oracle import Story
from tests.faults.topics import Held
from tests.faults.walls import Walls

Query = Callable[[str], list[dict[str, Any]]]
_WALL_SECONDS = 20.0  # within which a wall must show what is true
_SHOWN = 8


@dataclass
class Expected:
    """The recount of one moment."""

    stories: dict[str, Story] = field(default_factory=dict)
    figures: oracle.Figures = field(default_factory=dict)
    unique: int = 0
    records: int = 0
    poison: int = 0

    @property
    def duplicates(self) -> int:
        return self.records - self.poison - self.unique


class Differences:
    """Sentences about what is not equal, by what was compared."""

    def __init__(self) -> None:
        self.compared = 0
        self.found: dict[str, list[str]] = defaultdict(list)

    def equal(self, what: str, item: str, seen: Any, expected: Any) -> None:
        self.compared += 1
        if seen != expected:
            self.found[what].append(f"{item}: expected {expected!r}, seen {seen!r}")

    def __len__(self) -> int:
        return sum(map(len, self.found.values()))

    def lines(self) -> Iterable[str]:
        """For people; a few of each."""
        for what, sentences in self.found.items():
            yield f"{what}: {len(sentences)} differences"
            yield from (f"    {sentence}" for sentence in sentences[:_SHOWN])


def recount(held: Held) -> Expected:
    """From the log alone."""
    expected = Expected()
    figures: oracle.Figures = defaultdict(lambda: defaultdict(int))
    for part in held.log.values():
        stories = {id_: oracle.tell(events, part.now) for id_, events in part.events.items()}
        expected.stories.update(stories)
        oracle.count(stories.values(), part.now, PARENTS, figures)
        expected.unique += sum(
            len({event["event_id"] for event in events}) for events in part.events.values()
        )
        expected.records += part.records
        expected.poison += len(part.poison)
    expected.figures = {scope: dict(row) for scope, row in figures.items()}
    return expected


def compare_stream(held: Held, expected: Expected, out: Differences) -> None:
    """Positions, dossier states, merged tallies, alerts, dead letters."""
    positions = held.positions.values()
    what = "published = folded + duplicates + dead letters"
    for name, seen, want in (
        ("dead letters", sum(p["dead_letters"] for p in positions), expected.poison),
        ("duplicates", sum(p["duplicates"] for p in positions), expected.duplicates),
        ("folded", sum(p["events"] - p["duplicates"] for p in positions), expected.unique),
    ):
        out.equal(what, name, seen, want)
    for number, part in held.log.items():
        out.equal(what, f"now of partition {number}", held.positions[number]["now"], part.now)
    _compare_states(held, expected, out)
    for scope in held.tallies.keys() | expected.figures.keys():
        seen = dict(zip(FIELDS, held.tallies.get(scope, {}).get("vector", ()), strict=False))
        row = expected.figures.get(scope, {})
        odd = {n: seen.get(n, 0) for n in FIELDS if seen.get(n, 0) != row.get(n, 0)}
        out.equal("merged tallies", scope, odd, {n: row.get(n, 0) for n in odd})
    _compare_alerts(held, expected, out)
    places = {(n, at): [r] for n, part in held.log.items() for at, r in part.poison.items()}
    for place in places.keys() | held.letters.keys():
        out.equal("dead letters", str(place), held.letters.get(place), places.get(place))
    out.equal("dead letters", "personal data", "0900000000" in held.letter_text, False)


def _compare_states(held: Held, expected: Expected, out: Differences) -> None:
    for id_ in held.states.keys() | expected.stories.keys():
        state, story = held.states.get(id_), expected.stories.get(id_)
        if state is None or story is None:
            out.equal("dossier states", id_, state, story)
            continue
        seen = (
            state["standing"], state.get("unit") or "unknown", state.get("officer") or "unknown",
            state.get("received_at"), state.get("due_at"), state.get("finished_at"),
            state.get("stopped_at"), state.get("extensions", 0), sorted(state.get("flags", ())),
        )  # fmt: skip
        want = (
            story.verdict, story.unit, story.officer, story.received, story.due, story.end,
            story.stopped, story.extensions, sorted(story.flags),
        )  # fmt: skip
        out.equal("dossier states", id_, seen, want)


def _compare_alerts(held: Held, expected: Expected, out: Differences) -> None:
    last: dict[str, dict[tuple[str, int, int], tuple[int, str]]] = defaultdict(dict)
    for id_, alerts in held.alerts.items():
        numbers = [alert["sequence"] for alert in alerts]
        out.equal("alerts: sequence", id_, numbers, list(range(1, len(numbers) + 1)))
        newest = alerts[-1]
        if newest["kind"] != "unit_backlog":
            name = (newest["kind"], newest["level"], newest["due_at"])
            last[newest["dossier_id"]][name] = (newest["sequence"], newest["transition"])
    for id_, story in expected.stories.items():
        standing = {name for name, (_, how) in last[id_].items() if how == "raised"}
        out.equal("alerts: final state", id_, standing, story.raised)
        kept = {
            (kind, level, cause): (sequence, status)
            for kind, level, cause, sequence, status in held.states.get(id_, {}).get("alerts", ())
        }
        out.equal("alerts: topic = state", id_, last[id_], kept)


def compare_clickhouse(held: Held, expected: Expected, query: Query, out: Differences) -> None:
    """Rows and aggregates. Times as ms."""
    rows = query(
        "SELECT dossier_id, standing, unit, officer, toUnixTimestamp64Milli(due_at) AS due, "
        "toUnixTimestamp64Milli(finished_at) AS end FROM dossiers FINAL"
    )
    stored = {row["dossier_id"]: row for row in rows}
    for id_ in stored.keys() | expected.stories.keys():
        row, story = stored.get(id_), expected.stories.get(id_)
        seen = row and (row["standing"], row["unit"] or "unknown", row["officer"] or "unknown",
                        row["due"], row["end"])  # fmt: skip
        want = story and (story.verdict, story.unit, story.officer, story.due, story.end)
        out.equal("ClickHouse dossiers", id_, seen, want)
    # The raw events are kept as they came, refused ones too.
    [row] = query(
        "SELECT count() AS n, uniqExact(dossier_id) AS d FROM dossier_events FINAL "
        "WHERE (partition, offset) NOT IN (SELECT partition, offset FROM dead_letters)"
    )
    out.equal("ClickHouse events", "rows", row["n"], expected.unique)
    out.equal("ClickHouse events", "dossiers", row["d"], len(expected.stories))
    names = ", ".join(FIELDS)
    rows = query(f"SELECT scope, argMax([{names}], version) AS v FROM tallies GROUP BY scope")  # noqa: S608
    tallies = {row["scope"]: row["v"] for row in rows}
    for scope in tallies.keys() | expected.figures.keys():
        want_row = expected.figures.get(scope, {})
        want_vector = [want_row.get(name, 0) for name in FIELDS]
        out.equal("ClickHouse tallies", scope, list(tallies.get(scope, ())), want_vector)
    rows = query("SELECT alert_id, groupArray(sequence) AS s FROM alerts FINAL GROUP BY alert_id")
    transitions = {row["alert_id"]: sorted(row["s"]) for row in rows}
    for id_ in transitions.keys() | held.alerts.keys():
        known = [alert["sequence"] for alert in held.alerts.get(id_, ())]
        out.equal("ClickHouse alerts", id_, transitions.get(id_), known)
    [row] = query("SELECT count() AS n FROM dead_letters FINAL")
    out.equal("ClickHouse dead letters", "rows", row["n"], expected.poison)


def compare_walls(held: Held, expected: Expected, walls: Walls, out: Differences) -> None:
    """Every wall shows the recount within a bounded time, and none ever saw a gap."""
    want = _wall(expected, held.watermark)
    deadline = time.monotonic() + _WALL_SECONDS
    while True:
        seen = [_shown(state, want) for state in walls.states()]
        if all(each == want for each in seen) or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    for i, each in enumerate(seen):
        odd = [name for name in want if each[name] != want[name]]
        out.equal("walls", f"wall {i}", {n: each[n] for n in odd}, {n: want[n] for n in odd})
    for sentence in walls.broken():
        out.equal("walls", "sequence", sentence, "")


def _wall(expected: Expected, watermark: int) -> dict[str, Any]:
    found: dict[str, Any] = {"watermark": watermark, "data.dead_letters": expected.poison}
    whole = expected.figures.get("all", {})
    for name in ("open", "due_soon", "overdue", "late_receptions"):
        found[f"figures.{name}.value"] = whole.get(name, 0)
    for unit in UNITS:
        row: Mapping[str, int] = expected.figures.get(f"unit:{unit}", {})
        for name in ("open", "due_soon", "overdue"):
            found[f"units.{unit}.{name}"] = row.get(name, 0)
        ended = [row.get(f"{name}_month", 0) for name in ("early", "on_time", "late")]
        found[f"units.{unit}.finished"] = sum(ended)
        rate = None if not sum(ended) else round(100.0 * sum(ended[:2]) / sum(ended), 2)
        found[f"units.{unit}.rate"] = rate
        found[f"units.{unit}.received"] = row.get("received_month", 0)
    return found


def _shown(state: dict[str, Any], want: Iterable[str]) -> dict[str, Any]:
    found = {}
    for path in want:
        value: Any = state
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        found[path] = value
    return found
