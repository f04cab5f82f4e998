"""A made-up authority that signs PDFs."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from asn1crypto import keys, x509
from cryptography import x509 as made
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

NOW = datetime(2026, 11, 13, 2, tzinfo=UTC)


class Authority(NamedTuple):
    """``root``: its certificate (PEM); ``signer``: who signs."""

    root: bytes
    signer: signers.SimpleSigner


def authority(name: str, signs: str = "Đinh Quang Vinh") -> Authority:
    """With one signer."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root = _certificate(name, name, root_key, root_key, is_root=True)
    signing = _certificate(signs, name, key, root_key, is_root=False)
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(signing.public_bytes(Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=SimpleCertificateStore(),
    )
    return Authority(root.public_bytes(Encoding.PEM), signer)


def signed(pdf: bytes, by: Authority, field: str = "ChuKy") -> bytes:
    """With an invisible signature, which prints, as PDF/A asks for."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    spec = fields.SigFieldSpec(
        field,
        invis_sig_settings=fields.InvisSigSettings(set_print_flag=True, set_hidden_flag=False),
        readable_field_name="Chữ ký số",
    )
    metadata = signers.PdfSignatureMetadata(
        field_name=field, subfilter=fields.SigSeedSubFilter.PADES
    )
    signer = signers.PdfSigner(metadata, by.signer, new_field_spec=spec)
    return bytes(signer.sign_pdf(writer).getvalue())


def updated(pdf: bytes) -> bytes:
    """With a page's content replaced in an appended update, as anybody can."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page, _ = writer.find_page_for_modification(0)
    page.get_object()["/Rotate"] = writer.root["/Pages"]["/Count"]
    writer.update_container(page.get_object())
    writer.write_in_place()
    stream = writer.prev.stream
    return bytes(stream.getvalue())


def _certificate(
    name: str,
    issuer: str,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    is_root: bool,
) -> made.Certificate:
    usage = made.KeyUsage(
        digital_signature=True, content_commitment=not is_root, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=is_root, crl_sign=is_root,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        made.CertificateBuilder()
        .subject_name(made.Name([made.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(made.Name([made.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(made.random_serial_number())
        .not_valid_before(NOW - timedelta(days=30))
        .not_valid_after(NOW + timedelta(days=300))
        .add_extension(made.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(issuer_key, hashes.SHA256())
    )
