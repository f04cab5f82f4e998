"""A month's late list as documents: the frozen one, and the one that is published.

Each is three files. The **core** says nothing about a person: counts, units, and a hash for each
row. Its SHA-256 (of the canonical JSON, dossiers.text.canonical) is what is approved, printed and
kept for ever. The **rows** hold what the hashes are of, each with its salt, and officers by id. The
**name sheet** holds names and positions. Rows, names and the secret behind the salts can be erased;
the core then stays provable and tells nothing. Times are in ms, amounts in working ms; there are
counts alone, and whoever prints makes rates of them (dossiers.publication.figures).
"""

from __future__ import annotations

from typing import Annotated, Generic, Literal, TypeVar

import msgspec

FORMAT = "dunghen-late-list-1"
Stage = Literal["frozen", "list", "reduced"]
NamesPolicy = Literal["name", "position", "none"]
# Of a row: the source changed a date later, or dated it back, or took an event back.
Mark = Literal["rewritten", "backdated", "retracted", "reopened"]
Relief = Literal["holder", "unit"]
Row = TypeVar("Row")
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$(?!\n)")]
Salt = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$(?!\n)")]
Pair = tuple[str, str]
PaperLine = Annotated[str, msgspec.Meta(max_length=500)]


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """How much of the log was known. ``events``: by partition of topic dossier-events, the offset
    behind the last record; ``dead_letters``, ``reference``: of these topics' only partition."""

    events: tuple[int, ...]
    dead_letters: int
    reference: int


class Thresholds(msgspec.Struct, frozen=True, kw_only=True):
    """From how many dossiers on a rate is printed, an officer and a unit ranked; below, "–"."""

    rate_from: int = 20
    officer_from: int = 30
    unit_from: int = 100


class Arriving(msgspec.Struct, frozen=True, kw_only=True):
    """A source of which news of the month may still come: the last that it sent is dated
    ``last_at`` (ms), before the month's end; None if nothing ever came."""

    source: str
    last_at: int | None


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """Dossiers. ``total``: held in the month, or charged in its list. ``late``: of these, in the
    list: ``done`` late, or ``open`` and overdue at the month's end; ``zero`` of them late without
    any working time beyond the due time, which charges nobody. ``repeated``: of the late ones,
    those in an earlier month's list too. ``apologised``: of the late ones. ``late_receptions``:
    received in the month after the time that the rules give (none of ``late``). ``unmatched``: late
    ones of which a part fell on nobody known. ``excluded``: late ones that the review took out;
    none of ``late``, all of ``total``."""

    total: int
    late: int
    done: int
    open: int
    zero: int
    repeated: int
    apologised: int
    late_receptions: int
    unmatched: int
    excluded: int = 0


class Days(msgspec.Struct, frozen=True, kw_only=True):
    """How late the late ones are, of one holder or all. ``sums``: (length of the working day, sum
    of charges), both in working ms, in order; ``most``: the largest single one as (length of the
    working day, charge)."""

    sums: tuple[tuple[int, int], ...] = ()
    most: tuple[int, int] = (1, 0)


class UnitLine(msgspec.Struct, frozen=True, kw_only=True):
    """A unit with those below it, each dossier once. ``parent``: the nearest unit above that is in
    the list, "" for none. ``counts.late``: charged to it. ``step``: that cost the most, ``reason``:
    code of the most frequent reason, "" for none."""

    unit: str
    parent: str
    counts: Counts
    days: Days
    step: str = ""
    reason: str = ""


class OfficerLine(msgspec.Struct, frozen=True, kw_only=True):
    """An officer with a charge in the list, in one unit. ``position``: only where positions are
    published without names; ``officer`` is "" then."""

    unit: str
    officer: str
    counts: Counts
    days: Days
    step: str = ""
    reason: str = ""
    position: str = ""


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """What of a dossier's lateness fell on whom. ``officer``: "" for the unit's inbox. ``amount``:
    working ms, 0 for the unit that held a dossier late by no working time when its due time passed.
    ``inherited``: lateness that was there when the first of these holdings began. ``relieved``: the
    review found that it was not that officer's fault, who is not named any more (``officer`` "");
    it stays the unit's."""

    unit: str
    officer: str
    step: str
    amount: int
    inherited: int = 0
    relieved: bool = False


class DossierLine(msgspec.Struct, frozen=True, kw_only=True):
    """A late dossier. ``unit``: for which it counts. ``late``: working ms, of a working day of
    ``day`` ms in ``calendar``. ``unassigned``: of this what nobody held, of a due time before the
    reception; it and ``charges`` add up to ``late``, also once an officer is relieved.
    ``listed_in``: earlier months whose list has it. ``apologised``: as of the cut. ``reason``: code
    of what was last said about it."""

    dossier: str
    procedure: str
    unit: str
    received_at: int
    due_at: int
    finished_at: int | None
    late: int
    unassigned: int = 0
    day: int
    calendar: str
    rules: str
    step: str
    charges: tuple[Charge, ...]
    marks: tuple[Mark, ...] = ()
    listed_in: tuple[str, ...] = ()
    apologised: bool = False
    reason: str = ""


