"""Names in sentences: the nearest right one, and what there is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from difflib import get_close_matches


def nearest(name: str, right: Iterable[str]) -> str:
    """`` (did you mean 'x'?)`` for the right name that is nearest, or nothing."""
    lowered = {candidate.lower(): candidate for candidate in sorted(right, reverse=True)}
    found = get_close_matches(name.lower(), lowered, n=1, cutoff=0.5)
    return f" (did you mean {lowered[found[0]]!r}?)" if found else ""


def listed(names: Collection[str], most: int = 40) -> str:
    """Some of them, quoted, and how many more there are."""
    shown = ", ".join(repr(name[:80]) for name in sorted(names)[:most])
    return shown + (f" and {len(names) - most} more" if len(names) > most else "")
