"""The Faust app as the worker needs it: consumer and agents, without its own producer and web."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import faust
from faust.app.base import BootStrategy

from broker.faust_login import faust_options
from streams.config import WorkerConfig
from streams.delivery.assignor import assignor_for
from streams.delivery.effects import Effects
from streams.delivery.transport import BulkTransport

BUFFERED_BATCHES = 16  # that wait before an agent; each holds up to 500 records
_FETCH_BYTES = 1024 * 1024  # a partition; 8 MiB cost 350 MB resident and gained nothing


class _Boot(BootStrategy):
    """Everything is produced through confluent_kafka: Faust's own producer is not started."""

    enable_kafka_producer = False
    enable_web = False


class _App(faust.App):
    BootStrategy = _Boot
    logger = logging.getLogger("faust.app")


def faust_app(
    config: WorkerConfig, topics: list[str], effects: Effects, end: Callable[[str], None]
) -> Any:
    """A Faust app with bulk delivery of ``topics``; the caller adds agents and finalizes it.

    ``effects``: the owner of the state behind their offsets. ``end``: ends this process; called
    from any thread if the group's leader does not find the topics.
    """
    datadir = config.state_dir / "faust" / config.instance
    datadir.mkdir(parents=True, exist_ok=True)
    app = _App(
        config.group,
        datadir=str(datadir),
        store="memory://",
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        broker_commit_interval=config.commit_interval,
        broker_session_timeout=config.session_timeout,
        broker_heartbeat_interval=min(3.0, config.session_timeout / 4),
        broker_request_timeout=max(40.0, config.session_timeout + 10.0),
        consumer_group_instance_id=config.instance,
        consumer_max_fetch_size=_FETCH_BYTES,
        stream_buffer_maxsize=BUFFERED_BATCHES,
        stream_wait_empty=False,
        PartitionAssignor=assignor_for(topics, end),
        **faust_options(config.bootstrap, config.client),
    )
    app.transport = BulkTransport(app, effects, topics)
    return app
