"""An on-time rate as every page writes and judges it: as the wall does."""

from __future__ import annotations

from dataclasses import dataclass

from api.pages.parts.marks import LiveBinding, Shape, Tone
from api.pages.parts.table import TableCell
from api.pages.words import Words
from dossiers.wire.reference import Rules

_CLEARLY = 3.0  # points under the target from which on a mark is solid and coloured


@dataclass(frozen=True)
class ShownRate:
    """``rate``: percent, None of nothing, or of fewer than the minimum volume. ``text``: "–"
    then."""

    rate: float | None
    text: str
    tone: Tone
    shape: Shape


def shown_rate(rate: float | None, judged: int, rules: Rules, words: Words) -> ShownRate:
    """The ``rate`` (percent) of ``judged`` dossiers."""
    rate = fair_rate(rate, judged, rules)
    if rate is None:
        return ShownRate(None, "–", "neutral", "")
    tone, shape = judgement(rate, rules.target_rate)
    return ShownRate(rate, floored(rate, words), tone, shape)


def fair_rate(rate: float | None, judged: int, rules: Rules) -> float | None:
    """The ``rate`` (percent); None of too few dossiers, of which one alone would say everything."""
    return rate if judged >= rules.minimum_volume else None


def judgement(rate: float, target: float) -> tuple[Tone, Shape]:
    """A slight miss shows its shape alone."""
    if rate >= target:
        return "neutral", ""
    return ("late", "under") if rate < target - _CLEARLY else ("neutral", "below")


def floored(rate: float, words: Words) -> str:
    """One decimal, never rounded up to the target: 97,96 is 97,9."""
    return words.decimal(floor_of(rate))


def floor_of(rate: float) -> float:
    """Cut to one decimal."""
    return int(rate * 10 + 1e-9) / 10


def rate_cell(
    rate: float | None,
    judged: int,
    rules: Rules,
    words: Words,
    *,
    href: str = "",
    live: LiveBinding | None = None,
    sub: str = "",
) -> TableCell:
    """``href``: the list of the dossiers that it is the rate of; ``live``: what keeps it so."""
    shown = shown_rate(rate, judged, rules, words)
    few = rate is not None and shown.rate is None
    return TableCell(
        shown.text,
        href=href if shown.rate is not None else "",
        tone=shown.tone,
        shape=shown.shape,
        live=live if shown.rate is not None else None,
        sub=sub if shown.rate is not None else "",
        title=words("rate_few", least=words.number(rules.minimum_volume)) if few else "",
    )
