"""What an id may be: the one check for all entrances, and for the worker behind them.

An id is a key. One that could be written in two ways would lie in two partitions, so the worker
takes ids in their identity form only (dossiers.text.identity). An entrance brings what it is given
into that form before it makes a key of it, and refuses what the worker would refuse.
"""

from __future__ import annotations

from dossiers.text.identity import identity

MAX_ID = 200  # characters of an id in its identity form
MAX_GIVEN = 5 * MAX_ID  # as it may come: decomposed, with blanks around it


class IdFault(ValueError):
    """What is wrong with an id, to be read after its name. Never repeats the id."""


class NoId(IdFault):
    """Nothing is written there, or nothing that is seen."""


def checked_id(given: str) -> str:
    """The id that ``given`` writes, in identity form. Raises IdFault.

    ``given`` is not looked at if it is longer than any spelling of an id.
    """
    if len(given) > MAX_GIVEN:
        raise IdFault(f"has {len(given):,} characters, over {MAX_ID}")
    found = identity(given)
    if not found:
        raise NoId("is empty")
    if len(found) > MAX_ID:
        raise IdFault(f"has {len(found):,} characters, over {MAX_ID}")
    if not found.isprintable():
        raise IdFault("holds a control character, or one that cannot be printed")
    return found


def is_id(text: str) -> bool:
    """Whether ``text`` is an id as it stands: what ``checked_id`` gives back unchanged."""
    # In this order because it runs for every event.
    return (
        0 < len(text) <= MAX_ID
        and text.isprintable()
        and text[0] != " " != text[-1]
        and (text.isascii() or identity(text) == text)
    )
