"""One parcel, sent by its way: looked up, written and handed over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import httpx
import msgspec

from dossiers.alerting.people import ADMIN, Address
from dossiers.alerting.sendings import AlertGroup, Digest
from dossiers.wire.notices import NoticeWay, Parcel
from dossiers.wire.roster import RosterEntry
from sinks.telling.config import TellingConfig
from sinks.telling.letters import LetterWriter, NoticeLetter
from sinks.telling.mail import compose, post
from sinks.telling.naming import Naming
from sinks.telling.planning import Planning, WaysOf
from sinks.telling.posting import Undeliverable
from sinks.telling.targets import TargetRequest, post_to

_MAIL_CONNECTIONS = 4


class ParcelSender:
    """Lives on one event loop. ``planning``: whose reference data and data time a letter has."""

    def __init__(
        self, config: TellingConfig, planning: Planning, client: httpx.AsyncClient
    ) -> None:
        self._config = config
        self._planning = planning
        self._client = client
        self._targets: dict[str, TargetRequest] = {t.target.name: t for t in config.targets}
        self._mail_lines = asyncio.Semaphore(_MAIL_CONNECTIONS)

    async def send(self, parcel: Parcel) -> Sequence[str]:
        """Hand it over; the keys of its alerts. Raises DeliveryError, or Undeliverable if it can
        never arrive."""
        content = _content(parcel)
        if parcel.way == "target":
            target = self._targets.get(parcel.target)
            if target is None:
                raise Undeliverable("its target is no longer set")
            letter = self._letter(content, target.target.language, shared=True)
            await post_to(target, letter, self._client)
            return letter.keys
        address = self._address(parcel.receiver)
        letter = self._letter(content, self._config.language, shared=address.shared)
        smtp = self._config.smtp
        if smtp is None:
            raise Undeliverable("no mail server is set any more")
        async with self._mail_lines:  # a server takes only so many connections at once
            await post(compose(letter, self._config.language, smtp.sender, address.text), smtp)
        return letter.keys

    def _address(self, receiver: str) -> Address:
        config = self._config
        found = self._planning.duties.address(receiver)
        if receiver == ADMIN:
            found = Address(config.admin_mail, shared=True) if config.admin_mail else None
        if found is None:
            raise Undeliverable("no mail address is known")
        if not _is_address(found.text):
            raise Undeliverable("its mail address is none")
        if not allowed(found.text, config.mail_domains):
            raise Undeliverable("its mail address lies outside notify.mail_domains")
        return found

    def _letter(self, content: AlertGroup | Digest, language: str, *, shared: bool) -> NoticeLetter:
        config, planning = self._config, self._planning
        writer = LetterWriter(
            timeline=config.timeline,
            context=planning.context,
            names=Naming(planning.context, planning.duties, language),
            base_url=config.base_url,
            key=config.link_key,
            now=planning.now,
        )
        if isinstance(content, Digest):
            return writer.digest(content, shared=shared)
        return writer.group(content, shared=shared)


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
        names = [*everybody, *(chosen if "webhook" in wishes else ())]
        return found + [("target", name) for name in names]

    return ways


def allowed(address: str, domains: Sequence[str]) -> bool:
    """Whether an address lies in one of ``domains`` or below it; in any if there are none."""
    host = address.rpartition("@")[2].lower()
    return not domains or any(host == each or host.endswith(f".{each}") for each in domains)


def _is_address(text: str) -> bool:
    local, at, host = text.rpartition("@")
    plain = text.isascii() and text.isprintable() and not any(c in text for c in " ,;<>\"'()")
    return bool(local and at and host) and plain and len(text) <= 254


def _content(parcel: Parcel) -> AlertGroup | Digest:
    try:
        if parcel.kind == "digest":
            return msgspec.msgpack.decode(parcel.content, type=Digest)
        return msgspec.msgpack.decode(parcel.content, type=AlertGroup)
    except msgspec.MsgspecError:
        raise Undeliverable("it was kept by another version, and cannot be read") from None
