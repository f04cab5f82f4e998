"""What the notifier has to send, by topic notices, beside the mails that came and the alerts that
there are."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping

import msgspec

from dossiers.alerting.kept import KnownAlert
from dossiers.alerting.sendings import AlertGroup, Digest, ToldLine
from dossiers.wire.notices import OFFSETS, PARCEL, PART, NoticeRecord, Parcel
from sinks.telling.memory import unpacked
from tests.faults.comparing import Differences
from tests.faults.installation import address_of
from tests.faults.topics import Held, Tail
from tests.sinks.receivers import Letterbox

NOTICES = "notices"
_ALERT = f"{PART}alert:"
_record = msgspec.json.Decoder(NoticeRecord).decode
_known = msgspec.msgpack.Decoder(KnownAlert).decode
_group = msgspec.msgpack.Decoder(AlertGroup).decode
_digest = msgspec.msgpack.Decoder(Digest).decode


class Notices:
    """The topic as far as it was read. ``parcels``: all that ever were in it, by their keys there;
    ``waiting``: keys of those that have not arrived. ``known``: alerts that the planner follows."""

    def __init__(self, bootstrap: str, login: Mapping[str, str], box: Letterbox) -> None:
        self.parcels: dict[str, Parcel] = {}
        self.waiting: set[str] = set()
        self.known: dict[str, KnownAlert] = {}
        self.offsets: dict[int, int] = {}
        self.box = box
        self._tail = Tail(bootstrap, login, {NOTICES: 1})

    def read(self) -> None:
        """What is new."""
        for message in self._tail.read((NOTICES,)):
            value = message.value()
            self._take((message.key() or b"").decode(), None if value is None else _record(value))

    def _take(self, key: str, record: NoticeRecord | None) -> None:
        if key.startswith(PARCEL):
            if record is None or record.parcel is None:
                self.waiting.discard(key)
            else:
                self.parcels[key] = record.parcel
                self.waiting.add(key)
        elif key.startswith(_ALERT):
            name = key.removeprefix(_ALERT)
            self.known.pop(name, None)
            if record is not None and record.part is not None:
                self.known[name] = _known(unpacked(record.part))
        elif key == OFFSETS and record is not None:
            self.offsets = {int(p): at for p, at in (record.next_offsets or {}).items()}

    def behind(self, held: Held) -> str:
        """What the notifier has not done yet of what stands in topic alerts; "" for nothing."""
        self.read()
        ends = held.alert_ends
        if any(self.offsets.get(number, 0) < end for number, end in ends.items()):
            return f"the notifier: it has planned up to {self.offsets} of {ends}"
        return f"the notifier: {len(self.waiting)} mails have not arrived" if self.waiting else ""


def compare_notices(notices: Notices, held: Held, out: Differences) -> None:
    """Every message that was planned has arrived, and no other; nothing is told twice; and every
    alert that stands is known to whoever plans, with all that was told of it."""
    wanted = {_message_id(parcel): parcel for parcel in notices.parcels.values()}
    came = {str(mail["Message-ID"]) for _, mail in list(notices.box.mails)}
    for id_ in came - wanted.keys():
        out.equal("notices: mails", id_, "came", "was never planned")
    for id_, parcel in wanted.items():
        arrived = id_ in came or _is_over(parcel, held)
        out.equal("notices: mails", parcel.place, arrived, True)
    told: Counter[tuple[str, str, str]] = Counter()
    for parcel in notices.parcels.values():
        is_digest = parcel.kind == "digest"
        for line in _lines(parcel):
            told[parcel.receiver, line.key, "digest" if is_digest else line.news] += 1
    for (receiver, key, news), times in told.items():
        if news not in ("digest", "again"):  # what is still true after a snooze is told again
            out.equal("notices: told once", f"{key} to {receiver}, {news}", times, 1)
    heard = {(receiver, key) for receiver, key, _ in told}
    for id_ in held.standing_alerts():
        known = notices.known.get(id_)
        out.equal("notices: planned", id_, known is not None, True)
        for receiver, post in known.posts.items() if known is not None else ():
            # Who acts on an alert before the mail goes out needs none.
            if post.told and receiver not in held.acted_on[id_]:
                there = (receiver, f"{id_}:{post.told}") in heard
                out.equal("notices: told", f"{id_}:{post.told} to {receiver}", there, True)


def _is_over(parcel: Parcel, held: Held) -> bool:
    """Whether all that it tells had ended before it went out, perhaps: then it does not."""
    return all(
        line.news in ("raised", "again") and line.alert.alert_id in held.ended
        for line in _lines(parcel)
    )


def _message_id(parcel: Parcel) -> str:
    text = f"{address_of(parcel.receiver)}\n{parcel.key}"
    return f"<{hashlib.sha256(text.encode()).hexdigest()[:32]}@dunghen>"


def _lines(parcel: Parcel) -> tuple[ToldLine, ...]:
    content = unpacked(parcel.content)
    return _group(content).lines if parcel.kind == "group" else _digest(content).lines
