"""What may be posted, as JSON Schema for the OpenAPI document."""

from __future__ import annotations

from typing import Any

import msgspec

from dossiers.text.ids import MAX_ID
from dossiers.time.day_table import EARLIEST, LATEST
from dossiers.wire.events import SentEvent
from dossiers.wire.traits import MAX_CODE

DATE_FORMAT = "portal-date"
_AT = "#/components/schemas/"
_EVENT = "Event."  # names of events beside those of answers
# Set here, whatever the sender says.
_OURS = ("received_at", "source")
_IDS = ("event_id", "dossier_id", "target")
_NAMES = ("unit", "officer", "responsible", "step", "procedure", "officer_name")


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(required)}


def _text(what: str) -> dict[str, Any]:
    return {"type": ["string", "null"], "maxLength": 200, "description": what}


def _date(what: str) -> dict[str, Any]:
    return {
        "type": ["string", "null"],
        "format": DATE_FORMAT,
        "description": f"{what}; yyyyMMddHHmmss, yyyy-MM-dd HH:mm:ss or ISO 8601, empty for none",
    }


_ID = {
    "type": "string",
    "minLength": 1,
    "maxLength": MAX_ID,
    "pattern": "^[^\\s@]+$",
    "description": "the dossier's id",
}
_SENT = _date("when the record was made")
_COMPONENT = _object({"MaThanhPhanHoSo": _text("code of the component")})


def _flag(what: str) -> dict[str, Any]:
    return {"type": ["string", "integer", "boolean", "null"], "description": f"{what}: 1 or 0"}


