"""A second database beside the one in use, filled anew and then put in its place, table by table.

The new one is called like the old with ``_rebuild`` behind it, and is on the same engine. Every
step may be interrupted and repeated: what is half filled is filled on, and a change of places that
was begun is ended, whichever tables had changed already.
"""

from __future__ import annotations

from collections.abc import Sequence

from sinks.errors import TimelineMismatch
from sinks.migrate import migrate
from sinks.store import Store

SUFFIX = "_rebuild"
# What a rebuild replaces. Views name the tables, which keep their names.
TABLES = (
    "dossier_events",
    "dossiers",
    "dossiers_by_end",
    "tallies",
    "alerts",
    "traits",
    "sync_errors",
    "dead_letters",
    "deliveries",
    "sink_timeline",
)
# What Kafka does not hold for ever, by table: nothing of deliveries; of compacted topics the last
# record of each key. A row stays behind only if the new table has none in its place, so that
# nothing old survives what was made anew.
_KEPT = {
    "deliveries": "SELECT * FROM deliveries FINAL WHERE timeline = {timeline:String}",
    # Rows of one dossier become one by themselves. Its last record need not be its newest.
    "traits": "SELECT * FROM traits WHERE timeline = {timeline:String}",
    # The topic forgets them at last.
    "sync_errors": "SELECT * FROM sync_errors FINAL WHERE timeline = {timeline:String}",
    "tallies": "SELECT * FROM tallies FINAL WHERE timeline = {timeline:String} "
    "AND (scope, minute) NOT IN (SELECT scope, minute FROM `{new}`.tallies)",
    "dossiers": "SELECT * FROM dossiers FINAL WHERE timeline = {timeline:String} "
    "AND dossier_id NOT IN "
    "(SELECT dossier_id FROM `{new}`.dossiers) AND dossier_id IN "
    "(SELECT dossier_id FROM `{new}`.dossier_events)",
    "dossiers_by_end": "SELECT * FROM dossiers_by_end FINAL WHERE timeline = {timeline:String} "
    "AND dossier_id NOT IN "
    "(SELECT dossier_id FROM `{new}`.dossiers_by_end) AND dossier_id IN "
    "(SELECT dossier_id FROM `{new}`.dossier_events)",
}
# The same if the new tables are those of a timeline that was folded anew from the log of a
# former one: no state, no alert and no dead letter of the old tables counts any more. What walls
# showed in a minute of the past stays: a fold at full speed skips most of them, and its
# partitions are not at the same instant. The last row of each scope is the new timeline's.
_KEPT_OF_FORMER = {
    # Selected within: the name that REPLACE gives would be meant by WHERE, too.
    "deliveries": "SELECT * REPLACE ({timeline:String} AS timeline) FROM "
    "(SELECT * FROM deliveries FINAL WHERE timeline IN {former:Array(String)})",
    "sync_errors": "SELECT * REPLACE ({timeline:String} AS timeline) FROM "
    "(SELECT * FROM sync_errors FINAL WHERE timeline IN {former:Array(String)})",
    "tallies": "SELECT * EXCEPT (counted, newest, last) REPLACE ("
    "{timeline:String} AS timeline, greatest(last, 1) - 1 AS version) "
    "FROM (SELECT * FROM tallies FINAL WHERE timeline IN {former:Array(String)}) AS t "
    "INNER JOIN (SELECT scope AS counted, max(minute) AS newest, max(version) AS last "
    "FROM `{new}`.tallies GROUP BY scope) AS n ON scope = counted WHERE minute < newest",
}
_MISSING = """
SELECT DISTINCT dossier_id, partition FROM dossier_events
WHERE timeline = {timeline:String} AND dossier_id NOT IN (SELECT dossier_id FROM dossiers)
    AND (`partition`, `offset`) NOT IN (
        SELECT toUInt16(`partition`), toUInt64(`offset`) FROM dead_letters
        WHERE topic = 'dossier-events' AND `offset` >= 0
        GROUP BY `partition`, `offset` HAVING countIf(reason = 'replayed') = 0
    )
"""


