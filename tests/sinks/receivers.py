"""Receivers of mails and webhooks that fail when they are asked to."""

from __future__ import annotations

import email
import email.policy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler
from typing import ClassVar

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.sinks.topics import PATIENCE_S
from tests.support.waiting import free_port


class Letterbox:
    """An SMTP server that refuses mail for some time, for some recipients."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, EmailMessage]] = []
        self.refuse: dict[str, int] = {}
        self.tries = 0
        self.arrived = threading.Condition()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.tries += 1
        if self.refuse.get(address, 0) > 0:
            self.refuse[address] -= 1
            return "451 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        with self.arrived:
            self.mails.append((envelope.rcpt_tos[0], message))
            self.arrived.notify_all()
        return "250 OK"

    def wait(self, number: int, timeout: float = PATIENCE_S) -> list[tuple[str, EmailMessage]]:
        with self.arrived:
            assert self.arrived.wait_for(lambda: len(self.mails) >= number, timeout)
            return list(self.mails)


@contextmanager
def letterbox() -> Iterator[tuple[Letterbox, int]]:
    """One that takes mail, and its port."""
    box, port = Letterbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield box, port
    finally:
        controller.stop()


class Hook(BaseHTTPRequestHandler):
    """An HTTP receiver that fails first."""

    failures: ClassVar[int] = 0
    calls: ClassVar[list[tuple[dict[str, str], bytes]]] = []
    arrived: ClassVar[threading.Condition] = threading.Condition()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.arrived:
            status = 503 if Hook.failures > 0 else 204
            Hook.failures -= 1
            self.calls.append((dict(self.headers.items()), body))
            self.arrived.notify_all()
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""

    @classmethod
    def wait(cls, number: int) -> list[tuple[dict[str, str], bytes]]:
        with cls.arrived:
            assert cls.arrived.wait_for(lambda: len(cls.calls) >= number, PATIENCE_S)
            return list(cls.calls)
