"""Payloads for the OpenAPI document; no personal field is in them, since none is read."""

from __future__ import annotations

from typing import Any


def _envelope(service: str, record: dict[str, Any]) -> dict[str, Any]:
    return {
        "session": "",
        "madonvi": "000.00.19.H29",
        "service": service,
        "isUpdating": "False",
        "data": [record],
    }


DOSSIERS = _envelope(
    "DongBoHoSoMC",
    {
        "MaHoSo": "000.00.19.H29-261001-0001",
        "MaTTHC": "1.004194",
        "KenhThucHien": "2",
        "NgayNopHoSo": "20261001080000",
        "NgayTiepNhan": "20261001093000",
        "NgayHenTra": "20261008000000",
        "TrangThaiHoSo": "5",
        "NgayKetThucXuLy": "",
        "NgayTra": "",
        "NgayTuChoi": "",
        "DonViXuLy": "H29.19",
        "DanhSachHoSoBoSung": [
            {
                "HoSoBoSungId": 17,
                "NgayBoSung": "20261002101500",
                "NgayTiepNhanBoSung": "",
                "NgayHenTraTruoc": "20261008000000",
                "NgayHenTraMoi": "",
            }
        ],
    },
)
PROGRESS = _envelope(
    "CapNhatTienDoHoSoMC",
    {
        "MaHoSo": "000.00.19.H29-261001-0001",
        "NguoiXuLy": "Lê Văn An",
        "ThoiDiemXuLy": "20261001143000",
        "TrangThai": "4",
    },
)
EVENTS: dict[str, Any] = {
    "events": [
        {
            "kind": "received",
            "event_id": "sxd-88121",
            "dossier_id": "H29.19-261001-0001",
            "occurred_at": 1790821800000,
            "unit": "H29.19",
            "officer": "cb-0412",
            "step": "tiếp nhận",
            "procedure": "1.004194",
            "due_at": 1791453600000,
        },
        {
            "kind": "finished",
            "event_id": "sxd-88340",
            "dossier_id": "H29.19-261001-0001",
            "occurred_at": 1791338400000,
        },
    ]
}
SYNC_ERRORS: dict[str, Any] = {
    "madonvi": "000.00.19.H29",
    "errors": [
        {
            "system": "BTP-HOTICH",
            "dossier": "000.00.19.H29-261001-0001",
            "code": "504",
            "at": 1790821800000,
        }
    ],
}
