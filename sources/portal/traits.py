"""What a record of DongBoHoSoMC says of a dossier beside its course: numbers, booleans, codes.

Lists are counted here and go no further: who reads on sees how many entries they have, never a name
or a link. What cannot be understood is noted as unread, and the rest of the record is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, cast

import msgspec

from dossiers.text.identity import folded
from dossiers.text.kept_ids import ALL_KEPT, KeptIds
from dossiers.wire.events import Described, Snapshot
from dossiers.wire.traits import MAX_CODE, MAX_CODES, NO_TRAITS, Traits
from sources.portal.fields import Fields
from sources.trait_codes import is_trait_code

MAX_ENTRIES = 1_000  # of a list, or of a record's lists of one name; longer is not counted
_YES = frozenset(("1", "true", "1.0"))
_NO = frozenset(("0", "false", "0.0"))
_USUAL: dict[str, bool | None] = {"1": True, "0": False, "": None}  # nearly always
_AMOUNT = re.compile(r"[0-9][0-9., ]{0,40}(?:đ|đồng|vnd|vnđ)?")
_NO_FILE = frozenset(("", "0", "null"))

_Read = Callable[[Fields], bool | None]


def describe(
    record: Mapping[str, Any], shown: Snapshot, ids: KeptIds = ALL_KEPT
) -> tuple[Described | None, list[str]]:
    """The traits of the record from which ``shown`` was read, as an event at the same place; None
    if it says nothing of them. And the fields that could not be understood. ``ids``: what is kept
    of ids."""
    fields = Fields(record)
    traits = read_traits(fields)
    unread = list(dict.fromkeys(fields.unread))
    if traits == NO_TRAITS:
        return None, unread
    said = ("traits", shown.dossier_id, shown.occurred_at, traits)
    event = Described(
        event_id=ids.made("event", msgspec.json.encode(said)),
        dossier_id=shown.dossier_id,
        occurred_at=shown.occurred_at,
        received_at=shown.received_at,
        source=shown.source,
        source_seq=shown.source_seq,
        madonvi=shown.madonvi,
        traits=traits,
    )
    return event, unread


def read_traits(fields: Fields) -> Traits:
    """Traits of one record; ``fields`` notes what was not understood. Raises nothing."""
    fees = _entries(fields, "DanhSachLePhi")
    components = _entries(fields, "TaiLieuNop")
    if components is not None:
        components = [each for each in components if not _flag_of(each, "IsDeleted")]
    results = _entries(fields, "DanhSachGiayToKetQua")
    return Traits(
        channel=_one_of(fields, "KenhThucHien", ("1", "2", "3"), noted=True),
        paid_online=cast(
            "Literal[0, 1, 2] | None",
            _one_of(fields, "DuocThanhToanTrucTuyen", ("0", "1", "2")),
        ),
        fees=_number(fees),
        fees_charged=_part(fees, _charged),
        components=_number(components),
        components_with_file=_part(components, _has_file),
        components_digitised=_part(components, _flag("DuocSoHoa")),
        components_reused=_part(components, _flag("DuocTaiSuDung")),
        components_from_store=_part(components, _flag("DuocLayTuKhoDMQG")),
        digitised=_said_flag(fields, "HoSoCoThanhPhanSoHoa"),
        result_file=_any(results, "DuongDanTepTinKetQua"),
        result_code=_any(results, "MaGiayToKetQua", "MaKetQua"),
        verified_account=_said_flag(fields, "TaiKhoanDuocXacThucVoiVNeID"),
        databases=_codes(fields, "DSKetNoiCSDL", "MaCSDL", _entries(fields, "DSKetNoiCSDL")),
        supplement_components=_asked_for(fields),
    )


def _entries(fields: Fields, name: str, noting: Fields | None = None) -> list[Fields] | None:
    """A list of objects; None if it is absent, and noted if it is something else or too long, by
    ``noting`` if that is another record."""
    value = fields.get(name)
    if value is None or value == "":
        return None
    few = isinstance(value, list) and len(value) <= MAX_ENTRIES
    if few and all(isinstance(item, Mapping) for item in value):
        return [Fields(item) for item in value]
    (noting or fields).unread.append(name)
    return None


def _number(entries: list[Fields] | None) -> int | None:
    return None if entries is None else len(entries)


def _part(entries: list[Fields] | None, read: _Read) -> int | None:
    """How many say yes; None if none does and not all say no."""
    if entries is None:
        return None
    said = [read(each) for each in entries]
    many = said.count(True)
    return many if many or None not in said else None


def _any(entries: list[Fields] | None, *names: str) -> bool | None:
    """Whether an entry has something there: what it is stays here."""
    if entries is None:
        return None
    return any(_is_there(each.get(name)) for each in entries for name in names)


def _has_file(entry: Fields) -> bool:
    return _is_there(entry.get("DuongDanTaiTepTin")) or _is_there(entry.get("TepDinhKemId"))


def _is_there(value: Any) -> bool:
    """Whether a text or number is given; whatever else stands there is no link and no id."""
    if isinstance(value, str):
        return value[:8].strip().lower() not in _NO_FILE or bool(value[8:].strip())
    return isinstance(value, int) and not isinstance(value, bool) and value != 0


def _charged(entry: Fields) -> bool | None:
    """Whether Gia is another amount than 0; None if it is none."""
    value = entry.get("Gia")
    if isinstance(value, float):
        return value != 0
    if isinstance(value, str) and len(value) < MAX_CODE and value.isascii() and value.isdigit():
        return value.strip("0") != ""
    text = folded(entry.short("Gia"))
    if not _AMOUNT.fullmatch(text):
        return None
    return any(char in "123456789" for char in text)


def _flag(name: str) -> _Read:
    return lambda entry: _flag_of(entry, name)


def _flag_of(entry: Fields, name: str) -> bool | None:
    """Yes, no, or None for anything else."""
    value = entry.get(name)
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str) and value in _USUAL:
        return _USUAL[value]
    text = str(value) if isinstance(value, float) else folded(entry.short(name))
    return True if text in _YES else False if text in _NO else None


def _said_flag(fields: Fields, name: str) -> bool | None:
    found = _flag_of(fields, name)
    if found is None and fields.get(name) not in (None, ""):
        fields.unread.append(name)
    return found


def _one_of(
    fields: Fields, name: str, known: tuple[str, ...], *, noted: bool = False
) -> int | None:
    """One of these numbers. ``noted``: who read the field before has noted what else it says."""
    text = fields.short(name)
    if text in known:
        return int(text)
    if not noted and fields.get(name) not in (None, ""):
        fields.unread.append(name)
    return None


def _asked_for(fields: Fields) -> tuple[str, ...] | None:
    """Codes of the components that all supplements together ask for; None if none names any, and
    noted if all their lists together are too long."""
    name = "DanhSachGiayToBoSung"
    asked: list[Fields] | None = None
    for supplement in _entries(fields, "DanhSachHoSoBoSung") or []:
        entries = _entries(supplement, name, fields)
        if entries is not None:
            asked = asked or []
            asked += entries
            if len(asked) > MAX_ENTRIES:
                fields.unread.append(name)
                return None
    return _codes(fields, name, "MaThanhPhanHoSo", asked)


def _codes(
    fields: Fields, name: str, code: str, entries: list[Fields] | None
) -> tuple[str, ...] | None:
    """The codes that ``entries`` name, sorted; what is none, and what is too many, is noted."""
    if entries is None:
        return None
    texts = {text for each in entries if (text := each.short(code))}
    codes = sorted(filter(is_trait_code, texts))
    if len(codes) < len(texts) or len(codes) > MAX_CODES:
        fields.unread.append(name)
    return tuple(codes[:MAX_CODES])
