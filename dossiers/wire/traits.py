"""What a dossier is like beside its course: how it came and was paid for, what it consists of.

Numbers, booleans and codes only; no name, link or file name has a field here. What a source does
not say is absent: None is not 0. Indicators are computed from these, and no verdict is.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

MAX_NUMBER = 10_000  # of anything that is counted in one dossier
MAX_CODES = 100
MAX_CODE = 64  # characters
Number = Annotated[int, msgspec.Meta(ge=0, le=MAX_NUMBER)]
Code = Annotated[
    str,
    msgspec.Meta(
        min_length=1, max_length=MAX_CODE, pattern=r"^[A-Za-z0-9](?:[A-Za-z0-9._/-]*)$(?!\n)"
    ),
]
Codes = Annotated[tuple[Code, ...], msgspec.Meta(max_length=MAX_CODES)]


class Traits(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Each None if it is not said; the names of the portal's fields stand in brackets.

    ``channel``: 1 direct, 2 online, 3 public postal (KenhThucHien). ``paid_online``: 0 not, 1 on
    the national portal, 2 on the local gateway (DuocThanhToanTrucTuyen). ``fees``: fee lines
    (DanhSachLePhi), ``fees_charged``: those with Gia other than 0. ``components``: entries of
    TaiLieuNop that are not deleted; of these those with a file, and those marked DuocSoHoa,
    DuocTaiSuDung and DuocLayTuKhoDMQG. A part is 0 only if each of its whole says no, None if some
    say nothing and none says yes. ``digitised``: HoSoCoThanhPhanSoHoa. ``result_file``,
    ``result_code``: whether a result (DanhSachGiayToKetQua) has a file, and a MaGiayToKetQua.
    ``verified_account``: TaiKhoanDuocXacThucVoiVNeID. ``databases``: of DSKetNoiCSDL, the MaCSDL.
    ``supplement_components``: codes of what was asked for in supplements (DanhSachGiayToBoSung).
    """

    channel: Annotated[int, msgspec.Meta(ge=0, le=99)] | None = None
    paid_online: Literal[0, 1, 2] | None = None
    fees: Number | None = None
    fees_charged: Number | None = None
    components: Number | None = None
    components_with_file: Number | None = None
    components_digitised: Number | None = None
    components_reused: Number | None = None
    components_from_store: Number | None = None
    digitised: bool | None = None
    result_file: bool | None = None
    result_code: bool | None = None
    verified_account: bool | None = None
    databases: Codes | None = None
    supplement_components: Codes | None = None


NO_TRAITS = Traits()


class DossierTraits(msgspec.Struct, frozen=True, gc=False, kw_only=True, omit_defaults=True):
    """Traits that a worker has admitted, as topic ``traits`` has them. Times in ms.

    The first fields after the dossier are those of their event, and its place in the order of
    facts: of several of one dossier the last in this order is how it is. ``offset``: of the event
    in its partition of topic ``dossier-events``; of two at one place the first that came counts.
    """

    timeline: str
    dossier_id: str
    occurred_at: int
    source: str
    source_seq: int
    event_id: str
    offset: int
    madonvi: str = ""
    traits: Traits = NO_TRAITS
