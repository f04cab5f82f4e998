"""An application over the tests' city, whose people have superiors."""

from __future__ import annotations

import msgspec
import pytest

from dossiers.wire.alert_policy import DutyHolder
from dossiers.wire.reference import Officer
from tests.api.access.callers import Guarded, guarded, person
from tests.api.city import REFERENCE_DATA, City

HEAD = person("supervisor", units=("u1",), officer="head")
HOA = person("officer", officer="o1")
OTHER = person("supervisor", units=("u/2",), officer="o2")


class Nothing:
    async def rows(self, *_: object) -> list[dict[str, object]]:
        return []


@pytest.fixture
def own() -> Guarded:
    officers = (
        Officer(id="o1", name="Nguyễn Thị Hoa", unit="u1", superior="head", position="Cán bộ"),
        Officer(id="mai", name="Trần Mai", unit="u1", superior="head", email="mai@x.vn"),
        Officer(id="head", name="Lê Văn Tám", unit="u1", position="Chủ tịch"),
        Officer(id="o2", name="Đỗ Văn An", unit="u/2"),
    )
    duties = (DutyHolder(unit="u1", duty="head", officer="head"),)
    reference = msgspec.structs.replace(REFERENCE_DATA, officers=officers, duties=duties)
    city = City(reference=reference)
    city.publish()
    return guarded(city, Nothing())
