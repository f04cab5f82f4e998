"""Faust as its tutorial has it: a Record, a Table, one send an event."""

from __future__ import annotations

from benchmarks import small_job
from benchmarks.contract import Engine, Job


class Tutorial(Engine):
    label = "Faust as in its tutorial (Record + Table)"
    environment = "product"
    share = 0.1

    def changelog(self, job: Job) -> str:
        return f"{job.name}-dossiers-changelog"

    def run(self, job: Job) -> None:
        import faust  # noqa: PLC0415
        from mode import Worker  # noqa: PLC0415

        class Event(faust.Record, serializer="json"):
            event_id: str
            dossier_id: str
            kind: str
            occurred_at: int
            unit: str
            officer: str
            step: str

        class State(faust.Record, serializer="json"):
            unit: str
            officer: str
            step: str
            events: int
            first_at: int
            last_at: int
            open: bool

        app = faust.App(
            job.name,
            broker=f"kafka://{job.bootstrap}",
            store="memory://",
            datadir=job.folder,
            consumer_group_instance_id=job.name,
            consumer_auto_offset_reset="earliest",
            producer_acks=-1,
            topic_partitions=job.partitions,
            topic_disable_leader=True,
            web_enabled=False,
            broker_commit_interval=job.commit_ms / 1_000,
        )
        topic = app.topic(job.events, key_type=bytes, key_serializer="raw", value_type=Event)
        out = app.topic(job.tallies, key_type=bytes, key_serializer="raw", value_type=bytes)
        table = app.Table("dossiers", partitions=job.partitions)
        tallies = [small_job.Tallies(p) for p in range(job.partitions)]

        @app.agent(topic)
        async def dossiers(stream):  # type: ignore[no-untyped-def]
            async for message in stream.events():
                event = message.value
                state = table.get(event.dossier_id)
                was_open = None if state is None else state.open
                state = State(
                    unit=event.unit,
                    officer=event.officer,
                    step=event.step,
                    events=1 if state is None else state.events + 1,
                    first_at=event.occurred_at if state is None else state.first_at,
                    last_at=event.occurred_at,
                    open=event.kind != "finished",
                )
                table[event.dossier_id] = state
                unit, tally = tallies[message.message.partition].move(was_open, state)
                await out.send(key=unit, value=small_job.encode(tally))

        Worker(app, loglevel="warning").execute_from_commandline()

    def state(self, key: bytes, value: bytes) -> tuple[str, small_job.State]:
        import msgspec  # noqa: PLC0415

        return msgspec.json.decode(key, type=str), small_job.decode_state(value)


ENGINE = Tutorial()
