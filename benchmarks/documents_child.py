"""Makes the documents of a made-up late list, and says how long each took.

``python -m benchmarks.documents_child xlsx|pdf DOSSIERS``
"""

from __future__ import annotations

import resource
import sys
import time

import msgspec

from documents.late_list.data import FORMS, Form, Paper
from documents.late_list.files import files_of
from dossiers.publication.lines import Totals, lines_of
from dossiers.publication.sealing import SECRET_BYTES, hashes_of, salt_of, sealed
from dossiers.text.canonical import canonical_json, sha256_of
from dossiers.time.hours import DAY, HOUR
from dossiers.wire.late_lists import (
    Charge,
    Cut,
    DossierLine,
    Envelope,
    ListCore,
    ListRows,
    NameSheet,
    OfficerName,
    Thresholds,
)

START = 1_790_787_600_000  # 1 October 2026, local midnight
_SECRET = bytes(SECRET_BYTES)
_TOWN, _UNITS, _OFFICERS = "H99", 120, 3_000


class MadeDocuments(msgspec.Struct):
    """``seconds``: until the last file was there. ``megabytes``: the most that this process had,
    and ``apart`` the largest of those that it started. ``size``: bytes of all files."""

    seconds: float
    megabytes: float
    apart: float
    size: int


def main(form: Form, dossiers: int) -> MadeDocuments:
    """Make the list, and then its documents."""
    paper = _paper(dossiers)
    begun = time.monotonic()
    size = sum(len(file.content) for file in files_of(paper, [form]))
    seconds = time.monotonic() - begun
    own, apart = (
        resource.getrusage(whose).ru_maxrss / 1_024
        for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return MadeDocuments(seconds, own, apart, size)


def _paper(count: int) -> Paper:
    names = {f"H99.{n:03}": f"Phòng Nghiệp vụ và Giải quyết hồ sơ số {n}" for n in range(_UNITS)}
    people = [f"cb-{n:05}" for n in range(min(_OFFICERS, count))]
    rows = [_row(n, len(people)) for n in range(count)]
    totals = Totals(
        whole=12 * count,
        units={_TOWN: 12 * count, **dict.fromkeys(names, 12 * count // _UNITS + 1)},
        officers={(f"H99.{n % _UNITS:03}", each): 120 for n, each in enumerate(people)},
    )
    lines = lines_of(rows, (), totals, dict.fromkeys(names, _TOWN))
    sheet = NameSheet(
        salt=salt_of(_SECRET, "sheet", ""),
        officers=tuple(
            OfficerName(officer=each, name=f"Nguyễn Thị Hồng Ánh {each}", position="Chuyên viên")
            for each in people
        ),
    )
    found = ListRows(
        officers=tuple(sealed(_SECRET, "officers", row) for row in lines.officers),
        dossiers=tuple(sealed(_SECRET, "dossiers", row) for row in rows),
        receptions=(),
    )
    core = ListCore(
        stage="list", simulation=False, id="2026-10", month="2026-10", scope="", edition=1,
        timezone="Asia/Ho_Chi_Minh", start=START, end=START + 31 * DAY, as_of=START + 31 * DAY,
        watermark=START + 32 * DAY, since=START, timeline="bench",
        cut=Cut(events=(1,), dead_letters=0, reference=0), reference=sha256_of(b""),
        calendars=("office",), rules=("118/2025",), method="bench", thresholds=Thresholds(),
        sheet=sha256_of(canonical_json(sheet)), whole=lines.whole, days=lines.days,
        units=lines.units, unit_names=(*names.items(), (_TOWN, "Thành phố Minh Hòa")),
        procedure_names=(("p", "Đăng ký biến động quyền sử dụng đất"),),
        step_names=(("s", "Thẩm định"),), officers=hashes_of(found.officers),
        dossiers=hashes_of(found.dossiers), receptions=(),
    )  # fmt: skip
    envelope = Envelope(issuer="Văn phòng", document_no="1/TB", dated="2026-11-13")
    return Paper(core=core, rows=found, sheet=sheet, envelope=envelope, approved=1)


def _row(n: int, officers: int) -> DossierLine:
    holder, at = n % officers, START + n % 25 * DAY
    amount = (n % 97 + 1) * HOUR
    unit = f"H99.{holder % _UNITS:03}"
    return DossierLine(
        dossier=f"H99-2610-{n:07}", procedure="p", unit=unit, received_at=at, due_at=at + 3 * DAY,
        finished_at=at + 6 * DAY if n % 4 else None, late=amount, day=8 * HOUR, calendar="office",
        rules="118/2025", step="s", reason="workload" if n % 3 else "",
        charges=(Charge(unit=unit, officer=f"cb-{holder:05}", step="s", amount=amount),),
    )  # fmt: skip


if __name__ == "__main__":
    [wanted] = (form for form in FORMS if form == sys.argv[1])
    print(msgspec.json.encode(main(wanted, int(sys.argv[2]))).decode())