class Rebuild:
    """The new database of one timeline beside ``old``, which may also hold one of its ``former``
    ones, whose log was folded anew. Raises StoreError."""

    def __init__(self, old: Store, timeline: str, former: Sequence[str] = ()) -> None:
        self._former = list(former)
        self.old = old
        self.new = Store(old.engine, old.database + SUFFIX)
        self._timeline = timeline

    def prepare(self) -> None:
        """Tables of this version in both; raises TimelineMismatch if the old ones hold another
        timeline."""
        migrate(self.old)
        found = self.old.query("SELECT DISTINCT timeline FROM sink_timeline")
        if any(row["timeline"] not in (self._timeline, *self._former) for row in found):
            raise TimelineMismatch(
                f"The database {self.old.database} holds the timeline {found[0]['timeline']}, not "
                f"{self._timeline}. Use another database (or state folder) for this one."
            )
        migrate(self.new)
        self.new.command(
            "CREATE TABLE IF NOT EXISTS changing "
            f"{self._on_cluster()} (name String, id String) ENGINE = MergeTree ORDER BY name"
        )

    @property
    def changing(self) -> bool:
        """Whether the change of places was begun: then only ``change_places`` may follow."""
        return bool(self.new.query("SELECT name FROM changing LIMIT 1"))

    def old_groups(self) -> list[str]:
        """Names of the consumer groups of the old database's sink, without their topics."""
        rows = self.old.query("SELECT timeline, sink_id FROM sink_timeline")
        return [f"{row['timeline']}-sink-{row['sink_id']}" for row in rows]

    def keep(self) -> dict[str, int]:
        """Copy what Kafka holds no more from the old tables; rows copied, by table."""
        copied = {}
        selections = _KEPT_OF_FORMER if self._former else _KEPT
        for table, selection in selections.items():
            before = self._rows(table)
            self.old.command(
                f"INSERT INTO `{self.new.database}`.{table} "
                + selection.replace("{new}", self.new.database),
                {"timeline": self._timeline, "former": [*self._former, self._timeline]},
            )
            copied[table] = self._rows(table) - before
        return copied

    def missing(self) -> dict[int, set[str]]:
        """Dossiers with events but without a row, by partition: they have left the stream, and
        the old tables do not know them either."""
        found: dict[int, set[str]] = {}
        for row in self.new.query(_MISSING, {"timeline": self._timeline}):
            found.setdefault(row["partition"], set()).add(row["dossier_id"])
        return found

    def change_places(self) -> None:
        """New tables under the old names; the old ones are removed. Each change is atomic."""
        if not self.changing:
            self.new.command(
                "INSERT INTO changing SELECT name, toString(uuid) FROM system.tables "
                "WHERE database = {name:String} AND has({tables:Array(String)}, name)",
                {"name": self.new.database, "tables": list(TABLES)},
            )
        wanted = {r["name"]: r["id"] for r in self.new.query("SELECT name, id FROM changing")}
        now = self._ids()
        for name in TABLES:
            if now[name] != wanted[name]:
                self.old.command(
                    f"EXCHANGE TABLES `{self.old.database}`.{name} "
                    f"AND `{self.new.database}`.{name}{self._on_cluster()}"
                )
        self.discard()

    def discard(self) -> None:
        """Remove the second database, whatever it holds."""
        self.old.command(f"DROP DATABASE IF EXISTS `{self.new.database}`{self._on_cluster()} SYNC")

    def counts(self) -> dict[str, int]:
        """Rows of the tables in use, by table."""
        names = [name for name in TABLES if name != "sink_timeline"]
        return {
            name: int(self.old.query(f"SELECT count() AS n FROM {name} FINAL")[0]["n"])  # noqa: S608
            for name in names
        }

    def close(self) -> None:
        """The new store only."""
        self.new.close()

    def _rows(self, table: str) -> int:
        return int(self.new.query(f"SELECT count() AS n FROM {table}")[0]["n"])  # noqa: S608

    def _ids(self) -> dict[str, str]:
        rows = self.old.query(
            "SELECT name, toString(uuid) AS id FROM system.tables WHERE database = {name:String}",
            {"name": self.old.database},
        )
        return {row["name"]: row["id"] for row in rows}

    def _on_cluster(self) -> str:
        cluster = self.old.engine.cluster
        return f" ON CLUSTER `{cluster}`" if cluster else ""
