"""The recount notices a text that is gone, and not one that was erased."""

from __future__ import annotations

from pathlib import Path

from api.desk.blobs import BlobStore
from dossiers.wire.acted import Acted
from dunghen.verify.texts import check_texts
from oracle.checks.cut import CutPartition


def explained(dossier: str, text: str) -> Acted:
    return Acted(
        event_id=f"e-{dossier}", dossier_id=dossier, occurred_at=1, received_at=1, source="desk",
        action="explain", alert_id="a", sequence=1, alert_kind="overdue", level=0, cause=1,
        person="o1", capacity="holder", reason="in_hand", text=text,
    )  # fmt: skip


def test_a_text_that_is_gone_is_a_difference(tmp_path: Path) -> None:
    blobs = BlobStore(tmp_path / "blobs")
    kept, erased, gone, changed = (blobs.put(text) for text in (b"1", b"2", b"3", b"4"))
    blobs.erase(erased, b"{}")
    (blobs.folder / gone[:2] / gone).unlink()
    (blobs.folder / changed[:2] / changed).write_bytes(b"5")
    acted = [explained(f"d-{n}", text) for n, text in enumerate((kept, erased, gone, changed, ""))]
    check = check_texts({0: CutPartition(acted=acted)}, blobs)
    assert (check.compared, check.differences) == (4, 2)
    assert check.examples == [f"text {gone} of d-2 is missing", f"text {changed} of d-3 is damaged"]


def test_where_no_texts_lie_it_says_that_it_did_not_look(tmp_path: Path) -> None:
    check = check_texts(
        {0: CutPartition(acted=[explained("d", "0" * 64)])}, BlobStore(tmp_path / "x")
    )
    assert (check.compared, check.differences) == (0, 0)
    assert check.left_out == ["1 of them: their folder is not on this machine"]
