"""The embedded stack: kafka -> topics -> worker + api -> ticker or simulator, in one folder.

If a plan is patient and Kafka does not start, the API comes first, so that what is posted is
kept; ``complete`` brings the rest once Kafka answers.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from contextlib import suppress

from msgspec.structs import replace

from broker.errors import BrokerAway, unreachable
from broker.kafka import Kafka
from dossiers.errors import UserError
from dossiers.text.keyed import Keyed
from dossiers.wire.timeline import Timeline
from dunghen.access.config import refuse_open_door
from dunghen.settings.installation import Installation
from dunghen.stack.backoff import Backoff
from dunghen.stack.child import ProcessSpec
from dunghen.stack.plan import Material, StackPlan, refuse_other_kind
from dunghen.stack.port import choose_port
from dunghen.stack.process_specs import api_spec, driver_spec, kafka_spec, worker_spec
from dunghen.stack.supervisor import Supervisor
from dunghen.stack.together import together
from dunghen.state.folder import Endpoints
from dunghen.terminal.console import Terminal
from dunghen.timeline.hash_key import prepared_key
from dunghen.timeline.hashed_names import with_names
from dunghen.timeline.topics import ensure_topics
from dunghen.wiring import address

_PATIENCE = 20.0  # s for Kafka, before the API starts without it
_LOOK = 0.5  # s between looks for a Kafka that is away


class EmbeddedStack:
    """One running stack. ``start``, ``complete``, then ``stop`` whatever happened; holds the
    folder's lock."""

    def __init__(self, installation: Installation, plan: StackPlan, terminal: Terminal) -> None:
        self._installation = installation
        self._folder = installation.folder
        self._plan = plan
        self._terminal = terminal
        supervision = installation.settings.supervision
        self._supervisor = Supervisor(
            installation.folder,
            terminal,
            backoff=lambda: Backoff(supervision.backoff_seconds, supervision.backoff_max_seconds),
            log_bytes=supervision.log_mb * 2**20,
            log_files=supervision.log_files,
        )
        self._locked = False
        self._material: Material | None = None  # while Kafka is waited for
        self._key: Keyed | None = None  # of a live timeline
        self.endpoints = Endpoints()
        self.timeline: Timeline | None = None

    async def start(self) -> None:
        """Start everything in order, or what can do without Kafka. Raises UserError, and then
        ``stop`` cleans up."""
        folder, plan = self._folder, self._plan
        refuse_open_door(self._installation.settings)
        folder.create()
        folder.lock.acquire()
        self._locked = True
        folder.clear_run()
        refuse_other_kind(folder.timeline(), plan.kind, str(folder.path))
        port = choose_port(self._installation)
        if plan.kind == "live":
            self._key = self._hash_key()
        problem = await self._open_timeline(folder.timeline() if plan.patient else None)
        if self.timeline is not None:
            folder.note_timeline(self.timeline)
        folder.write_endpoints(self.endpoints)
        if problem is None:
            await self._start_services(port)
        else:
            await self._start_api_alone(port, problem)
        folder.write_endpoints(self.endpoints)

    async def _open_timeline(self, known: Timeline | None) -> Exception | None:
        """Start Kafka and make the timeline; why Kafka does not answer if that is borne, because
        the timeline is ``known`` without it."""
        problem: Exception | None
        (kafka, problem), material = await together(
            self._start_kafka(patient=known is not None), asyncio.to_thread(self._plan.material)
        )
        holder = self._folder.lock.holder() or 0
        self.endpoints = Endpoints(kafka=kafka, pid=holder, token=secrets.token_urlsafe(24))
        if problem is None:
            try:
                self.timeline = await asyncio.to_thread(self._ensure_topics, kafka, material)
            except BrokerAway as away:
                if known is None:
                    raise
                problem = away
        if problem is not None and known is not None:
            if self._key is not None:  # Kafka is told once it answers
                known = replace(known, key_check=self._key.check)
            self.timeline, self._material = known, material
        return problem

    async def complete(self) -> None:
        """Return once everything runs: at once, unless Kafka did not start. Raises UserError."""
        material = self._material
        if material is None or self.timeline is None:
            return
        kafka = self.endpoints.kafka
        while True:
            if await asyncio.to_thread(Kafka(kafka, self._installation.client).answers):
                with suppress(BrokerAway):
                    found = await asyncio.to_thread(self._ensure_topics, kafka, material)
                    break
            await asyncio.sleep(_LOOK)
        if found.id != self.timeline.id:
            raise UserError(
                f"Kafka at {kafka} holds the timeline {found.id}, and the state folder "
                f"{self._folder.path} belongs to {self.timeline.id}.",
                "Use another folder with --state DIR, or correct the setting kafka.bootstrap.",
            )
        self._material = None
        specs = [worker_spec(self._installation, self.endpoints), *self._drivers()]
        with self._terminal.step("Kafka is back: worker"):
            await together(*(self._supervisor.start_patiently(spec, _PATIENCE) for spec in specs))

    async def stop(self) -> None:
        """Stop everything in reverse order and give the folder back."""
        if not self._locked:
            return
        try:
            if self._supervisor.status():
                with self._terminal.step("Stopped"):
                    await self._supervisor.stop()
        finally:
            self._folder.clear_run()
            self._folder.lock.release()
            self._locked = False

    def kill(self) -> None:
        """Kill everything at once."""
        self._supervisor.kill()

    def _hash_key(self) -> Keyed | None:
        return prepared_key(self._installation, self._folder.timeline())

    async def _start_kafka(self, *, patient: bool) -> tuple[str, Exception | None]:
        """Its address, and why it does not answer if that is borne."""
        bootstrap = self._installation.settings.kafka.bootstrap
        if bootstrap:
            there = not patient or await asyncio.to_thread(
                Kafka(bootstrap, self._installation.client).answers, 5.0
            )
            return bootstrap, None if there else unreachable(bootstrap)
        spec = kafka_spec(self._installation, self._terminal.note)
        if not patient:
            with self._terminal.step("Kafka"):
                await self._supervisor.start(spec.process)
            return spec.bootstrap(), None
        begun = time.monotonic()
        problem = await self._supervisor.start_patiently(spec.process, _PATIENCE)
        if problem is None:
            self._terminal.done("Kafka", time.monotonic() - begun)
        elif not spec.bootstrap():
            raise problem
        return spec.bootstrap(), problem

    async def _start_services(self, port: int) -> None:
        # The driver needs the broker only, and a city takes seconds to come to its present. Started
        # last, it is stopped first.
        specs = [
            worker_spec(self._installation, self.endpoints),
            api_spec(self._installation, self.endpoints, port),
            *self._drivers(),
        ]
        with self._terminal.step("Worker and API"):
            await together(*(self._supervisor.start(spec) for spec in specs))
        self._note_api(port)

    async def _start_api_alone(self, port: int, problem: Exception) -> None:
        with self._terminal.step("API, without Kafka"):
            await self._supervisor.start(api_spec(self._installation, self.endpoints, port))
        self._note_api(port)
        self._terminal.warn(
            "kafka",
            f"{problem} It is tried on. Meanwhile what is posted is taken and waits on disk "
            "(`dunghen status`), and there are no figures.",
        )

    def _drivers(self) -> list[ProcessSpec]:
        if not self._plan.driver:
            return []
        return [driver_spec(self._installation, self.endpoints, self._plan.driver)]

    def _note_api(self, port: int) -> None:
        self.endpoints = Endpoints(
            self.endpoints.kafka,
            address(self._installation.settings.api.host, port),
            self.endpoints.pid,
            self.endpoints.token,
        )

    def _ensure_topics(self, bootstrap: str, material: Material) -> Timeline:
        kafka = self._installation.settings.kafka
        found = self._folder.timeline()
        return ensure_topics(
            bootstrap,
            # A timeline keeps the number of partitions it was made with.
            partitions=found.partitions if found is not None else kafka.partitions,
            kind=self._plan.kind,
            source=material.source,
            label=material.label,
            reference=with_names(material.reference, self._key),
            replication=kafka.replication,
            client=self._installation.client,
            key_check=self._key.check if self._key is not None else "",
        )
