"""Settings of the notifier of people, as the composition root hands them in."""

from __future__ import annotations

from dataclasses import dataclass, field

from dossiers.publication.reminders import CasesOf
from dossiers.wire.one_tap import LinkKey
from sinks.config import SmtpConfig
from sinks.telling.targets import TargetRequest


@dataclass(frozen=True)
class TellingConfig:
    """``enabled`` is off unless asked for; a replay or simulation (``kind``) delivers only if
    ``deliver_unreal`` is asked for as well. ``partitions``: of the timeline.

    ``base_url``: where the pages are. ``mail_domains``: to which alone mail goes, those below them
    included; none: to any. ``admin_mail``: of whoever operates the installation. ``link_key``:
    signs links that act; None: mails have none. ``cases_of``: see sinks.telling.list_reminders. A
    parcel is tried again after ``retry_min_s`` to ``retry_max_s``, for ``give_up_s`` at the most.
    ``from_beginning``: a first start also tells of what was open before it.
    """

    bootstrap: str
    timeline: str
    kind: str
    partitions: int
    base_url: str
    enabled: bool = False
    deliver_unreal: bool = False
    kafka: dict[str, str] = field(default_factory=dict, repr=False)
    smtp: SmtpConfig | None = None
    targets: tuple[TargetRequest, ...] = field(default=(), repr=False)
    mail_domains: tuple[str, ...] = ()
    admin_mail: str = ""
    link_key: LinkKey | None = field(default=None, repr=False)
    cases_of: CasesOf | None = field(default=None, repr=False)
    retry_min_s: float = 1.0
    retry_max_s: float = 300.0
    give_up_s: float = 86_400.0
    from_beginning: bool = False
    instance: str = "0"
    language: str = "vi"

    @property
    def reminded(self) -> CasesOf | None:
        """None: nobody is reminded of late lists, which are no office's in a replay."""
        return None if self.kind == "replay" else self.cases_of

    @property
    def reason(self) -> str:
        """Why nobody is told; "": people are."""
        if not self.enabled:
            return "delivery is switched off"
        if self.kind != "live" and not self.deliver_unreal:
            return f"a {self.kind} delivers nothing unless asked to"
        if self.smtp is None and not self.targets:
            return "no mail server or target is set"
        return ""
