"""Topic tallies to table tallies: the last vector of every scope and minute."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from dossiers.tallies.vector import FIELDS, WIDTH
from dossiers.wire.keys import is_counted
from dossiers.wire.reading import decoder
from dossiers.wire.tallies import Tally
from dossiers.wire.topics import TALLIES
from sinks.decode.base import TIME, Decoder, Record, table

MINUTE_MS = 60_000


class TallyDecoder(Decoder[Tally]):
    """Vectors are absolute, so of one scope's records in a minute only the last has a row; one
    that comes with a later batch replaces it by its higher ``version`` (the topic's offset)."""

    topic = TALLIES
    table = "tallies"

    def __init__(self) -> None:
        self._decode = decoder(Tally)

    def parse(self, record: Record) -> Tally | None:
        """The tally; None for tombstones and what has no vector. Raises ValueError if its vector
        is not as wide as ours."""
        if record.value is None:
            return None
        tally = self._decode(record.value)
        if not is_counted(tally.scope):
            return None
        if len(tally.vector) != WIDTH:
            raise ValueError(f"a tally of {len(tally.vector)} counts; {WIDTH} are known here")
        return tally

    def build(self, records: Sequence[Record], rows: Sequence[Tally]) -> pa.Table:
        """Columns of table ``tallies``, one row a scope and minute."""
        # A scope keeps its partition, so the later record in the batch is the newer one.
        last = {
            (tally.scope, tally.now // MINUTE_MS): (record, tally)
            for record, tally in zip(records, rows, strict=True)
        }
        kept = list(last.values())
        tallies = [tally for _, tally in kept]
        vectors = np.array([tally.vector for tally in tallies], np.int64)
        rows_table = table(
            {
                "timeline": (pa.string(), [tally.timeline for tally in tallies]),
                "scope": (pa.string(), [tally.scope for tally in tallies]),
                "minute": (
                    pa.timestamp("s", "UTC"),
                    [tally.now // MINUTE_MS * 60 for tally in tallies],
                ),
                "now": (TIME, [tally.now for tally in tallies]),
                "version": (pa.uint64(), [record.offset for record, _ in kept]),
            }
        )
        for index, name in enumerate(FIELDS):
            rows_table = rows_table.append_column(name, pa.array(vectors[:, index]))
        return rows_table
