"""A dossier's record, and the header that is read from the same bytes."""

from __future__ import annotations

import msgspec
from hypothesis import given

from dossiers.tallies.tally import contribution
from dossiers.wire.records import DossierRecord, Header
from tests.support.any_struct import any_of

records = any_of(DossierRecord)


@given(record=records)
def test_a_record_is_read_as_it_was_written(record: DossierRecord) -> None:
    assert msgspec.json.decode(msgspec.json.encode(record), type=DossierRecord) == record


@given(record=records)
def test_a_header_is_that_of_its_record(record: DossierRecord) -> None:
    header = msgspec.json.decode(msgspec.json.encode(record), type=Header)
    assert (header.timeline, header.scopes, header.owned, header.flags) == (
        record.timeline, record.scopes, record.owned, record.flags,
    )  # fmt: skip
    for part, whole in ((header.course, record.course), (header.standing, record.standing)):
        assert [getattr(whole, name) for name in part.__struct_fields__] == [
            *msgspec.structs.astuple(part)
        ]
    for all_time in (True, False):
        assert contribution(header, all_time) == contribution(record, all_time)
