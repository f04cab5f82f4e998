"""Keys of senders that stand in the settings."""

from __future__ import annotations

from collections.abc import Mapping

from api.access.keys import Key


def fixed_keys(senders: Mapping[str, tuple[str, tuple[str, ...]]]) -> list[Key]:
    """The senders of the settings: name to (SHA-256 of the key, units)."""
    return [
        Key(id=f"settings:{name}", name=name, role="sender", sha256=sha256, units=units)
        for name, (sha256, units) in senders.items()
    ]
