"""The recount beside what the stream, ClickHouse and the walls have."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec

from dossiers.tallies.vector import FIELDS
from tests.faults.installation import UNITS
from tests.faults.oracle.log import Expected
from tests.faults.topics import Held, Variant
from tests.faults.walls import Walls

Query = Callable[[str], list[dict[str, Any]]]
_WALL_SECONDS = 20.0  # within which a wall must show what is true
_SHOWN = 8
_FEW = 20  # finished dossiers, of which a rate is shown


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


def compare_stream(held: Held, expected: Expected, out: Differences) -> None:
    """Positions, dossier states, merged tallies, alerts, dead letters."""
    positions, log = held.positions.values(), held.log.partitions
    what = "published = folded + duplicates + dead letters"
    for name, seen, want in (
        ("dead letters", sum(p.dead_letters for p in positions), len(expected.poison)),
        ("duplicates", sum(p.duplicates for p in positions), expected.duplicates),
        ("folded", sum(p.events - p.duplicates for p in positions), expected.unique),
    ):
        out.equal(what, name, seen, want)
    for number, part in log.items():
        out.equal(what, f"now of partition {number}", held.positions[number].now, part.now)
    _compare_states(held, expected, out)
    for scope in held.tallies.keys() | expected.figures.keys():
        out.equal(
            "merged tallies",
            scope,
            *_only_odd(held.vector(scope), expected.figures.get(scope, {})),
        )
    _compare_alerts(held, expected, out)
    _compare_deeds(held, expected, out)
    places = {place: [reason] for place, reason in expected.poison.items()}
    for place in places.keys() | held.letters.keys():
        out.equal("dead letters", str(place), held.letters.get(place), places.get(place))
    out.equal("dead letters", "personal data", held.letters_with_personal_data, 0)


def _only_odd(vector: Sequence[int], row: Mapping[str, int]) -> tuple[object, object]:
    """Of a tally and its recount the figures that differ."""
    if list(vector) == [row.get(name, 0) for name in FIELDS]:
        return None, None
    seen = dict(zip(FIELDS, vector, strict=False))
    odd = [name for name in FIELDS if seen.get(name, 0) != row.get(name, 0)]
    return {n: seen.get(n) for n in odd}, {n: row.get(n, 0) for n in odd}


def _compare_states(held: Held, expected: Expected, out: Differences) -> None:
    states = held.states
    for id_ in states.keys() | expected.stories.keys():
        state, story = states.get(id_), expected.stories.get(id_)
        if state is None or story is None:
            out.equal("dossier states", id_, state, story)
            continue
        course, standing = state.course, state.standing
        seen = (
            standing.verdict, state.successor or course.unit or "unknown",
            course.officer or "unknown", course.received_at, course.due_at, course.finished_at,
            course.stopped_at, course.extensions, course.flags,
            _other(course.unrewritten, standing.unrewritten),
            _other(course.rewritten, standing.rewritten),
        )  # fmt: skip
        want = (
            story.verdict, story.unit, story.officer, story.received, story.due, story.end,
            story.stopped, story.extensions, story.flags, story.unrewritten, story.rewritten,
        )  # fmt: skip
        out.equal("dossier states", id_, seen, want)


def _other(variant: Variant | None, verdict: str) -> tuple[object, ...] | None:
    return None if variant is None else (*msgspec.structs.astuple(variant), verdict)


def _compare_alerts(held: Held, expected: Expected, out: Differences) -> None:
    for id_, numbers in held.alerts.items():
        # Of a dossier that left the stream nothing is known there: the same alert begins anew.
        left = held.dossier_of[id_] in expected.past
        begins = [i for i, number in enumerate(numbers) if i == 0 or (left and number == 1)]
        lives = [numbers[a:b] for a, b in zip(begins, [*begins[1:], None], strict=True)]
        wanted = [list(range(1, len(life) + 1)) for life in lives]
        out.equal("alerts: sequence", id_, lives, wanted)
    states = held.states
    for id_ in expected.stories.keys() | expected.left.keys() | held.last_alerts.keys():
        story, state = expected.stories.get(id_), states.get(id_)
        last, past = held.last_alerts.get(id_, {}), expected.past.get(id_)
        standing = {n for n, (_, how) in last.items() if how in ("raised", "acknowledged")}
        out.equal(
            "alerts: final state",
            id_,
            standing,
            (past or set()) | (story.raised if story else set()),
        )
        kept = {
            (kind, level, cause): (sequence, status)
            for kind, level, cause, sequence, status, *_ in (state.alerts if state else ())
        }
        taken = {
            (kind, level, cause): holder
            for kind, level, cause, _, status, *holder in (state.alerts if state else ())
            if status == "acknowledged"
        }
        want = {name: list(holder) for name, holder in story.taken.items()} if story else {}
        out.equal("alerts: who deals with them", id_, taken, want)
        if past is not None:  # the state knows nothing of what was before
            last = {name: last.get(name, (0, "")) for name in kept}
        out.equal("alerts: topic = state", id_, last, kept)


def _compare_deeds(held: Held, expected: Expected, out: Differences) -> None:
    """Nothing is told as done more often than it was done, however often its event came. A dossier
    that left has forgotten what was done."""
    asked = Counter(held.log.deeds.values())
    for done, times in held.told.items():
        if done[0] not in expected.past:
            out.equal("actions told", str(done), min(times, asked[done]), times)


def compare_clickhouse(held: Held, expected: Expected, query: Query, out: Differences) -> None:
    """Rows and aggregates. Times as ms."""
    rows = _columns(
        query,
        "SELECT dossier_id, standing, unit, officer, toUnixTimestamp64Milli(due_at) AS due, "
        "toUnixTimestamp64Milli(finished_at) AS end FROM dossiers FINAL",
        "dossier_id", "standing", "unit", "officer", "ifNull(due, -1)", "ifNull(end, -1)",
    )  # fmt: skip
    stored = {row[0]: row[1:] for row in rows}
    stories = {**expected.left, **expected.stories}  # rows stay
    for id_ in stored.keys() | stories.keys():
        row, story = stored.get(id_), stories.get(id_)
        seen = row and (row[0], row[1] or "unknown", row[2] or "unknown", *row[3:])
        want = story and (
            story.verdict, story.unit, story.officer,
            -1 if story.due is None else story.due, -1 if story.end is None else story.end,
        )  # fmt: skip
        out.equal("ClickHouse dossiers", id_, seen, want)
    # The raw events are kept as they came, refused ones too.
    [counted] = query(
        "SELECT count() AS n, uniqExact(dossier_id) AS d FROM dossier_events FINAL "
        "WHERE (partition, offset) NOT IN (SELECT partition, offset FROM dead_letters)"
    )
    out.equal("ClickHouse events", "rows", counted["n"], expected.rows)
    out.equal("ClickHouse events", "dossiers", counted["d"], expected.dossiers)
    names = ", ".join(FIELDS)
    merged = query(f"SELECT scope, argMax([{names}], version) AS v FROM tallies GROUP BY scope")  # noqa: S608
    tallies = {row["scope"]: row["v"] for row in merged}
    for scope in tallies.keys() | expected.figures.keys():
        odd = _only_odd(tallies.get(scope, ()), expected.figures.get(scope, {}))
        out.equal("ClickHouse tallies", scope, *odd)
    # How many, how many numbers, and the highest: all equal where none is missing.
    transitions = {
        row[0]: row[1:]
        for row in _columns(
            query,
            "SELECT alert_id, count() AS n, uniqExact(sequence) AS u, max(sequence) AS m "
            "FROM alerts FINAL GROUP BY alert_id",
            "alert_id", "n", "u", "m",
        )
    }  # fmt: skip
    for id_ in transitions.keys() | held.alerts.keys():
        known = len(set(held.alerts.get(id_, ())))
        out.equal("ClickHouse alerts", id_, transitions.get(id_), (known, known, known))
    [letters] = query("SELECT count() AS n FROM dead_letters FINAL")
    out.equal("ClickHouse dead letters", "rows", letters["n"], len(expected.poison))


def _columns(query: Query, sql: str, *columns: str) -> Iterable[tuple[Any, ...]]:
    """The rows of a query, sent as one array a column: that is by far the fastest way."""
    arrays = ", ".join(f"groupArray({column}) AS c{i}" for i, column in enumerate(columns))
    [row] = query(f"SELECT {arrays} FROM ({sql})")  # noqa: S608
    return zip(*(row[f"c{i}"] for i in range(len(columns))), strict=True)


def compare_walls(held: Held, expected: Expected, walls: Walls, out: Differences) -> None:
    """Every wall shows the recount within a bounded time, and none ever saw a gap."""
    want = _wall(expected, held.watermark)
    deadline = time.monotonic() + _WALL_SECONDS
    while True:
        states = walls.states()
        # Walls that show the same share it.
        shown = {id(state): _shown(state, want) for state in states}
        if all(each == want for each in shown.values()) or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    for i, state in enumerate(states):
        each = shown[id(state)]
        odd = [name for name in want if each[name] != want[name]]
        out.equal("walls", f"wall {i}", {n: each[n] for n in odd}, {n: want[n] for n in odd})
    for sentence in walls.broken():
        out.equal("walls", "sequence", sentence, "")


def _wall(expected: Expected, watermark: int) -> dict[str, Any]:
    found: dict[str, Any] = {"watermark": watermark, "data.dead_letters": len(expected.poison)}
    whole = expected.figures.get("all", {})
    for name in ("open", "due_soon", "overdue", "late_receptions"):
        found[f"figures.{name}.value"] = whole.get(name, 0)
    for unit in UNITS:
        row: Mapping[str, int] = expected.figures.get(f"unit:{unit}", {})
        for name in ("open", "due_soon", "overdue"):
            found[f"units.{unit}.{name}"] = row.get(name, 0)
        ended = _ended(row)
        found[f"units.{unit}.finished"] = sum(ended)
        rate = None if not sum(ended) else round(100.0 * sum(ended[:2]) / sum(ended), 2)
        found[f"units.{unit}.rate"] = rate
        found[f"units.{unit}.received"] = row.get("received_month", 0)
    return found


def _ended(row: Mapping[str, int]) -> list[int]:
    """Early, on time and late of the month or, while these are too few, of the last 30 days."""
    month, recent = (
        [row.get(f"{name}_{window}", 0) for name in ("early", "on_time", "late")]
        for window in ("month", "30d")
    )
    return recent if sum(month) < _FEW <= sum(recent) else month


def _shown(state: dict[str, Any], want: Iterable[str]) -> dict[str, Any]:
    found = {}
    for path in want:
        value: Any = state
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        found[path] = value
    return found
