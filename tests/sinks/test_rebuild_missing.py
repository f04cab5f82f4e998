"""Which dossiers a rebuild folds again from their events."""

from __future__ import annotations

from pathlib import Path

from sinks.rebuild import Rebuild
from sinks.store import Store

LINE = "a timeline"


def test_what_was_taken_when_it_was_sent_again_is_folded_again_too(tmp_path: Path) -> None:
    with Store.embedded(str(tmp_path / "engine")) as store:
        store.ensure_database()
        work = Rebuild(store, LINE)
        work.prepare()
        for offset, dossier in enumerate(["taken", "refused", "replayed"]):
            work.new.command(
                "INSERT INTO dossier_events (timeline, partition, offset, event_id, dossier_id) "
                "VALUES ({line:String}, 0, {at:UInt64}, 'e', {dossier:String})",
                {"line": LINE, "at": offset, "dossier": dossier},
            )
        for number, (offset, reason) in enumerate(
            [(1, "archived"), (2, "archived"), (2, "replayed")]
        ):
            work.new.command(
                "INSERT INTO dead_letters (timeline, reason, topic, partition, offset, dl_offset) "
                "VALUES ({line:String}, {reason:String}, 'dossier-events', 0, {at:Int64}, "
                "{n:UInt64})",
                {"line": LINE, "reason": reason, "at": offset, "n": number},
            )
        assert work.missing() == {0: {"taken", "replayed"}}
        work.close()
