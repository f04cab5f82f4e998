"""What the desk of late lists asks of others, and what it is told by the settings."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from api.acts import Texts
from api.ports import SettingsWriter
from dossiers.wire.late_lists import Cut, NamesPolicy
from dossiers.wire.one_tap import LinkKey


class WorkFailed(Exception):
    """Work in a child process that came to nothing; the text says why and what to do. ``status``
    is that of HTTP."""

    def __init__(self, detail: str, status: int = 503) -> None:
        super().__init__(detail)
        self.status = status


class MonthNotWhole(WorkFailed):
    """The log begins within the month, or nothing was held in it."""


@dataclass(frozen=True)
class FrozenFiles:
    """A frozen month whose files are blobs by now. ``core``, ``rows``, ``sheet``, ``secret``: their
    SHA-256 (hex). ``watermark``: data time (ms) until which the log was known. ``total``, ``late``:
    dossiers, as in the core."""

    core: str
    rows: str
    sheet: str
    secret: str
    cut: Cut
    watermark: int
    total: int
    late: int


class Blobs(Protocol):
    """Files by their SHA-256 (hex). Methods block and may be called from any thread; they raise
    OSError."""

    def put(self, content: bytes) -> str:
        """Keep it, on the disk when this returns; its SHA-256."""

    def read(self, digest: str) -> bytes | None:
        """None if it is not there, was erased, or is damaged."""

    def state(self, digest: str) -> Literal["kept", "erased", "missing", "damaged"]:
        """What has become of it."""

    def erase(self, digest: str, note: bytes) -> bool:
        """Take it away for ever and leave ``note``; False if there is none."""


class Freezer(Protocol):
    """Freezes months, in a child process of low priority."""

    async def freeze(
        self,
        month: str,
        scope: str,
        edition: int,
        cites: str,
        listed_before: Mapping[str, tuple[str, ...]],
        *,
        whole: bool,
    ) -> FrozenFiles:
        """``month``: YYYY-MM; ``scope``: a unit, "" for all; ``cites``: hash of the record that is
        corrected; ``listed_before``: by dossier the earlier months in whose list it stands;
        ``whole``: only a month that the log has from its start. Raises WorkFailed, MonthNotWhole
        if that is not so."""


@dataclass(frozen=True)
class SignatureFound:
    """A signature that fits. ``certificate``: SHA-256 (hex) of the signer's; ``trusted``: it leads
    to a root that the installation knows."""

    certificate: str
    trusted: bool


class Signatures(Protocol):
    """Judges signed documents."""

    async def check(self, signed: bytes, published: bytes) -> SignatureFound:
        """``signed`` begins with ``published`` and one newline. Raises WorkFailed if its signature
        does not fit, or something beside the signature was changed."""


@dataclass(frozen=True)
class LateListPolicy:
    """As the settings say (settings.late_list). ``automatic_from`` (ms, data time): until then
    nothing is frozen by itself (a simulation's history passes too fast). ``explain_days``,
    ``review_days``, ``publish_days``: working days; ``retention_months``: for which names stay.
    Texts of documents have their lines apart; of ``agency`` a line that is "" is the title of the
    reference data. ``address``: of the page on which lists can be checked."""

    automatic: bool = True
    automatic_from: int = 0
    explain_days: int = 5
    review_days: int = 2
    publish_days: int = 3
    names: NamesPolicy = "name"
    retention_months: int = 12
    robots: str = "noindex"
    agency: tuple[str, ...] = ()
    document_code: str = "TB-VP"
    place: str = ""
    signer_title: tuple[str, ...] = ()
    signer: str = ""
    recipients: tuple[str, ...] = ()
    address: str = ""


def _now() -> int:
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class LateLists:
    """With what late lists are worked on. ``writer``: of topic publications; ``blobs``: files, of
    which ``texts`` are some; ``key`` seals uploads. ``clock``: real time, ms. ``patience`` (s): for
    which an answer waits for a child's work; longer work goes on, and the answer says so."""

    writer: SettingsWriter
    blobs: Blobs
    texts: Texts
    key: LinkKey
    freezer: Freezer | None = None
    signatures: Signatures | None = None
    policy: LateListPolicy = field(default_factory=LateListPolicy)
    clock: Callable[[], int] = field(default=_now)
    patience: float = 20.0
