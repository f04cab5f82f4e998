"""In which steps the time of late dossiers is lost."""

from __future__ import annotations

from api.insight.steps import StepLine, StepTable, steps
from api.labels import step_name
from api.pages.parts.charts import Bars, ChartBar, shares
from api.pages.units.subject import UnitSubject

_SHOWN = 6


async def step_bars(subject: UnitSubject) -> tuple[Bars, StepTable]:
    """Hours beyond the limits of steps, most first; the rest is one bar. Raises StoreAway."""
    found = await steps(subject.of, subject.viewer)
    words = subject.words
    shown, rest = found.lines[:_SHOWN], found.lines[_SHOWN:]
    lengths = [*(line.over for line in shown), *([sum(r.over for r in rest)] if rest else [])]
    drawn = shares(lengths)
    bars = [_bar(subject, line, share, line is shown[0]) for line, share in zip(shown, drawn)]  # noqa: B905
    if rest:
        over = lengths[-1]
        bars.append(
            ChartBar(
                words("units_other_steps", n=len(rest)), drawn[-1],
                words("units_hours", n=subject.hours(over)),
                aside=f"{words.decimal(100.0 * over / found.over, 0)} %",
            )
        )  # fmt: skip
    total = (
        words("units_sum"),
        words("units_hours", n=subject.hours(found.over)),
        words("units_of_late_dossiers", n=words.number(found.late.number)),
    )
    # Some of them count for another unit now: listed for whoever sees all units.
    of = found.late.filter.url() if subject.viewer.reach.whole and found.late.number else ""
    return Bars(words("units_lost"), tuple(bars), total, _note(subject, found), of), found


def _bar(subject: UnitSubject, line: StepLine, share: float, most: bool) -> ChartBar:
    words = subject.words
    return ChartBar(
        label=step_name(subject.viewer.view.reference, line.step) or words("units_no_step"),
        share=share,
        value=words("units_hours", n=subject.hours(line.over)),
        tone="late" if most else "neutral",
        aside=f"{words.decimal(line.share, 0)} %",
        title=words("units_step_title", n=words.number(line.dossiers),
                    median=subject.hours(line.median)),
    )  # fmt: skip


def _note(subject: UnitSubject, found: StepTable) -> str:
    words, said = subject.words, []
    if found.lines:
        worst = found.lines[0]
        said.append(
            words(
                "units_step_note", step=step_name(subject.viewer.view.reference, worst.step),
                n=words.number(worst.dossiers), median=subject.hours(worst.median),
            )
        )  # fmt: skip
    if found.without_limits:
        said.append(words("units_without_limits", n=words.number(found.without_limits)))
    return " ".join(said)
