"""Table ``sync_errors``: a report that is sent again is the same row, the first one of it."""

from __future__ import annotations

import msgspec

from dossiers.wire.sync_errors import ReportedError, encode_sync_error
from sinks.decode.base import Record
from sinks.decode.sync_errors import SyncErrorDecoder
from sinks.store import Store

AT = 1_790_821_800_000


def error(number: int, received_at: int = AT) -> ReportedError:
    return ReportedError(
        error_id=f"e{number}", system="BHXH", dossier_id=f"d{number}", code="504", at=AT + number,
        received_at=received_at, source="desk", madonvi="H29.19",
    )  # fmt: skip


def test_a_repetition_is_one_row_and_what_is_none_has_none(embedded_store: Store) -> None:
    decoder = SyncErrorDecoder("line")
    values = [encode_sync_error(error(1)), b"{}", encode_sync_error(error(2)),
              encode_sync_error(error(1, AT + 99)), None]  # fmt: skip
    first = decoder.decode([Record(0, n, b"", value) for n, value in enumerate(values)])
    assert [bad.offset for bad in first.bad] == [1]
    again = decoder.decode([Record(0, 9, b"", msgspec.json.encode(error(2, AT + 50)))])
    for rows in (first.rows, again.rows):
        assert rows is not None
        embedded_store.insert("sync_errors", rows)
    found = embedded_store.query(
        "SELECT timeline, error_id, source, madonvi, code, "
        "toUnixTimestamp64Milli(received_at) AS received FROM sync_errors FINAL ORDER BY error_id"
    )
    assert [(row["error_id"], row["received"]) for row in found] == [("e1", AT), ("e2", AT)]
    said = {(r["timeline"], r["source"], r["madonvi"], r["code"]) for r in found}
    assert said == {("line", "desk", "H29.19", "504")}
