"""One parcel, sent by its way: looked up, written and handed over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import httpx
import msgspec

from dossiers.alerting.digests import LATEST
from dossiers.alerting.people import ADMIN, Address
from dossiers.alerting.sendings import AlertGroup, Digest, Root, ToldLine
from dossiers.publication.reminders import Reminder
from dossiers.text.addresses import is_address
from dossiers.wire.notices import NoticeWay, Parcel
from dossiers.wire.roster import RosterEntry
from sinks.telling.config import TellingConfig
from sinks.telling.letters import LetterWriter
from sinks.telling.list_letters import list_letter
from sinks.telling.mail import compose, post
from sinks.telling.memory import unpacked
from sinks.telling.naming import Naming
from sinks.telling.notice_letter import NoticeLetter
from sinks.telling.planning import Planning, WaysOf
from sinks.telling.posting import Undeliverable
from sinks.telling.targets import TargetRequest, post_to

_CONNECTIONS = 4
Content = AlertGroup | Digest | Reminder


class ParcelSender:
    """Lives on one event loop. ``planning``: whose reference data and data time a letter has."""

    def __init__(
        self, config: TellingConfig, planning: Planning, client: httpx.AsyncClient
    ) -> None:
        self._config = config
        self._planning = planning
        self._client = client
        self._targets: dict[str, TargetRequest] = {t.target.name: t for t in config.targets}
        # A server takes only so many connections at once.
        self._lines = {
            name: asyncio.Semaphore(_CONNECTIONS) for name in ("", *self._targets)
        }  # "": of mail

    async def send(self, parcel: Parcel) -> None:
        """Hand it over. Raises DeliveryError, or Undeliverable if it can never arrive."""
        content = self._still_true(_content(parcel))
        if parcel.way == "target":
            await self._to_target(parcel, content)
            return
        config, smtp = self._config, self._config.smtp
        address = self._address(parcel.receiver)
        letter = self._letter(parcel, content, config.language, shared=address.shared)
        if smtp is None:
            raise Undeliverable("no mail server is set any more")
        mail = compose(letter, config.language, smtp.sender, address.text, parcel.made_at)
        async with self._lines[""]:
            await post(mail, smtp, address.text)

    async def _to_target(self, parcel: Parcel, content: Content) -> None:
        target = self._targets.get(parcel.target)
        if target is None:
            raise Undeliverable("its target is no longer set")
        letter = self._letter(parcel, content, target.target.language, shared=True)
        async with self._lines[parcel.target]:
            await post_to(target, letter, self._client)

    def _still_true(self, content: Content) -> Content:
        """Without what has ended since it was planned: it may have waited for its receiver. Where
        data time runs faster than ours, hours of it pass while one mail is sent."""
        if self._config.kind != "live":
            return content
        if isinstance(content, Reminder):
            lists = self._planning.lists
            if lists is None or not lists.is_open(content):
                raise Undeliverable("it has been done", over=True)
            return content
        if isinstance(content, AlertGroup):
            found = [self._root(root) for root in content.roots]
            roots = tuple(root for root in found if root.lines)
            if not roots:
                raise Undeliverable("all of it has ended", over=True)
            return msgspec.structs.replace(content, roots=roots)
        planning = self._planning
        calendar = planning.context.calendar_for(planning.duties.home(content.receiver))
        if calendar.between(content.at, max(planning.now, content.at)) > LATEST:
            raise Undeliverable("more than two working hours late")
        due, late, other = map(self._open, (content.due_today, content.late, content.other))
        if not due and not late and not other:
            raise Undeliverable("all of it has ended", over=True)
        return msgspec.structs.replace(content, due_today=due, late=late, other=other)

    def _root(self, root: Root) -> Root:
        return msgspec.structs.replace(root, lines=self._open(root.lines))

    def _open(self, lines: Sequence[ToldLine]) -> tuple[ToldLine, ...]:
        is_open = self._planning.is_open
        return tuple(
            line
            for line in lines
            if line.news not in ("raised", "again") or is_open(line.alert.alert_id)
        )

    def _address(self, receiver: str) -> Address:
        config = self._config
        found = self._planning.duties.address(receiver)
        if receiver == ADMIN:
            found = Address(config.admin_mail, shared=True) if config.admin_mail else None
        if found is None:
            raise Undeliverable("no mail address is known")
        if not is_address(found.text):
            raise Undeliverable("its mail address is none")
        if not allowed(found.text, config.mail_domains):
            raise Undeliverable("its mail address lies outside notify.mail_domains")
        return found

    def _letter(
        self, parcel: Parcel, content: Content, language: str, *, shared: bool
    ) -> NoticeLetter:
        config, planning = self._config, self._planning
        if isinstance(content, Reminder):
            names = Naming(planning.context, planning.duties, language)
            return list_letter(content, names, config.base_url, shared=shared)
        writer = LetterWriter(
            timeline=config.timeline,
            context=planning.context,
            names=Naming(planning.context, planning.duties, language),
            base_url=config.base_url,
            key=config.link_key,
            now=planning.now,
        )
        if isinstance(content, Digest):
            return replace(writer.digest(content, shared=shared), key=parcel.key)
        return replace(writer.group(content, shared=shared), key=parcel.key)


def ways_of(config: TellingConfig) -> WaysOf:
    """By which ways a receiver is told: by mail unless the roster says otherwise, and by targets if
    the roster says so or they are for everybody."""
    everybody = [target.target.name for target in config.targets if target.target.everybody]
    chosen = [target.target.name for target in config.targets if not target.target.everybody]

    def ways(receiver: str, entry: RosterEntry | None) -> list[tuple[NoticeWay, str]]:
        wishes = RosterEntry(officer=receiver).ways if entry is None else entry.ways
        found: list[tuple[NoticeWay, str]] = []
        if config.smtp is not None and "mail" in wishes:
            found.append(("mail", ""))
        # A gateway knows people; mailboxes of units and of the administrator are no people.
        people = everybody if ":" not in receiver else ()
        names = [*people, *(chosen if "webhook" in wishes else ())]
        return found + [("target", name) for name in names]

    return ways


def allowed(address: str, domains: Sequence[str]) -> bool:
    """Whether an address lies in one of ``domains`` or below it; in any if there are none."""
    host = address.rpartition("@")[2].lower()
    return not domains or any(host == each or host.endswith(f".{each}") for each in domains)


def keys_of(parcel: Parcel) -> tuple[str, ...]:
    """Of the alerts in it, none if it cannot be read."""
    try:
        content = _content(parcel)
    except Undeliverable:
        return ()
    return () if isinstance(content, Reminder) else tuple(line.key for line in content.lines)


def _content(parcel: Parcel) -> Content:
    try:
        content = unpacked(parcel.content)
        if parcel.kind == "digest":
            return msgspec.msgpack.decode(content, type=Digest)
        if parcel.kind == "list":
            return msgspec.msgpack.decode(content, type=Reminder)
        return msgspec.msgpack.decode(content, type=AlertGroup)
    except ValueError:  # also msgspec's
        raise Undeliverable("it was kept by another version, and cannot be read") from None
