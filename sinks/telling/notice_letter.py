"""What a message says, before it becomes a mail or the body of a target: plain values only.

Names come from outside: every text here is one line, and is escaped where it is put to use.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Paragraph:
    """One alert. ``details``: what else is known of it, part by part. ``page``: its address.
    ``acts``: (label, address) of links that act, none in a mailbox that others read."""

    key: str
    title: str
    news: str
    what: str
    details: tuple[str, ...]
    notes: tuple[str, ...]
    page: str
    acts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Section:
    """``title``: "" for none. ``left``: so many more are not listed."""

    title: str
    paragraphs: tuple[Paragraph, ...]
    more: str = ""


@dataclass(frozen=True)
class NoticeLetter:
    """``key``: of idempotency. ``keys``: of the alerts in it."""

    key: str
    keys: tuple[str, ...]
    receiver: str
    name: str
    subject: str
    sections: tuple[Section, ...]
    closing: tuple[str, ...]
    links: tuple[tuple[str, str], ...]
