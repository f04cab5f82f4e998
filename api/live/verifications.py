"""The last recounts of the log, as topic ``verifications`` has them."""

from __future__ import annotations

from dossiers.wire.keys import verification_key
from dossiers.wire.verifications import Verification, read_verification

MOST_NIGHTS = 30


class LastVerifications:
    """The newest recount of each of the last nights, by itself and by hand. Also those of the
    timelines that this one was folded from: they were of the same dossiers."""

    def __init__(self) -> None:
        self._found: dict[bytes, Verification] = {}

    def take(self, key: bytes, value: bytes) -> bool:
        """A record; False for one that stands under another key than its own. Raises
        DecodeError."""
        record = read_verification(value)
        if key != verification_key(record.night, record.occasion):
            return False
        self._found[key] = record
        nights = sorted({each.night for each in self._found.values()})
        if len(nights) > MOST_NIGHTS:
            self._found = {k: v for k, v in self._found.items() if v.night != nights[0]}
        return True

    def newest_first(self) -> list[Verification]:
        """All of them, the one begun last first."""
        return sorted(self._found.values(), key=lambda each: each.at, reverse=True)

    @property
    def last(self) -> Verification | None:
        """The one begun last; None if there was none."""
        return max(self._found.values(), key=lambda each: each.at, default=None)
