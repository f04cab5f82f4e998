"""An officer's indicators beside the unit's and the median of similar officers: two kinds, by two
rules, and headed so. Nobody else is named, and nobody is ranked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from api.insight.filters import Filter
from api.insight.late_counts import charged_filter
from api.insight.similar_officers import LEAST, Compared, Measures, Similar, lateness_of
from api.pages.dossiers.amounts import Written
from api.pages.parts.charts import Dot, DotPlot, DotRow, place_on
from api.pages.parts.figure import Help, help_of
from api.pages.parts.marks import Shape, Tone
from api.pages.parts.rates import floor_of, shown_rate
from api.pages.words import Words
from dossiers.reports.attribution import METHOD
from dossiers.wire.reference import Rules

Lists = Callable[[Filter, int], str]  # the address of a list, "" if the reader's has another number


@dataclass(frozen=True)
class LateBefore:
    """``k`` of ``n`` late dossiers were late before they reached the officer; each with its list
    ("" if the reader cannot list them all). ``charged``: the hours, in words."""

    text: str
    charged: str
    links: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Indicators:
    """``live``: in hand and returned; ``charged``: by attribution. ``window``: in words; ``rule``:
    who is similar, or why nobody is compared."""

    window: str
    live: DotPlot
    live_help: Help
    charged: DotPlot
    charged_help: Help
    rule: str
    late_before: LateBefore | None


def indicators_of(
    found: Compared, officer: str, rules: Rules, say: Written, lists: Lists
) -> Indicators:
    """What the page says of an officer beside others."""
    words = say.words
    return Indicators(
        window=words(f"window_{found.window}"),
        live=_live(found, officer, rules, words, lists),
        live_help=help_of(words, "officer_live"),
        charged=_charged(found, officer, say, lists),
        charged_help=help_of(words, "officer_charged", method=METHOD),
        rule=_rule(found.similar, words),
        late_before=_late_before(found, officer, say, lists),
    )


def _live(found: Compared, officer: str, rules: Rules, words: Words, lists: Lists) -> DotPlot:
    judged = found.mine.judged
    mine = Filter(officer=officer, window=found.window)
    shown = shown_rate(found.mine.measures().rate, judged, rules, words)
    note = words("officer_better_high")
    if shown.rate is None:
        least = words.number(rules.minimum_volume)
        note = words("officer_too_few", n=words.number(judged), least=least)
    rates = _row(
        words("officer_rate"), note, shown.rate, found, lambda m: m.rate,
        lambda v: words.percent(floor_of(v)), words,
        href=lists(mine.with_(what="judged"), judged), most=100.0,
        tone=shown.tone, shape=shown.shape,
    )  # fmt: skip
    finished = found.mine.finished
    volume = _row(
        words("officer_finished"), words("officer_volume"), float(finished), found,
        lambda m: m.finished, lambda v: words.decimal(v, 0 if v == int(v) else 1), words,
        href=lists(mine.with_(what="finished"), finished), unit=False,
    )  # fmt: skip
    rows = (rates, _asked(found, mine, words, lists), volume)
    return DotPlot(words("officer_live"), rows, _legend(found, words))


def incomplete_of(mine: Filter) -> Filter:
    """Returned ones that citizens were asked to complete."""
    return mine.with_(what="finished", supplements=1)


def _asked(found: Compared, mine: Filter, words: Words, lists: Lists) -> DotRow:
    number = found.mine.incomplete
    n, of = words.number(found.mine.asked), words.number(number)
    return _row(
        words("officer_asked"), words("officer_asked_note", n=n, of=of),
        found.mine.measures().asked, found, lambda m: m.asked,
        lambda v: words("officer_times", n=words.decimal(v, 0)), words,
        href=lists(incomplete_of(mine), number),
    )  # fmt: skip


def _charged(found: Compared, officer: str, say: Written, lists: Lists) -> DotPlot:
    words, hours = say.words, found.mine.hours
    rows = []
    for name, length in (("charge", hours.charge), ("over", hours.over)):
        number = hours.dossiers
        href = lists(charged_filter(Filter(), officer, found.window), number)
        rows.append(
            _row(
                words(f"officer_{name}"),
                words(f"officer_{name}_note", amount=say.amount(length), n=words.number(number)),
                getattr(found.mine.measures(), name), found, attrgetter(name),
                lambda v: words("officer_hours", n=words.decimal(v, 1)), words,
                href=href if name == "charge" else "",
            )
        )  # fmt: skip
    return DotPlot(words("officer_charged"), tuple(rows), _legend(found, words))


def _row(
    label: str,
    note: str,
    own: float | None,
    found: Compared,
    of: Callable[[Measures], float | None],
    write: Callable[[float], str],
    words: Words,
    *,
    href: str = "",
    most: float = 0.0,
    unit: bool = True,
    tone: Tone = "neutral",
    shape: Shape = "",
) -> DotRow:
    """``unit``: whether the unit's value is of one person's size, so that it can be compared."""
    values = {
        "own": own,
        "unit": of(found.unit) if unit and found.unit is not None else None,
        "median": of(found.similar.median) if found.similar and found.similar.median else None,
    }
    known = {kind: value for kind, value in values.items() if value is not None}
    high = max([*known.values(), most, 1.0])
    low = 0.0 if not most else max(0.0, min([*known.values(), most]) - 5)
    return DotRow(
        label=label,
        dots=tuple(
            Dot(place_on(value, low, high), kind, write(value), words(f"officer_at_{kind}"))
            for kind, value in known.items()
        ),
        low=write(low),
        high=write(high),
        value="–" if own is None else write(own),
        tone=tone,
        shape=shape,
        href="" if own is None else href,
        note=note,
    )


def _legend(found: Compared, words: Words) -> tuple[tuple[str, str], ...]:
    legend = [("own", words("officer_dot_own"))]
    if found.unit is not None:
        legend.append(("unit", words("officer_dot_unit")))
    if found.similar is not None and found.similar.median is not None:
        n = words.number(found.similar.people)
        legend.append(("median", words("officer_dot_median_of", n=n)))
    return tuple(legend)


def _rule(similar: Similar | None, words: Words) -> str:
    if similar is None:
        return words("officer_nothing_returned")
    values = {
        "field": similar.field, "low": words.number(similar.low),
        "high": words.number(similar.high), "n": words.number(similar.people),
        "least": words.number(LEAST),
    }  # fmt: skip
    return words("officer_similar" if similar.median else "officer_too_few_people", **values)


def _late_before(found: Compared, officer: str, say: Written, lists: Lists) -> LateBefore | None:
    if not found.held:
        return None
    words, hours = say.words, found.mine.hours
    k, n = words.number(found.late_before), words.number(found.held)
    filters = lateness_of(officer, found.window)
    links = (
        (words("officer_list_late_before", n=k), lists(filters["late_before"], found.late_before)),
        (words("officer_list_held", n=n), lists(filters["held"], found.held)),
    )
    charged = words(
        "officer_charged_hours",
        charge=say.amount(hours.charge),
        inherited=say.amount(hours.inherited),
    )
    shown = tuple(link for link in links if link[1])
    return LateBefore(words("officer_late_before", k=k, n=n), charged, shown)
