"""A published PDF that comes back signed: is it the one that was published, and by whom is it
signed?

It has to begin with the published bytes and one newline (``returned.signable``), and nothing but
signatures may follow.
"""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Sequence
from datetime import UTC, datetime

from asn1crypto import x509
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from documents.late_list.additions import only_signatures
from documents.late_list.returned import NEWLINE, SignedCheck

MOST_SIGNATURES = 20


def check_signed(
    published: bytes, returned: bytes, roots: Sequence[bytes], at: datetime | None = None
) -> SignedCheck:
    """``roots``: certificates, each as PEM or DER; ``at``: as of when they count, None for now.
    Asks nobody over the network. For a file of a stranger see
    ``returned.check_apart``."""
    if not returned.startswith(published):
        return SignedCheck(why_not="other_document")
    behind = returned[len(published) :]
    if not behind.startswith(NEWLINE) or behind.startswith(NEWLINE * 2):
        return SignedCheck(why_not="no_newline" if behind else "unsigned")
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # what is wrong is the answer
    logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)
    try:
        known = [one for root in roots for one in load_certs_from_pemder_data(root)]
        return _checked(returned, known, at)
    except Exception:
        return SignedCheck(why_not="unreadable")


def _checked(
    returned: bytes, roots: Sequence[x509.Certificate], at: datetime | None
) -> SignedCheck:
    reader = PdfFileReader(io.BytesIO(returned))
    signatures = reader.embedded_signatures
    if not signatures:
        return SignedCheck(why_not="unsigned")
    if len(signatures) > MOST_SIGNATURES:
        return SignedCheck(why_not="too_many")
    if not only_signatures(reader, signatures[0].signed_revision):
        return SignedCheck(why_not="changed")
    statuses = [_status(signature, roots, at) for signature in signatures]
    if not all(status.intact and status.valid for status in statuses):
        return SignedCheck(why_not="broken")
    if not all(map(_unchanged_since, statuses)) or not _covers_all(statuses[-1]):
        return SignedCheck(why_not="changed")
    return _accepted(statuses)


def _status(
    signature: EmbeddedPdfSignature, roots: Sequence[x509.Certificate], at: datetime | None
) -> PdfSignatureStatus:
    context = ValidationContext(
        trust_roots=roots, moment=at, allow_fetching=False, revocation_mode="soft-fail"
    )
    return validate_pdf_signature(signature, context)


def _unchanged_since(status: PdfSignatureStatus) -> bool:
    level = status.modification_level
    return bool(status.docmdp_ok) and (level is None or level <= ModificationLevel.FORM_FILLING)


def _covers_all(last: PdfSignatureStatus) -> bool:
    return last.coverage == SignatureCoverageLevel.ENTIRE_FILE


def _accepted(statuses: Sequence[PdfSignatureStatus]) -> SignedCheck:
    last = statuses[-1]
    certificate, signed_at = last.signing_cert, last.signer_reported_dt
    return SignedCheck(
        certificate=hashlib.sha256(certificate.dump()).hexdigest(),
        signer=str(certificate.subject.native.get("common_name", ""))[:200],
        signed_at=int(signed_at.astimezone(UTC).timestamp() * 1000) if signed_at else None,
        trusted=all(status.trusted for status in statuses),
    )
