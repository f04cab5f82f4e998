"""500 forms of what a citizen might be known by, and records with them in every field."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from sources.portal.dates import ZONE
from tests.sources.portal.payloads import DOSSIER, PROGRESS, envelope, planted

# In every word, and in every number: what is searched for. None of it stands anywhere by itself.
WORD, DIGITS = "qxzq", "7351"
FORMS = 500
UNIT, OFFICER = "H29.19", "Lê Văn An"
_LETTERS = "bcdfghklmnprstv"
_NUMBERS = ("phone", "citizen", "old")
NBSP, THIN, ZERO_WIDTH, DASH = (
    "\N{NO-BREAK SPACE}", "\N{THIN SPACE}", "\N{ZERO WIDTH SPACE}", "\N{EN DASH}",
)  # fmt: skip


class Form(NamedTuple):
    """``text``: as it is planted. ``core``: what of it is found in whatever form: lower-case
    letters, or digits alone."""

    text: str
    core: str

    @property
    def is_number(self) -> bool:
        return self.core.isdecimal()


def _groups(digits: str) -> list[str]:
    return [digits[:4], digits[4:7], digits[7:]]


def _number(digits: str, style: int) -> str:
    a, b, c = _groups(digits)
    wide = "".join(chr(ord("\N{FULLWIDTH DIGIT ZERO}") + int(digit)) for digit in digits)
    styles = [
        digits, f"{a} {b} {c}", f"{a}.{b}.{c}", f"{a}-{b}-{c}", f"{a}/{b}/{c}", f"({a}) {b} {c}",
        f"[{a}]{b}-{c}", f"{a}{NBSP}{b}{NBSP}{c}", f"{a}{THIN}{b}{THIN}{c}", wide, " ".join(digits),
        f"{a}_{b}_{c}", f"{a}{ZERO_WIDTH}{b}{ZERO_WIDTH}{c}", f"{a}{DASH}{b}{DASH}{c}",
        f"ĐT: {digits}", f"{wide[:4]} {b} {c}", f"{a} ({b}) {c}", f"  {digits}  ", f"số {digits}",
    ]  # fmt: skip
    return styles[style % len(styles)]


def _numbers() -> Iterator[Form]:
    for number in range(FORMS):
        kind = _NUMBERS[number % 3]
        digits = {
            "phone": f"09{DIGITS}{number:04d}",
            "citizen": f"0790{DIGITS}9{number:03d}",
            "old": f"2{DIGITS}{number:04d}",
        }[kind]
        if kind == "phone" and number % 5 == 0:
            yield Form(f"+84 {digits[1:3]} {digits[3:6]} {digits[6:]}", digits[1:])
        else:
            yield Form(_number(digits, number // 3), digits[1:])


def _word(number: int) -> str:
    letters = ""
    for _ in range(3):
        number, rest = divmod(number, len(_LETTERS))
        letters += _LETTERS[rest]
    return WORD + letters


def _words() -> Iterator[Form]:
    for number in range(FORMS):
        word = _word(number)
        name = f"Nguyễn Thị {word.capitalize()}"
        styles = [
            name, unicodedata.normalize("NFD", name), name.upper(), name.replace(" ", NBSP),
            f"{word}@vidu.vn", f"{word}(at)vidu.vn", f"{word} [at] vidu [dot] vn",
            f"{word}\N{FULLWIDTH COMMERCIAL AT}vidu.vn", f"Số 12 ngõ 34, phố {word}, Hà Nội",
            f"ông Đặng {word.capitalize()} (chủ hộ)", f"Trần‑{word.capitalize()}",
            f"{word.capitalize()} Ất",
        ]  # fmt: skip
        yield Form(styles[number % len(styles)], word)


def all_forms() -> list[Form]:
    """Words and numbers by turns, each with a core of its own."""
    half = FORMS // 2
    pairs = zip(islice(_words(), half), islice(_numbers(), half), strict=True)
    return [form for pair in pairs for form in pair]


def forms_of_records() -> list[Form]:
    """Others, for records that stand in the topic as nobody's door would have let them pass."""
    ranges = (
        islice(_words(), FORMS // 2, FORMS // 2 + 19),
        islice(_numbers(), FORMS // 2, FORMS // 2 + 60, 3),
    )
    return [form for forms in ranges for form in forms]


def days(count: int) -> datetime:
    return datetime.now(ZONE) + timedelta(days=count)


def _dated(record: dict[str, Any], id_: str) -> dict[str, Any]:
    """A record whose dates lie in the last weeks; its dossier is overdue."""
    found = {**record, "MaHoSo": id_}
    for name, ago in (("NgayNopHoSo", -40), ("NgayTiepNhan", -39), ("NgayHenTra", -20),
                      ("ThoiDiemXuLy", -30)):  # fmt: skip
        if found.get(name):
            found[name] = f"{days(ago):%Y%m%d%H%M%S}"
    if "DanhSachHoSoBoSung" in found:
        asked, answered = (f"{days(ago):%Y%m%d%H%M%S}" for ago in (-35, -34))
        found["DanhSachHoSoBoSung"] = [
            {"HoSoBoSungId": 17, "NgayBoSung": asked, "NgayTiepNhanBoSung": answered}
        ]
    return found


# Where anything that is written there leaves a record that is taken.
_HARMLESS = ("DonViXuLy", "MaTTHC", "KenhThucHien", "TrangThaiHoSo", "NguoiXuLy", "NoiDungXuLy")


def _by_portal(number: int) -> bool:
    """Whether the form is the id of a dossier of the portal's, or of one of plain events: so that
    neither way of telling what happened has to be held against the other."""
    return number // 2 % 2 == 0


def portal_records(record: dict[str, Any], form: Form, number: int, way: str) -> list[Any]:
    """The form in all fields that may hold it at once, in the id, in one other field of its own by
    turns, in a request's fields, and in all that is never read."""
    text = form.text
    good = _dated(record, f"{UNIT}-{way}-{len(record)}-{number}")
    fields = list(record)
    single = fields[number % len(fields)]
    harmless = {name: text for name in _HARMLESS if name in record}
    found = [planted({**good, **harmless}, text)]
    if single != "MaHoSo":
        found.append({**good, "MaHoSo": f"{good['MaHoSo']}-1", single: text})
    if _by_portal(number):
        found.append({**good, "MaHoSo": text})
    if "DanhSachHoSoBoSung" in good:
        (request,) = good["DanhSachHoSoBoSung"]
        place = list(request)[number % len(request)]
        for each in (place, "HoSoBoSungId"):
            marked = {**good, "MaHoSo": f"{good['MaHoSo']}-{each}",
                      "DanhSachHoSoBoSung": [{**request, each: text}]}  # fmt: skip
            found.append(marked)
    return found


_MORE: dict[str, dict[str, Any]] = {
    "submitted": {"procedure": "p"},
    "received": {"procedure": "p", "limit": {"amount": 5, "unit": "days"}},
    "refused": {},
    "progressed": {"carried": 5, "officer_name": OFFICER},
    "suspended": {"status": 5},
    "resumed": {},
    "withdrawn": {},
    "finished": {"status": 9},
    "reopened": {},
    "due_set": {"reason": "extension"},
    "voided": {"target": "nothing"},
    "snapshot": {},
}
_NAMES = ("unit", "officer", "responsible", "step", "procedure", "officer_name")


def plain_events(form: Form, number: int) -> list[Any]:
    """An overdue dossier held by whom the form names; the form in all names of one kind of event at
    once, in each field by turns, and in those of a snapshot."""
    text, at = form.text, int(days(-10).timestamp() * 1000)
    kind = list(_MORE)[number % len(_MORE)]
    supplement = {"id": "1", "requested_at": at}
    content = {"procedure": "p", "status": 5, "accepted_at": at, "supplements": [supplement]}
    whole: dict[str, Any] = {
        "kind": kind, "event_id": f"e-{number}", "dossier_id": f"d-{number}", "occurred_at": at,
        "unit": UNIT, "officer": "o", "responsible": "r", "step": "s", "source": text,
        "received_at": 1, "dossier_received_at": at, "backfill": False, "madonvi": text,
        text: text, "ChuHoSo": text, **_MORE[kind],
    }  # fmt: skip
    if kind in ("due_set", "resumed"):
        whole["due_at"] = at
    if kind == "snapshot":
        whole["content"] = content
    # The longest overdue of all, so that mails, which list some, list these.
    then = int(days(-50).timestamp() * 1000)
    overdue = {"kind": "received", "event_id": f"r-{number}", "dossier_id": f"o-{number}",
               "occurred_at": then, "due_at": then + 60_000, "unit": UNIT}  # fmt: skip
    fields = [name for name in whole if name not in (text, "kind")]
    # Numbers in names have the whole record refused, so each field has them by turns.
    names = dict.fromkeys(_NAMES, text)
    place = fields[number // len(_MORE) % len(fields)]
    single = {**whole, "event_id": f"f-{number}"}
    if place != "dossier_id":
        single[place] = text
    inner = {**content, "procedure": text if number % 2 else "p", text: text,
             "supplements": [{**supplement, ("id", "due_after")[number % 2]: text}]}  # fmt: skip
    shown = {"kind": "snapshot", "event_id": f"s-{number}", "dossier_id": f"s-{number}",
             "occurred_at": at, "content": inner}  # fmt: skip
    wrong = {**whole, "kind": text, "limit": {"amount": text, "unit": text}}
    target = {**whole, "kind": "voided", "event_id": f"t-{number}", "target": text}
    ids = {**whole, "event_id": text, "dossier_id": f"i-{number}"}
    if not _by_portal(number):
        ids["dossier_id"] = text
    held = {**overdue, **({"step": text, "officer": text} if not form.is_number else {})}
    return [held, {**whole, **names}, single, shown, wrong, target, ids, text]


def payloads(form: Form, number: int, way: str) -> list[tuple[str, dict[str, Any]]]:
    """(path, body) of everything that is posted about one form."""
    text = form.text
    more = {"session": text, "isUpdating": text, text: text}
    if number % 2:
        more["madonvi"] = text
    service = "CapNhatTienDoHoSoMC"
    return [
        ("portal/DongBoHoSoMC", envelope(*portal_records(DOSSIER, form, number, way), **more)),
        (f"portal/{service}",
         envelope(*portal_records(PROGRESS, form, number, way), service=service, **more)),
        ("events", {"events": plain_events(form, number), text: text}),
    ]  # fmt: skip


def lines(form: Form, number: int) -> list[str]:
    """The same for a file: records and payloads, JSON with its letters and with escapes."""
    records = [
        *portal_records(DOSSIER, form, number, "file"),
        *portal_records(PROGRESS, form, number, "file"),
    ]
    whole = payloads(form, number, "in-file")[number % 2][1]
    escaped = bool(number % 3)
    return [json.dumps(each, ensure_ascii=escaped) for each in (*records, whole, form.text)]


def raw_records(form: Form) -> list[tuple[str, bytes]]:
    """(key, value) of records that no worker takes."""
    text, at = form.text, int(days(-10).timestamp() * 1000)
    whole: dict[str, Any] = {"kind": "suspended", "event_id": "e", "dossier_id": text,
                             "occurred_at": at, "received_at": at, "source": text}  # fmt: skip
    names = dict.fromkeys((*_NAMES, "madonvi", "event_id", "target", text), text)
    nested = {"unit": {text: [text]}, "officer": [text], "limit": {"amount": text}}
    values = [
        {**whole, **names, "status": text}, {**whole, **nested}, {**whole, "kind": text},
        {**whole, "source": "s", "dossier_id": "other"}, {**whole, "occurred_at": text}, [text],
        text,
    ]  # fmt: skip
    told = [json.dumps(value, ensure_ascii=False).encode() for value in values]
    return [(text, value) for value in (*told, f'{{"kind": "{text}'.encode())]
