"""The sentences of the notice."""

from __future__ import annotations

from collections.abc import Iterator

from documents.dates import date_text, moment_text
from documents.late_list.annexes import Annex, annex_named
from documents.late_list.data import Paper
from documents.late_list.holders import top_units
from documents.late_list.mentions import Mentions
from documents.tables import local
from dossiers.publication.figures import number_text, rate_text

_HASH_PART = 8  # characters that are read at once


def titles(paper: Paper, mentions: Mentions) -> tuple[str, ...]:
    """Lines under the kind of the document."""
    if paper.envelope.title:
        return paper.envelope.title
    corrects = ("Đính chính danh sách",) if paper.corrects else ("Công khai",)
    return (
        f"{corrects[0]} đơn vị, cán bộ, công chức, viên chức chậm trễ",
        f"trong giải quyết thủ tục hành chính {mentions.month}",
    )


def opening(paper: Paper, mentions: Mentions) -> Iterator[str]:
    """Before the table of units."""
    envelope, core = paper.envelope, paper.core
    who = envelope.issuer or "nay"
    scope = f" của {mentions.unit(core.scope)}" if core.scope else ""
    yield (
        f"Thực hiện {envelope.bases}, {who} thông báo kết quả {mentions.month}{scope}, theo số "
        f"liệu chốt lúc {moment_text(local(core.watermark, mentions.zone))}, như sau:"
    )
    if core.stage == "reduced":
        yield (
            "Bản này thay bản đã công bố vì họ tên, chức vụ đã hết thời hạn công khai; số liệu "
            "không thay đổi."
        )
    if paper.corrects:
        yield _corrected(paper)


def counted(mentions: Mentions, annexes: tuple[Annex, ...]) -> Iterator[str]:
    """The figures of the whole, sentence by sentence, with where their dossiers are."""
    core, whole = mentions.core, mentions.core.whole
    yield (
        f"Tổng số hồ sơ giải quyết trong tháng là {number_text(whole.total)}, trong đó "
        f"{number_text(whole.late)} hồ sơ quá hạn"
        f"{_rate(rate_text(whole, core.thresholds))}, gồm {number_text(whole.done)} hồ sơ đã giải "
        f"quyết và {number_text(whole.open)} hồ sơ đang giải quyết. Đã xin lỗi: "
        f"{number_text(whole.apologised)}."
    )
    yield from _besides(mentions, annexes)


def _besides(mentions: Mentions, annexes: tuple[Annex, ...]) -> Iterator[str]:
    whole, core = mentions.core.whole, mentions.core
    of_late = (
        (whole.zero, "hồ sơ chưa trễ giờ làm việc nào", "khong-gio"),
        (whole.repeated, "hồ sơ đã nêu ở danh sách tháng trước", ""),
        (whole.unmatched, "hồ sơ có phần chưa rõ người giữ", ""),
    )
    besides = (
        (whole.excluded, "hồ sơ được trừ sau giải trình", "loai-tru"),
        (whole.late_receptions, "hồ sơ tiếp nhận chậm", "cham-tiep-nhan"),
    )
    for words, said in (("Trong số quá hạn có", of_late), ("Ngoài số quá hạn có", besides)):
        parts = "; ".join(_part(annexes, *each) for each in said if each[0])
        if parts:
            yield f"{words}: {parts}."
    if core.since > core.start:
        yield f"Số liệu của tháng chỉ có từ {moment_text(local(core.since, mentions.zone))}."
    waiting = annex_named(annexes, "con-cho")
    if waiting:
        yield (
            f"Có {number_text(len(core.arriving))} nguồn có thể còn gửi dữ liệu của tháng "
            f"({waiting})."
        )


def _part(annexes: tuple[Annex, ...], number: int, words: str, key: str) -> str:
    annex = annex_named(annexes, key) if key else ""
    return f"{number_text(number)} {words}{f' ({annex})' if annex else ''}"


def units_line(mentions: Mentions) -> str:
    """Above the table of units."""
    lines = top_units(mentions)
    late = sum(line.counts.late > 0 for line in lines)
    of = "" if late == len(lines) else f" trên {number_text(len(lines))}"
    return f"Số đơn vị có hồ sơ quá hạn: {number_text(late)}{of}, gồm:"


def closing(paper: Paper, annexes: tuple[Annex, ...]) -> str:
    """After it. Ends as official documents do."""
    if not annexes:
        return "Trong tháng không có hồ sơ quá hạn, không có hồ sơ tiếp nhận chậm./."
    several = "các Phụ lục" if len(annexes) > 1 else "Phụ lục"
    return (
        f"Danh sách chi tiết tại {several} kèm theo {kind_text(paper)} này. Số ngày trễ là ngày "
        "làm việc, tính theo thời gian từng người giữ hồ sơ; không tính thời gian chờ công dân bổ "
        "sung./."
    )


def attached(paper: Paper) -> str:
    """What stands under the title of an annex."""
    envelope = paper.envelope
    who = f" của {envelope.issuer}" if envelope.issuer else ""
    number = f" số {envelope.document_no}" if envelope.document_no else ""
    return f"(Kèm theo {kind_text(paper)}{number} {date_text(envelope.dated)}{who})"


def kind_text(paper: Paper) -> str:
    """THÔNG BÁO is Thông báo within a sentence."""
    return paper.envelope.kind.capitalize()


def hash_text(sha256: str) -> str:
    """In parts that are read at once."""
    return " ".join(
        sha256[start : start + _HASH_PART] for start in range(0, len(sha256), _HASH_PART)
    )


def origin_text(paper: Paper, mentions: Mentions) -> str:
    """By which rules, calendars and method, from what was known when, under which record."""
    core = paper.core
    approved = (
        f"bản ghi phê duyệt số {paper.approved}" if paper.approved else "bản nháp, chưa phê duyệt"
    )
    return " · ".join((
        f"Quy định {', '.join(core.rules)}",
        f"lịch {', '.join(core.calendars)}",
        f"tính trễ {core.method}",
        f"số liệu chốt {local(core.watermark, mentions.zone):%d/%m/%Y %H:%M}",
        approved,
    ))  # fmt: skip


def _rate(text: str) -> str:
    return "" if text == number_text(None) else f" ({text}%)"


def _corrected(paper: Paper) -> str:
    old = paper.corrects
    assert old is not None  # noqa: S101 (asked before)
    why = f" Lý do: {old.why.rstrip('.')}." if old.why else ""
    return (
        f"{kind_text(paper)} này đính chính và thay thế số liệu của {kind_text(paper)} số "
        f"{old.document_no} {date_text(old.dated)} (SHA-256 của bản JSON chuẩn: "
        f"{hash_text(old.sha256)}).{why}"
    )