class ReceptionLine(msgspec.Struct, frozen=True, kw_only=True):
    """A dossier received too late. ``over``: working ms beyond what the rules give."""

    dossier: str
    procedure: str
    unit: str
    submitted_at: int
    received_at: int
    over: int


class ExcludedLine(msgspec.Struct, frozen=True, kw_only=True):
    """What the review took out: a dossier, or one holder's charge (``officer``, ``unit``).
    ``text``: what is printed as the reason."""

    dossier: str
    procedure: str
    unit: str
    officer: str
    relief: Relief
    reason: str
    text: str = ""


class Sealed(msgspec.Struct, Generic[Row], frozen=True, kw_only=True):
    """A row with the salt of its hash: SHA-256 of the salt's bytes and the row's canonical JSON."""

    salt: Salt
    row: Row


class ListCore(msgspec.Struct, frozen=True, kw_only=True):
    """``id``: see wire.publications. ``edition``: 1, and one more for each correction; ``cites``:
    hash of the record that published what this corrects. ``start``, ``end``: the month; ``as_of``:
    when its dossiers were judged; ``watermark``: until when the log was known; ``since``: from when
    on, of a month that was not seen whole. ``reference``: hash of the data that counted at the
    month's end. ``frozen``: SHA-256 of the frozen core, of a list. ``names``: policy; ``sheet``:
    SHA-256 of the name sheet, "" if there is none. ``unit_names`` and the like: (id, name), of
    everything that is mentioned. The last four: hashes of the rows, in the order of the rows."""

    format: str = FORMAT
    stage: Stage
    simulation: bool
    id: str
    month: str
    scope: str
    edition: int
    cites: str = ""
    timezone: str
    start: int
    end: int
    as_of: int
    watermark: int
    since: int
    timeline: str
    cut: Cut
    reference: str
    calendars: tuple[str, ...]
    rules: tuple[str, ...]
    method: str
    thresholds: Thresholds
    arriving: tuple[Arriving, ...] = ()
    frozen: str = ""
    names: NamesPolicy = "name"
    sheet: str = ""
    whole: Counts
    days: Days
    units: tuple[UnitLine, ...]
    unit_names: tuple[Pair, ...]
    procedure_names: tuple[Pair, ...]
    step_names: tuple[Pair, ...]
    officers: tuple[Sha256, ...]
    dossiers: tuple[Sha256, ...]
    receptions: tuple[Sha256, ...]
    excluded: tuple[Sha256, ...] = ()


class ListRows(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of one core, in its order: officers by unit, then name; others by unit, then id."""

    officers: tuple[Sealed[OfficerLine], ...]
    dossiers: tuple[Sealed[DossierLine], ...]
    receptions: tuple[Sealed[ReceptionLine], ...]
    excluded: tuple[Sealed[ExcludedLine], ...] = ()


class OfficerName(msgspec.Struct, frozen=True, kw_only=True):
    """An officer as of the month's end."""

    officer: str
    name: str
    position: str = ""


class NameSheet(msgspec.Struct, frozen=True, kw_only=True):
    """Of every officer in the rows, by id. ``salt``: so that its hash cannot be tried out."""

    salt: Salt
    officers: tuple[OfficerName, ...]


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What a publication has on paper around its list: outside of what is hashed, entered once the
    list is approved.

    ``agency``: lines of who publishes, the last one set in bold, such as (UBND THÀNH PHỐ MINH HÒA,
    VĂN PHÒNG); ``issuer``: the same in a sentence. ``document_no``, ``place``, ``dated`` (ISO
    date): "" leaves room to write. ``kind``: THÔNG BÁO; ``title``: lines under it, () for the usual
    ones. ``signer_title``: lines above the name of ``signer``. ``recipients``: lines of "Nơi nhận".
    ``bases``: what it is published by, in a sentence. ``address``: of the page on which the list
    can be checked, "" for none.
    """

    agency: tuple[PaperLine, ...] = ()
    issuer: PaperLine = ""
    document_no: PaperLine = ""
    place: PaperLine = ""
    dated: Annotated[str, msgspec.Meta(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$(?!\n)")] = ""
    kind: PaperLine = "THÔNG BÁO"
    title: tuple[PaperLine, ...] = ()
    signer_title: tuple[PaperLine, ...] = ()
    signer: PaperLine = ""
    recipients: Annotated[tuple[PaperLine, ...], msgspec.Meta(max_length=30)] = ()
    bases: PaperLine = (
        "Quyết định số 766/QĐ-TTg ngày 23 tháng 6 năm 2022 của Thủ tướng Chính phủ và Nghị định số "
        "118/2025/NĐ-CP ngày 09 tháng 6 năm 2025 của Chính phủ"
    )
    address: PaperLine = ""