def _list(what: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Counted here; nothing of its texts is kept."""
    return {"type": "array", "items": _object(properties), "description": what}


_TRAITS = {
    "DuocThanhToanTrucTuyen": {
        "type": ["string", "integer", "null"],
        "description": "0 not paid online, 1 on the national portal, 2 on the local gateway",
    },
    "HoSoCoThanhPhanSoHoa": _flag("has digitised components"),
    "TaiKhoanDuocXacThucVoiVNeID": _flag("account verified with VNeID"),
    "DanhSachLePhi": _list("fee lines", {"Gia": _text("amount")}),
    "TaiLieuNop": _list(
        "components; counted, and those with a file",
        {
            "TepDinhKemId": {"type": ["string", "integer", "null"]},
            "DuongDanTaiTepTin": _text("only whether there is one"),
            "IsDeleted": _flag("does not count"),
            "DuocSoHoa": _flag("digitised"),
            "DuocTaiSuDung": _flag("re-used"),
            "DuocLayTuKhoDMQG": _flag("from the personal store"),
        },
    ),
    "DanhSachGiayToKetQua": _list(
        "results; only whether one has these",
        {"DuongDanTepTinKetQua": _text("a file"), "MaGiayToKetQua": _text("a code")},
    ),
    "DSKetNoiCSDL": _list("databases that were asked", {"MaCSDL": _text("code")}),
}
_SUPPLEMENT = _object(
    {
        "HoSoBoSungId": {"type": ["integer", "string"], "description": "its number"},
        "NgayBoSung": _date("when it was asked for"),
        "NgayTiepNhanBoSung": _date("when it came"),
        "NgayHenTraTruoc": _date("due time before it"),
        "NgayHenTraMoi": _date("due time after it"),
        "DanhSachGiayToBoSung": {"type": "array", "items": _COMPONENT},
    }
)
_DOSSIER = _object(
    {
        "MaHoSo": _ID,
        "MaTTHC": _text("code of the procedure"),
        "KenhThucHien": {
            "type": ["string", "integer", "null"],
            "description": "1 direct, 2 online, 3 public postal",
        },
        "NgayNopHoSo": _date("sent online"),
        "NgayTiepNhan": _date("received"),
        "NgayHenTra": _date("due; 00:00:00 means closing time of that day"),
        "TrangThaiHoSo": {
            "type": ["string", "integer", "null"],
            "description": "1 to 10, or the official name",
        },
        "NgayKetThucXuLy": _date("processing ended"),
        "NgayTra": _date("result handed over"),
        "NgayTuChoi": _date("refused"),
        "DonViXuLy": _text("unit that holds it: id or name"),
        "DanhSachHoSoBoSung": {"type": "array", "items": _SUPPLEMENT, "maxItems": 100},
        "ThoiDiemDongBo": _SENT,
        **_TRAITS,
    },
    "MaHoSo",
)
_CODE = {"type": "string", "minLength": 1, "maxLength": MAX_CODE, "pattern": "^[A-Za-z0-9]"}
_SYNC_ERROR = _object(
    {
        "system": {**_CODE, "description": "code of the ministry's system"},
        "dossier": _ID,
        "code": {**_CODE, "description": "what it answered: a code, never a text"},
        "at": {
            "type": ["integer", "string"],
            "description": "when: UTC epoch milliseconds, or a date as the portal has it",
        },
    },
    "system",
    "dossier",
    "code",
    "at",
)
_SYNC_ERROR["additionalProperties"] = False
SYNC_ERRORS = _object(
    {
        "madonvi": {**_ID, "description": "the unit that it is sent for"},
        "errors": {"type": "array", "items": _SYNC_ERROR, "minItems": 1, "maxItems": 1000},
    },
    "errors",
)
_PROGRESS = _object(
    {
        "MaHoSo": _ID,
        "NguoiXuLy": _text("name of the officer who did the step and sent the dossier on"),
        "ThoiDiemXuLy": _date("when it was done"),
        "ThoiDiemDongBo": _SENT,
    },
    "MaHoSo",
    "ThoiDiemXuLy",
)


def _envelope(*records: dict[str, Any], named: bool = False) -> dict[str, Any]:
    """``named``: ``service`` says which records these are."""
    service = ["DongBoHoSoMC", "CapNhatTienDoHoSoMC"]
    items = records[0] if len(records) == 1 else {"anyOf": list(records)}
    return _object(
        {
            "session": _text("not read"),
            "madonvi": {**_ID, "description": "code of the sending unit"},
            "service": {"type": "string", **({"enum": service} if named else {})},
            "isUpdating": _text("not read"),
            "data": {"type": "array", "items": items, "minItems": 1, "maxItems": 1000},
            "ThoiDiemDongBo": _SENT,
        },
        "madonvi",
        "data",
        *(("service",) if named else ()),
    )


def _envelope_of(service: str, record: dict[str, Any]) -> dict[str, Any]:
    """The envelope of records of one service only."""
    found = _envelope(record)
    found["properties"]["service"] = {"type": "string", "enum": [service]}
    return found


PORTAL: dict[str | None, dict[str, Any]] = {
    "DongBoHoSoMC": _envelope_of("DongBoHoSoMC", _DOSSIER),
    "CapNhatTienDoHoSoMC": _envelope_of("CapNhatTienDoHoSoMC", _PROGRESS),
    None: _envelope(_DOSSIER, _PROGRESS, named=True),
}


def _events() -> tuple[dict[str, Any], dict[str, Any]]:
    """The body of plain events, and the components that it refers to."""
    (any_event,), components = msgspec.json.schema_components(
        (SentEvent,), ref_template=f"{_AT}{_EVENT}{{name}}"
    )
    for schema in components.values():
        properties = schema["properties"]
        if "occurred_at" not in properties:
            continue
        schema["required"] = [name for name in schema["required"] if name not in _OURS]
        for name in _OURS:
            del properties[name]
        for name in _IDS:
            if name in properties:
                properties[name] = _ID | {"description": "without spaces and @"}
        for name in _NAMES:
            properties.get(name, {})["maxLength"] = 200
        properties["occurred_at"] |= {
            "minimum": EARLIEST, "maximum": LATEST - 1, "description": "UTC epoch milliseconds",
        }  # fmt: skip
    body = _object(
        {"events": {"type": "array", "items": any_event, "minItems": 1, "maxItems": 1000}}, "events"
    )
    return body, {f"{_EVENT}{name}": schema for name, schema in components.items()}


EVENTS, COMPONENTS = _events()
