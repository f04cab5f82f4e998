"""Why a step of a late list is not taken."""

from __future__ import annotations


class LateListError(Exception):
    """``status`` is that of HTTP; ``key`` a word for it, that of the pages' words; ``number``: the
    newest record of the list, if something changed meanwhile. ``retry_after`` (s): 0 if it makes no
    sense to try again."""

    def __init__(
        self, status: int, key: str, detail: str, *, number: int = 0, retry_after: int = 0
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.key = key
        self.number = number
        self.retry_after = retry_after or (5 if status == 503 else 0)


def missing() -> LateListError:
    """Of what is not there, or not there for whoever asks."""
    return LateListError(404, "missing", "There is no such late list, or nothing in it is yours.")
