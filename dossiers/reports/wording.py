"""An explanation in one sentence, in Vietnamese and in English.

Amounts are working time in hours and minutes. Names of officers, units and steps come from the
caller, who knows how much of a name may be shown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from dossiers.reports.explain import Explanation, Share
from dossiers.time.hours import HOUR, MINUTE

Label = Callable[[str], str]

_FINISHED_VI = {"early": "Trước hạn", "on_time": "Đúng hạn"}
_FINISHED_EN = {"early": "Early", "on_time": "On time"}
_OUTSIDE = {
    "pending": (
        "Chưa được tiếp nhận: chưa có hạn trả.",
        "Not accepted yet: there is no due time.",
    ),
    "unreceived": (
        "Chưa có thông tin tiếp nhận: chưa có hạn trả.",
        "Its reception has not been reported: there is no due time.",
    ),
    "refused": (
        "Không được tiếp nhận: không tính hạn.",
        "Refused: it has no due time and stands outside every count.",
    ),
    "withdrawn": (
        "Công dân rút hồ sơ trước hạn: không tính.",
        "Withdrawn before it was due: it stands outside every count.",
    ),
    "no_due": ("Đã xong; không có hạn trả.", "Finished; it had no due time."),
}


def sentences(found: Explanation, label: Label, local: Callable[[int], datetime]) -> dict[str, str]:
    """``{"vi": ..., "en": ...}``. ``label``: how an officer, unit or step is shown; ``local``: an
    instant (ms) on the clocks of the place."""
    verdict = found.verdict
    if found.late > 0:
        return _late(found, label)
    if verdict in _OUTSIDE or found.due_at is None:
        vi, en = _OUTSIDE.get(verdict, ("Không có hạn trả.", "There is no due time."))
        return {"vi": vi, "en": en}
    due = local(found.due_at)
    if verdict in ("late", "overdue"):
        return {
            "vi": f"{'Trễ' if verdict == 'late' else 'Đang trễ'}, hẹn trả {due:%H:%M %d/%m/%Y}; "
            "chưa có giờ làm việc nào trôi qua kể từ lúc quá hạn, không tính cho ai.",
            "en": f"Late{'' if verdict == 'late' else ' so far'}, due {due:%Y-%m-%d %H:%M}, with "
            "no working time gone since it was overdue: nobody is charged.",
        }
    if found.finished_at is not None:
        end = local(found.finished_at)
        return {
            "vi": f"{_FINISHED_VI.get(verdict, 'Đã xong')}: xong {end:%H:%M %d/%m/%Y}, "
            f"hẹn trả {due:%H:%M %d/%m/%Y}.",
            "en": f"{_FINISHED_EN.get(verdict, 'Finished')}: finished {end:%Y-%m-%d %H:%M}, "
            f"due {due:%Y-%m-%d %H:%M}.",
        }
    left = max(0, found.left or 0)
    if verdict == "waiting":
        # A due time has no meaning while the clock stands: what was left when it stopped does.
        return {
            "vi": f"Đang dừng, còn {in_vietnamese(left)} làm việc.",
            "en": f"The clock is stopped, with {in_english(left)} of working time left.",
        }
    return {
        "vi": f"Trong hạn, còn {in_vietnamese(left)} làm việc, hẹn trả {due:%H:%M %d/%m/%Y}.",
        "en": f"Within its time, {in_english(left)} of working time left, due "
        f"{due:%Y-%m-%d %H:%M}.",
    }


def _late(found: Explanation, label: Label) -> dict[str, str]:
    so_far = found.finished_at is None
    # The whole and its parts as they are shown: nobody shall count a minute that is not there.
    vi = f"{'Đang trễ' if so_far else 'Trễ'} {in_vietnamese(found.late)} làm việc"
    en = f"{in_english(found.late)} of working time late{' so far' if so_far else ''}"
    unassigned, *charges = shown([found.unassigned, *(share.charge for share in found.shares)])
    vi_parts, en_parts = _charged(found, charges, label)
    if vi_parts:
        vi += ": " + ", ".join(vi_parts)
        en += ": " + ", ".join(en_parts)
    made_up = sum(share.made_up for share in found.shares)
    if made_up:
        vi += f", sau khi trừ {in_vietnamese(made_up)} các bước khác làm nhanh hơn"
        en += f", after {in_english(made_up)} made up by other holders"
    not_taken = 0
    if found.basis in ("steps", "portal_steps"):
        not_taken = max(0, -found.shares[-1].slack) - found.late
    if not_taken:
        vi += f"; đã trừ {in_vietnamese(not_taken)} quy định cho các bước chưa làm"
        en += f"; {in_english(not_taken)} allowed for steps not taken are deducted"
    if unassigned:
        vi += f"; {in_vietnamese(unassigned)} đã hết hạn từ trước khi tiếp nhận"
        en += f"; {in_english(unassigned)} were gone before it was received"
    if found.basis == "no_step_data":
        vi += "; không có dữ liệu từng bước, tính cho người giữ hồ sơ từ lúc quá hạn"
        en += "; there is no step data, so who held it after the breach is charged"
    if found.basis == "portal_steps":
        vi += "; hạn từng bước theo tiến độ gửi từ cổng"
        en += "; the limits of steps are those that portal progress gave"
    if found.waited:
        vi += f"; đã trừ {in_vietnamese(found.waited)} chờ công dân"
        en += f"; {in_english(found.waited)} waiting for the citizen are not counted"
    return {"vi": vi + ".", "en": en + "."}


def _charged(
    found: Explanation, charges: Sequence[int], label: Label
) -> tuple[list[str], list[str]]:
    """Who is charged, step by step, the first step first. ``charges`` (ms): of each share, as they
    are shown."""
    both = list(zip(found.shares, charges, strict=True))
    if found.basis == "no_step_data":
        named = _named(both, label)
        return (
            [f"{who} {in_vietnamese(amount)}" for who, amount in named],
            [f"{who} {in_english(amount)}" for who, amount in named],
        )
    steps: dict[str, list[tuple[Share, int]]] = defaultdict(list)
    for share, charge in both:
        steps[share.step].append((share, charge))
    vi: list[str] = []
    en: list[str] = []
    for step, of_step in steps.items():
        named = _named(of_step, label)
        if not named:
            continue
        whose_vi = ", ".join(f"{who} {in_vietnamese(amount)}" for who, amount in named)
        whose_en = ", ".join(f"{who} {in_english(amount)}" for who, amount in named)
        used = sum(share.used for share, _ in of_step)
        limit = sum(share.limit or 0 for share, _ in of_step)
        name_vi, name_en = f"bước {label(step)}", label(step)
        if not step:
            name_vi, name_en = "các bước không nêu tên", "what names no step"
        vi.append(f"{name_vi} dùng {in_vietnamese(used)} trên {in_vietnamese(limit)} "
                  f"quy định ({whose_vi})")  # fmt: skip
        en.append(f"{name_en} took {in_english(used)} of its {in_english(limit)} "
                  f"({whose_en})")  # fmt: skip
    return vi, en


def _named(shares: Iterable[tuple[Share, int]], label: Label) -> list[tuple[str, int]]:
    """Charges by who held it, in the order in which they first did; none of nothing."""
    charges: dict[str, int] = defaultdict(int)
    charged: set[str] = set()
    for share, charge in shares:
        who = label(share.officer or share.unit)
        charges[who] += charge
        if share.charge:
            charged.add(who)
    return [(who, amount) for who, amount in charges.items() if who in charged]


def shown(parts: Sequence[int]) -> list[int]:
    """``parts`` (working ms) in whole minutes (ms again) that add up to their sum as it is shown:
    that is rounded half up, and the parts follow it by the largest remainder, a tie to the earlier
    one."""
    minutes = _minutes(sum(parts))
    result = [part // MINUTE for part in parts]
    order = sorted(range(len(parts)), key=lambda i: (-(parts[i] % MINUTE), i))
    for i in order[: minutes - sum(result)]:
        result[i] += 1
    return [each * MINUTE for each in result]


def _minutes(ms: int) -> int:
    """Rounded half up; what is less than a minute but not nothing is a minute."""
    return max(1, (2 * ms + MINUTE) // (2 * MINUTE)) if ms else 0


def _split(ms: int) -> tuple[int, int]:
    """Hours and minutes."""
    return divmod(_minutes(ms), HOUR // MINUTE)


def in_vietnamese(ms: int) -> str:
    """Working ms as "12 giờ 30 phút"."""
    hours, minutes = _split(ms)
    if not hours:
        return f"{minutes} phút"
    return f"{hours} giờ {minutes} phút" if minutes else f"{hours} giờ"


def in_english(ms: int) -> str:
    """Working ms as "12 h 30 min"."""
    hours, minutes = _split(ms)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
