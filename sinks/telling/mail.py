"""A letter as a mail, text and HTML, and handed to a mail server."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from email.header import Header
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from sinks.config import SmtpConfig
from sinks.notifier.channels import DeliveryError
from sinks.telling.notice_letter import NoticeLetter
from sinks.telling.words import WORDS

_KEYS = 20  # named in a header; the Message-ID stands for all of them
_environment = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(("html",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def compose(
    letter: NoticeLetter, language: str, sender: str, recipient: str, made_at: int
) -> EmailMessage:
    """The mail, dated ``made_at`` (ms). A retry has the same Message-ID, so that a mailbox can drop
    the second copy."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = recipient
    message["Date"] = datetime.fromtimestamp(made_at // 1000, UTC)
    # EmailMessage's own folding loses spaces between words that it encodes (Python 3.11).
    message.set_raw("Subject", Header(letter.subject, "utf-8", header_name="Subject").encode())
    digest = hashlib.sha256(f"{recipient}\n{letter.key}".encode()).hexdigest()[:32]
    message["Message-ID"] = f"<{digest}@dunghen>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-DungHen-Alerts"] = str(len(letter.keys))
    message["X-DungHen-Keys"] = " ".join(letter.keys[:_KEYS])
    values = {"letter": letter, "words": WORDS.get(language, WORDS["vi"]), "lang": language}
    message.set_content(_environment.get_template("mail.txt").render(values), cte="base64")
    message.add_alternative(
        _environment.get_template("mail.html").render(values), subtype="html", cte="base64"
    )
    return message


async def post(message: EmailMessage, smtp: SmtpConfig, recipient: str) -> None:
    """Hand a mail over; returning means that the server has it. Raises DeliveryError with codes
    only: a server's words may quote an address."""
    try:
        await aiosmtplib.send(
            message,
            recipients=[recipient],
            hostname=smtp.host,
            port=smtp.port,
            username=smtp.user or None,
            password=smtp.password or None,
            use_tls=smtp.security == "tls",
            start_tls=smtp.security == "starttls",
            timeout=smtp.timeout_s,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        codes = sorted({refused.code for refused in error.recipients})
        raise DeliveryError(f"SMTP refused the recipient: {codes}") from error
    except aiosmtplib.SMTPResponseException as error:
        raise DeliveryError(f"SMTP {error.code}") from error
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise DeliveryError(type(error).__name__) from error
