"""Payloads of the national portal's format, and marked personal data in every field of them."""

from __future__ import annotations

from typing import Any

NOW = 1_791_000_000_000  # 3 October 2026, 11:00 in Hanoi

DOSSIER: dict[str, Any] = {
    "MaHoSo": "000.00.19.H29-261001-0001",
    "MaTTHC": "1.004194.000.00.00.H29",
    "KenhThucHien": "2",
    "NgayNopHoSo": "20261001080000",
    "NgayTiepNhan": "20261001093000",
    "NgayHenTra": "20261008000000",
    "TrangThaiHoSo": "5",
    "NgayTra": "",
    "NgayKetThucXuLy": "",
    "NgayTuChoi": "",
    "DonViXuLy": "Sở Xây dựng",
    "DanhSachHoSoBoSung": [
        {
            "HoSoBoSungId": 17,
            "NgayBoSung": "20261002101500",
            "NgayTiepNhanBoSung": "",
            "TrangThaiBoSung": False,
            "NgayHenTraTruoc": "20261008000000",
            "NgayHenTraMoi": "",
        }
    ],
}
TRAITS: dict[str, Any] = {
    "DuocThanhToanTrucTuyen": "1",
    "HoSoCoThanhPhanSoHoa": "1",
    "TaiKhoanDuocXacThucVoiVNeID": "0",
    "DanhSachLePhi": [{"TenPhiLePhi": "Lệ phí", "Gia": "50.000"}, {"Gia": "0"}],
    "TaiLieuNop": [
        {"TepDinhKemId": 7, "DuocSoHoa": "1", "DuocTaiSuDung": "0", "DuocLayTuKhoDMQG": "0"},
        {"DuongDanTaiTepTin": "https://vidu.vn/7", "DuocSoHoa": "0", "DuocTaiSuDung": "0"},
        {"DuongDanTaiTepTin": "", "TepDinhKemId": "0", "DuocSoHoa": "0", "DuocTaiSuDung": "0"},
        {"TepDinhKemId": 8, "IsDeleted": "True", "DuocSoHoa": "1"},
    ],
    "DanhSachGiayToKetQua": [{"DuongDanTepTinKetQua": "https://vidu.vn/k", "MaGiayToKetQua": ""}],
    "DSKetNoiCSDL": [{"MaCSDL": "CSDLDC"}, {"MaCSDL": "CSDLDKDN"}, {"MaCSDL": "CSDLDC"}],
}
PROGRESS: dict[str, Any] = {
    "MaHoSo": "000.00.19.H29-261001-0001",
    "NguoiXuLy": "Lê Văn An",
    "ChucDanh": "",
    "ThoiDiemXuLy": "20261001143000",
    "PhongBanXuLy": "",
    "NoiDungXuLy": "Chuyển thẩm định",
    "TrangThai": "4",
    "NgayBatDau": "",
    "NgayKetThucTheoQuyDinh": "20261008000000",
}
_PERSONAL = (
    "ChuHoSo", "SoGiayToChuHoSo", "MaDoiTuong", "ThongTinKhac", "Email", "Fax", "SoDienThoai",
    "TrichYeuHoSo", "ThongTinTra", "GhiChu", "TenTTHC", "TenLinhVuc", "MaLinhVuc", "SoBienNhan",
    "NoiNopHoSo", "HinhThuc", "LoaiDoiTuong", "ChucDanh", "PhongBanXuLy", "NoiDungXuLy",
    "NgayBatDau", "NgayKetThucTheoQuyDinh", "TruongLa",
)  # fmt: skip
_TRAITS = ("DuocThanhToanTrucTuyen", "HoSoCoThanhPhanSoHoa", "TaiKhoanDuocXacThucVoiVNeID")
_COMPONENT = (
    "TepDinhKemId", "TenTepDinhKem", "IsDeleted", "MaThanhPhanHoSo", "DuongDanTaiTepTin",
    "DuocSoHoa", "DuocTaiSuDung", "DuocLayTuKhoDMQG", "MaKetQuaThayThe", "TenGiayTo",
)  # fmt: skip
_RESULT = (
    "TenGiayTo", "MaThanhPhanHoSo", "GiayToId", "DuongDanTepTinKetQua", "MaGiayToKetQua",
)  # fmt: skip
NAME, NUMBER, MAIL = "Nguyễn Thị Đánh-Dấu", "079099012345", "danhdau@vidu.vn"
MARKS = ("Đánh-Dấu", "079099012345", "danhdau", "0909 123 456")


def envelope(*records: Any, service: str = "DongBoHoSoMC", **more: Any) -> dict[str, Any]:
    return {"session": "s", "madonvi": "H29.19", "service": service, "isUpdating": "False",
            "data": list(records), **more}  # fmt: skip


def planted(record: dict[str, Any], mark: str) -> dict[str, Any]:
    """``record`` with ``mark`` in every field that a citizen's data may stand in."""
    nested = {
        "DinhDanhCHS": {"LoaiDinhDanh": mark, "SoDinhDanh": mark},
        "TaiLieuNop": [dict.fromkeys(_COMPONENT, mark)],
        "DanhSachLePhi": [dict.fromkeys(("TenPhiLePhi", "MaPhiLePhi", "Gia", mark), mark)],
        "DanhSachGiayToKetQua": [dict.fromkeys(_RESULT, mark)],
        "DSKetNoiCSDL": [{"MaCSDL": mark}, {mark: mark}],
        mark: mark,
    }
    found = {**record, **dict.fromkeys((*_PERSONAL, *_TRAITS), mark), **nested}
    if record.get("DanhSachHoSoBoSung") == mark:
        return found
    found["DanhSachHoSoBoSung"] = [
        {**item, "NguoiYeuCauBoSung": mark, "NoiDungBoSung": mark, "ThongTinTiepNhan": mark,
         "NguoiTiepNhanBoSung": mark, "DanhSachGiayToBoSung": [dict.fromkeys(_COMPONENT, mark)]}
        for item in DOSSIER["DanhSachHoSoBoSung"]
    ]  # fmt: skip
    return found


def everywhere(record: dict[str, Any], mark: str) -> list[dict[str, Any]]:
    """``record`` once for each of its own fields but the id, with ``mark`` in that field."""
    return [planted({**record, name: mark}, mark) for name in record if name != "MaHoSo"]
