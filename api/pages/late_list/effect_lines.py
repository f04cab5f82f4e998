"""What a decision would change, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from api.pages.late_list.holders import CaseHolder
from api.pages.late_list.wording import ListWords
from dossiers.publication.effects import Effect, Touched
from dossiers.publication.figures import number_text


@dataclass(frozen=True)
class EffectLine:
    """Late dossiers and their rate, before and after."""

    label: str
    before: str
    after: str
    of: str
    rate_before: str
    rate_after: str
    same: bool


def effect_lines(effect: Effect, holder: CaseHolder, say: ListWords) -> Iterator[EffectLine]:
    """The officer and the unit always; others whose figures change, and the whole."""
    own = {(holder.unit, holder.officer), (holder.unit, "")}
    found = {(each.unit, each.officer): each for each in (*effect.officers, *effect.units)}
    for who in sorted(own, key=lambda each: not each[1]):
        line = found.get(who) or _still(who, holder, say)
        if line is not None:
            yield _change(line, say)
    for who, line in found.items():
        if who not in own and line.before != line.after:
            yield _change(line, say)


def _still(who: tuple[str, str], holder: CaseHolder, say: ListWords) -> Touched | None:
    """Whom nothing is changed for: nothing is decided anew."""
    core = say.core
    if core is None:
        return None
    if who[1]:
        counts = holder.line.counts if holder.line is not None else None
    else:
        counts = next((line.counts for line in core.units if line.unit == who[0]), None)
    if counts is None:
        return None
    return Touched(*who, counts.total, counts.late, counts.late)


def _change(line: Touched, say: ListWords) -> EffectLine:
    rates = ("–", "–")
    if say.core is not None:
        before, after = line.rates(say.core.thresholds)
        rates = number_text(before, say.words.language), number_text(after, say.words.language)
    return EffectLine(
        label=say.officer(line.officer) if line.officer else say.unit(line.unit),
        before=say.number(line.before),
        after=say.number(line.after),
        of=say.words("late_of_total", n=say.number(line.total)),
        rate_before=rates[0],
        rate_after=rates[1],
        same=line.before == line.after,
    )
