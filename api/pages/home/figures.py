"""The key figures of the home, each with its list."""

from __future__ import annotations

from collections.abc import Iterable

from api.insight.filters import Filter
from api.insight.live_fields import filter_of
from api.live.rates import OnTime, on_time_of
from api.live.view import Picture
from api.pages.home.answers import HomeAnswers
from api.pages.home.telling import DayTelling
from api.pages.parts.figure import FigureTile, Help, help_of
from api.pages.parts.limits import limit_hours
from api.pages.parts.marks import LiveBinding, Shape, Tone
from api.pages.parts.rates import floored, judgement
from api.pages.words import Words
from dossiers.wire.keys import ALL


def due_tile(answers: HomeAnswers | None, telling: DayTelling, age: str) -> FigureTile:
    """What is due on the due day; "–" while ClickHouse is away. ``age``: in words, where it is not
    that of the page."""
    words, day = telling.words, telling.day
    help_ = help_of(words, "home_due", day=telling.date(day.due_day))
    label = words("home_due", day=telling.weekday(day.due_day))
    if answers is None:
        return FigureTile(label, "–", shape="soon", notes=(words("home_away"),), help=help_)
    number = answers.numbers["due"]
    note = ""
    if answers.first_due is not None:
        key = "home_due_first" if number else "home_due_next"
        note = words(key, time=telling.time(answers.first_due))
    return FigureTile(
        label,
        words.number(number),
        tone="soon" if number else "neutral",
        shape="soon",
        notes=(note,) if note else (),
        href=answers.url("due"),
        age=age,
        help=help_,
    )


def overdue_tile(view: Picture, words: Words, linked: bool = True) -> FigureTile:
    """What is overdue now, of how many open."""
    number, open_ = view.value(ALL, "overdue"), view.value(ALL, "open")
    return FigureTile(
        words("home_overdue"),
        words.number(number),
        tone="late" if number else "neutral",
        shape="overdue",
        notes=(words("home_of_open", n=words.number(open_)),),
        href=filter_of("overdue").url() if linked else "",
        help=help_of(words, "home_overdue"),
        live=LiveBinding(ALL, "overdue"),
    )


def rate_tile(view: Picture, telling: DayTelling, linked: bool = True) -> FigureTile:
    """The on-time rate of the month or, early in one, of 30 days."""
    words, rules = telling.words, view.reference.rules
    shown = on_time_of(view, ALL)
    month = telling.day.today.month
    label = words("home_rate_30d") if shown.window == "30d" else words("home_rate", month=month)
    finished = words.number(shown.finished)
    if not shown.enough:
        note = words("home_rate_few", n=finished, least=words.number(rules.minimum_volume))
        return FigureTile(
            label, "–", notes=(note,), href=_judged(shown, linked), help=_rate_help(words, shown)
        )
    tone, shape = judgement(shown.rate or 0.0, rules.target_rate)
    target = words(
        "home_target", target=words.decimal(rules.target_rate, _digits(rules.target_rate))
    )
    return FigureTile(
        label,
        floored(shown.rate or 0.0, words),
        unit="%",
        tone=tone,
        shape=shape,
        notes=(target, words("home_rate_of", n=finished)),
        href=_judged(shown, linked),
        help=_rate_help(words, shown),
        live=LiveBinding(ALL, "on_time_rate") if shown.window == "month" else None,
    )


def count_tiles(
    view: Picture, names: Iterable[str], words: Words, linked: bool = True
) -> list[FigureTile]:
    """Plain live counts: fields of dossiers.tallies.vector."""
    tones: dict[str, tuple[Tone, Shape]] = {
        "due_soon": ("soon", "soon"),
        "late_receptions": ("late", "reception"),
    }
    tiles = []
    for name in names:
        number, limit = view.value(ALL, name), limit_hours(name, view.reference.rules)
        tone, shape = tones.get(name, ("neutral", ""))
        tiles.append(
            FigureTile(
                words(f"home_{name}"),
                words.number(number),
                tone=tone if number else "neutral",
                shape=shape,
                notes=(words(f"home_{name}_note", hours=limit),),
                href=filter_of(name, all_time=view.all_time).url() if linked else "",
                help=help_of(words, f"home_{name}", hours=limit),
                live=LiveBinding(ALL, name),
            )
        )
    return tiles


def _judged(shown: OnTime, linked: bool) -> str:
    return Filter(what="judged", window=shown.window).url() if linked else ""


def _rate_help(words: Words, shown: OnTime) -> Help:
    in_time = words.number(shown.finished - shown.late)
    return help_of(
        words,
        "home_rate",
        formula=(
            (in_time, words("home_rate_in_time")),
            ("/", ""),
            (words.number(shown.finished), words("home_rate_done")),
        ),
    )


def _digits(value: float) -> int:
    return 0 if value == int(value) else 1
