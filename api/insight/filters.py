"""Which dossiers: a filter as a value, and as the query of a URL.

Every figure of a page has one, and the list behind it is the list of the same filter: one condition
in SQL (api.insight.conditions) counts and lists.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlencode

from api.insight.vocabulary import What

LIST_PAGE = "/dossiers"
_LISTS = ("standing", "marks", "flags")


@dataclass(frozen=True)
class Filter:
    """All conditions hold at once; an empty one asks nothing.

    ``unit``: dossiers that count for it, those of units below it included. ``officer``: that count
    for this officer now; ``unknown`` are those that nobody has. ``field``, ``procedure``,
    ``level`` (in its own words), ``online`` (full, partial): of the procedure, by the reference
    data. ``channel``: 1 direct, 2 online, 3 postal. ``standing``: one of these. ``step``: the
    present one. ``left``,
    ``age``: open ones by working hours to and since the due time, one of
    ``vocabulary.LEFT`` and ``AGE``. ``marks``: each of these holds (``vocabulary.MARKS``).
    ``flags``: has each of these. ``what`` happened in ``window`` (api.insight.windows).
    ``due``, ``turns``: a window in which the due time lies, or the next instant at which time alone
    changes something (of a pending one: when it becomes a late reception).
    """

    unit: str = ""
    officer: str = ""
    field: str = ""
    procedure: str = ""
    level: str = ""
    online: str = ""
    channel: int = 0
    standing: tuple[str, ...] = ()
    step: str = ""
    left: str = ""
    age: str = ""
    marks: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    supplements: int = 0  # at least so many requests to complete it
    what: What | str = ""
    window: str = ""
    due: str = ""
    turns: str = ""
    charged: str = ""  # an officer to whom a part of the lateness is charged, wherever it is now
    charged_in: str = ""  # only what was held in this unit, or one below it
    held_in: str = (
        ""  # late ones that were held in this unit or one below it, wherever they are now
    )
    held: str = ""  # an officer who held it at some time; of late ones alone
    late_before: str = ""  # an officer to whom it came when it was late already
    text: str = ""  # part of the id

    def __post_init__(self) -> None:
        for name in _LISTS:  # one spelling for one filter
            if len(said := getattr(self, name)) > 1 or not isinstance(said, tuple):
                object.__setattr__(self, name, tuple(sorted(set(said))))

    def with_(self, **changed: Any) -> Filter:
        """The same with other conditions."""
        # A page makes hundreds, each of which ``dataclasses.replace`` would build field by field.
        if unknown := changed.keys() - vars(self).keys():
            raise TypeError(f"a filter has no {', '.join(sorted(unknown))}")
        made = object.__new__(Filter)
        made.__dict__.update(vars(self))
        made.__dict__.update(changed)
        made.__post_init__()
        return made

    def query(self) -> str:
        """As the query of a URL: always the same text for the same filter; "" without conditions.
        ``api.insight.parsing`` reads it back."""
        pairs: list[tuple[str, str]] = []
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name in _LISTS:
                pairs += [(field.name, each) for each in value]
            elif value:
                pairs.append((field.name, str(value)))
        return urlencode(pairs)

    def url(self, page: str = LIST_PAGE) -> str:
        """The list of exactly these dossiers."""
        query = self.query()
        return f"{page}?{query}" if query else page

    @property
    def of_procedures(self) -> bool:
        """Whether the procedure's entry in the reference data has a say."""
        return bool(self.field or self.level or self.online)

    @property
    def narrows(self) -> bool:
        """Whether it asks for more than a unit or an officer: then no live figure says it."""
        return self != Filter(unit=self.unit, officer=self.officer)


FIELD_NAMES = tuple(field.name for field in fields(Filter))
