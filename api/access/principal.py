"""Who is asking: a person, a wall, a sender, or nobody in particular."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, get_args

from dossiers.text.ids import is_id
from dossiers.text.personal import personal_marks

Role = Literal[
    "public", "wall", "officer", "supervisor", "reform_office", "leader", "admin", "monitor",
    "sender",
]  # fmt: skip
ROLES: tuple[Role, ...] = get_args(Role)
# What a sign-in may give, and what a key may be made for.
PEOPLE: tuple[Role, ...] = ("officer", "supervisor", "reform_office", "leader", "admin")
MACHINES: tuple[Role, ...] = ("sender", "wall", "monitor")

Means = Literal["none", "loopback", "acting", "key", "token", "session", "admin_token", "link"]


@dataclass(frozen=True)
class Principal:
    """``subject``: stable and unique for its means, "" for nobody. ``units``: of a supervisor or a
    wall, ids of units, those below included; of a sender, codes that it may send for. ``officer``:
    id of the officer that somebody is. ``handle``: id of the key or session, by which it may be
    ended. ``until``: when it ends by itself (s since 1970), None: never. ``wall``: the only named
    wall that a key opens, "" for any."""

    subject: str
    roles: frozenset[Role]
    means: Means
    units: tuple[str, ...] = ()
    officer: str = ""
    handle: str = ""
    until: float | None = None
    wall: str = ""

    @property
    def person(self) -> str:
        """Under which id the log knows what they do: the officer that somebody is, else who signed
        in. A provider's subject that is no id of ours, or may be an address or a number of a
        person, is hashed."""
        if self.officer or not self.subject:
            return self.officer
        if is_id(self.subject) and not personal_marks(self.subject):
            return self.subject
        return f"subject-{sha256(self.subject.encode()).hexdigest()[:32]}"


ANYBODY = Principal("", frozenset({"public"}), "none")


class ProviderAway(Exception):
    """The provider does not answer, or not as one; the text says which address."""


class NotAccepted(Exception):
    """Credentials that are wrong. The text says what to do and repeats nothing of them. ``why``: in
    a word or three, for a display that tells it in its own language (docs/feed.md)."""

    def __init__(self, text: str, why: str = "key_unknown") -> None:
        super().__init__(text)
        self.why = why


class KeySuspended(NotAccepted):
    """A key that is right and opens nothing for now. ``who``: whose it is, without any role."""

    def __init__(self, who: Principal) -> None:
        super().__init__(
            "This key came back with a restored backup and is suspended. Whoever operates this "
            "installation wakes it with `dunghen keys confirm`.",
            f"key_suspended {who.subject}",
        )
        self.who = who
