"""A timeline of another format on servers: nobody reads it, nobody writes into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from broker.ends import end_offsets
from broker.kafka import Kafka
from broker.producing import Writer
from dossiers.errors import UserError
from dossiers.wire import topics
from dossiers.wire.keys import TIMELINE_KEY
from dossiers.wire.records import FORMAT
from dossiers.wire.reference import Reference, content_hash
from dossiers.wire.timeline import Timeline
from dunghen.dead_letters.replay import replay_these
from dunghen.ingest.files import ingest_file
from dunghen.rebuild.rebuilding import rebuild
from dunghen.settings.installation import Installation
from dunghen.settings.loading import load
from dunghen.stack.existing import existing_stack
from dunghen.state.folder import StateFolder
from dunghen.state.format import OtherFormat
from dunghen.terminal.console import Terminal
from dunghen.timeline.activation import load_reference
from dunghen.timeline.current import require_timeline
from dunghen.timeline.known import known_timeline
from dunghen.timeline.reading import read_in_force, read_timeline
from dunghen.timeline.reference_topic import read_any_timeline, write_timeline
from dunghen.timeline.topics import ensure_topics
from dunghen.verify.verifying import verify_timeline
from dunghen.wiring import worker_config
from tests.dunghen.timeline.test_topics import NAMES
from tests.support.kafka import TestKafka

ONE, TWO = Reference(title="One"), Reference(title="Two")


class Server:
    """A Kafka with a timeline, and a machine that uses it."""

    def __init__(self, bootstrap: str, folder: Path) -> None:
        self.bootstrap = bootstrap
        self.timeline = ensure_topics(bootstrap, partitions=1, kind="live", reference=ONE)
        self.here = Installation(load({"kafka.bootstrap": bootstrap}), StateFolder(folder))
        self.here.folder.create()
        self.here.folder.note_timeline(self.timeline)

    def becomes(self, **changes: Any) -> None:
        """The record of another version stands in the topic."""
        with Writer(Kafka(self.bootstrap)) as writer:
            record = msgspec.structs.replace(self.timeline, **changes)
            writer.send(topics.REFERENCE, 0, TIMELINE_KEY, msgspec.json.encode(record))


@pytest.fixture
def server(kafka: TestKafka, tmp_path: Path) -> Iterator[Server]:
    def clean() -> None:
        if found := kafka.topic_names() & NAMES:
            kafka.delete_topics(*found)

    clean()
    yield Server(kafka.bootstrap, tmp_path)
    clean()


def _start(server: Server) -> Any:
    return ensure_topics(server.bootstrap, partitions=1, kind="live", reference=ONE)


# What begins a worker, a sink (and whatever else needs the timeline), an API, `up`, `demo` and
# `replay`, `reference load` and `show`, `verify`, `rebuild`, `dead-letters replay`, `ingest`.
USES: dict[str, Callable[[Server], Any]] = {
    "worker": lambda s: worker_config(s.here),
    "sink": lambda s: require_timeline(s.here),
    "api": lambda s: known_timeline(
        Installation(s.here.loaded, StateFolder(s.here.folder.path / "api"))
    ),
    "up": _start,
    "load": lambda s: load_reference(s.bootstrap, TWO, 5),
    "show": lambda s: read_in_force(s.bootstrap, 0),
    "verify": lambda s: verify_timeline(s.here, lambda _: None),
    "rebuild": lambda s: rebuild(s.here, Terminal(), lambda: False),
    "letters": lambda s: replay_these(Kafka(s.bootstrap), [], [], None),  # type: ignore[arg-type]
    "ingest": lambda s: ingest_file(s.here, s.here.folder.path / "f", "", lambda _: None),
    "look": lambda s: existing_stack(s.here, Terminal())._ensure_topics(s.bootstrap, None),  # type: ignore[arg-type]
}


FEW = [(name, USES[name]) for name in ("worker", "sink", "up")]


def test_everything_refuses_another_format_and_an_unfinished_refold(server: Server) -> None:
    cases = (
        ({"format": 1}, "older version", "dunghen refold"),
        ({"format": FORMAT + 1}, "newer version", "Use that version"),
        ({"refold": "emptying"}, "not whole", "dunghen refold"),
        ({"refold": "folding"}, "not whole", "dunghen refold"),
    )
    before = end_offsets(Kafka(server.bootstrap), topics.EVENTS)
    for changes, said, hint in cases:
        server.becomes(**changes)
        # All of them ask the same question, so it is asked of all about one answer only.
        for name, use in USES.items() if changes == {"format": 1} else FEW:
            if name == "worker" and changes.get("refold") == "folding":
                assert use(server).timeline == server.timeline.id  # it is who folds
                continue
            with pytest.raises(OtherFormat, match=said) as refused:
                use(server)
            assert (name, refused.value.exit_code) == (name, 2)
            assert hint in refused.value.hint
    assert end_offsets(Kafka(server.bootstrap), topics.EVENTS) == before
    server.becomes()
    assert read_timeline(server.bootstrap) == server.timeline


def test_only_what_follows_the_timeline_takes_its_place(server: Server) -> None:
    old = server.timeline
    server.becomes(id="2" * 32, former=("3" * 32,))  # somebody else's
    assert read_timeline(server.bootstrap) == old
    new = msgspec.structs.replace(old, id="1" * 32, former=(old.id,))
    write_timeline(server.bootstrap, new)
    assert read_timeline(server.bootstrap) == new
    server.becomes()  # a process of the former one that was asleep
    assert read_timeline(server.bootstrap) == new


def test_reference_data_that_is_not_activated_everywhere_is_activated_by_the_next_start(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who writes the timeline's record in between must not hide that."""
    sent = Writer.send

    def cut(self: Writer, topic: str, *rest: Any) -> None:
        if topic == topics.EVENTS:
            raise InterruptedError
        sent(self, topic, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(Writer, "send", cut)
        with pytest.raises(InterruptedError):
            ensure_topics(server.bootstrap, partitions=1, kind="live", reference=TWO)
    found, pending = read_any_timeline(server.bootstrap)
    assert isinstance(found, Timeline)
    assert pending == content_hash(TWO)
    new = msgspec.structs.replace(found, id="1" * 32, former=(found.id,))
    write_timeline(server.bootstrap, new, pending)
    before = end_offsets(Kafka(server.bootstrap), topics.EVENTS)[0]
    ensure_topics(server.bootstrap, partitions=1, kind="live", reference=TWO)
    assert end_offsets(Kafka(server.bootstrap), topics.EVENTS)[0] == before + 1


def test_without_a_timeline_there_is_nothing_to_refuse(kafka: TestKafka, tmp_path: Path) -> None:
    if found := kafka.topic_names() & NAMES:
        kafka.delete_topics(*found)
    installation = Installation(load({"kafka.bootstrap": kafka.bootstrap}), StateFolder(tmp_path))
    with pytest.raises(UserError, match="no timeline yet"):
        require_timeline(installation)
