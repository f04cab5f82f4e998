"""Make a month's list from the facts that ClickHouse holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dossiers.errors import UserError
from dossiers.reports.late_lines import Month
from dossiers.reports.late_list import last_of, late_list, month_of
from dossiers.wire.facts import Fact
from dossiers.wire.reading import read_facts
from dunghen.clickhouse import ClickHouse, by_dossier, connect
from dunghen.late_list.document import Document, Names, document_of
from dunghen.reference.loading import now_in_force
from dunghen.settings.installation import Installation
from dunghen.terminal.month import no_month
from dunghen.timeline.reading import read_timeline
from dunghen.timeline.tallies import watermark_of

PAGE = 5_000  # dossiers in memory at a time
# Whatever could have been held in the month: received before its end, not ended before its start.
_PAGE = """
SELECT dossier_id, facts FROM dossiers FINAL
WHERE timeline = {timeline:String} AND dossier_id > {after:String}
  AND received_at < fromUnixTimestamp64Milli({end:Int64}, 'UTC')
  AND (finished_at IS NULL OR finished_at >= fromUnixTimestamp64Milli({start:Int64}, 'UTC'))
ORDER BY dossier_id LIMIT {page:UInt32}
"""


def make(
    installation: Installation, note: Callable[[str], None], month: str, scope: str
) -> Document:
    """The document of ``month`` (YYYY-MM) for the unit ``scope``, "" for all."""
    kafka = installation.endpoints().kafka
    timeline = read_timeline(kafka, client=installation.client)
    if timeline is None:
        raise UserError(f"Kafka at {kafka} has no timeline yet: there is nothing to list.")
    _, in_force, _ = now_in_force(installation, timeline)
    now = watermark_of(installation.kafka, timeline.id)
    try:
        span = month_of(month, in_force.at(now))
    except ValueError as error:
        raise no_month(month) from error
    if now < span.start:
        raise UserError(f"The data do not reach {month} yet.")
    # Names, units and rules: those of the month's end, whatever was loaded since.
    counting = in_force.at(last_of(span, now))
    known = {unit.id for unit in counting.reference.units}
    if scope and known and scope not in known:
        raise UserError(
            f"There is no unit {scope!r} in the reference data of {month}.",
            f"Units are, for example, {', '.join(sorted(known)[:5])}.",
        )
    store = connect(installation)
    try:
        note(f"Judging the dossiers of {month} ...")
        found = late_list(_dossiers(store, timeline.id, span), span, now, counting, scope, in_force)
    finally:
        store.close()
    return document_of(found, timeline.id, Names.of(counting.reference))


def _dossiers(store: ClickHouse, timeline: str, span: Month) -> Iterator[tuple[str, list[Fact]]]:
    parameters = {"timeline": timeline, "start": span.start, "end": span.end}
    for row in by_dossier(store, _PAGE, parameters, PAGE):
        yield row["dossier_id"], read_facts(row["facts"])
