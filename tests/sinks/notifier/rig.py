"""What tests of the notifier share."""

from __future__ import annotations

from collections.abc import Callable

from dossiers.wire.reference import Officer, Reference, Unit
from sinks.notifier.service import NotifierService

SECRET = "signing-key"


BASE = "http://dunghen.test"


REFERENCE_DATA = Reference(
    units=(
        Unit(id="u1", name="Phòng Tư pháp", supervisor_email="tp@hue.test"),
        Unit(id="u2", name="Phòng Nội vụ", parent="top"),
        Unit(id="top", name="UBND thành phố", supervisor_email="top@hue.test"),
        Unit(id="u3", name="Đội không ai phụ trách"),
    ),
    officers=(Officer(id="o1", name="Nguyễn Thị Ánh"),),
)


Starter = Callable[..., NotifierService]
