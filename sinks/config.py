"""Settings of this room, as the composition root hands them in."""

from __future__ import annotations

from dataclasses import dataclass, field

DATABASE = "dunghen"
KEEP_MB = 256  # free space under the embedded engine, see sinks.disk_guard


@dataclass(frozen=True)
class SinkConfig:
    """``timeline``: id of the timeline; rows of any other are refused.

    A batch is inserted at ``batch_rows`` rows or after ``linger_s`` seconds, whichever is first.
    ``retry_min_s`` and ``retry_max_s`` bound the pause between tries of a failed insert.
    ``instance`` names this process among several sinks of one installation: a process that was
    killed and started again under its name gets its partitions back at once.
    """

    bootstrap: str
    timeline: str
    kafka: dict[str, str] = field(default_factory=dict, repr=False)
    batch_rows: int = 20_000
    linger_s: float = 0.5
    retry_min_s: float = 0.2
    retry_max_s: float = 10.0
    instance: str = "0"


@dataclass(frozen=True)
class SmtpConfig:
    """A mail server. ``security``: ``none``, ``starttls`` or ``tls``. Never log ``password``."""

    host: str
    port: int = 25
    sender: str = "dunghen@localhost"
    user: str = ""
    password: str = field(default="", repr=False)
    security: str = "none"
    timeout_s: float = 15.0


@dataclass(frozen=True)
class WebhookConfig:
    """An HTTP receiver. ``units`` empty: every unit's alerts. ``secret`` signs the body. Never log
    the URL, which may hold a token, too."""

    url: str = field(repr=False)
    secret: str = field(repr=False)
    name: str = "webhook"
    units: frozenset[str] = frozenset()
    timeout_s: float = 10.0


@dataclass(frozen=True)
class AppriseConfig:
    """Any receiver the ``apprise`` package reaches. Its URL holds secrets: never log it."""

    url: str = field(repr=False)
    name: str = "apprise"
    units: frozenset[str] = frozenset()


@dataclass(frozen=True)
class NotifierConfig:
    """``enabled`` is off unless asked for; a replay or simulation (``kind``) delivers only if
    ``deliver_unreal`` is asked for as well.

    ``base_url``: where the overdue pages are. Messages gather a receiver's alerts for ``window_s``.
    A receiver that fails is tried again after ``retry_min_s`` to ``retry_max_s``, for ``give_up_s``
    at the most and while no more than ``queue_limit`` alerts wait for it. ``from_beginning``: a
    first start also delivers what was raised before it.
    """

    bootstrap: str
    timeline: str
    kind: str
    base_url: str
    enabled: bool = False
    deliver_unreal: bool = False
    kafka: dict[str, str] = field(default_factory=dict, repr=False)
    kinds: frozenset[str] = frozenset(
        {"overdue", "escalation", "unit_backlog", "officer_backlog", "source_silent"}
    )
    transitions: frozenset[str] = frozenset({"raised", "retracted"})
    webhooks: tuple[WebhookConfig, ...] = ()
    apprise: tuple[AppriseConfig, ...] = ()
    window_s: float = 30.0
    retry_min_s: float = 1.0
    retry_max_s: float = 300.0
    give_up_s: float = 86_400.0
    queue_limit: int = 50_000
    from_beginning: bool = False
    instance: str = "0"
    language: str = "vi"
