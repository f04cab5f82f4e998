"""A small gateway that serves chDB over ClickHouse's HTTP protocol, so that the server's way can be
tested without a server: ``python -m tests.support.clickhouse_gateway FOLDER``.

It speaks as much of the protocol as clickhouse-connect uses: query in the body, the URL or a form;
parameters and settings in the URL; inserts with their data behind the statement; errors with their
code. It can also fail on demand (``POST /_fail?times=2&how=error|lost&match=INSERT``): ``error``
answers without doing anything, ``lost`` does it and then drops the connection.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import sys
import tempfile
import threading
import zlib
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

import chdb

USER, PASSWORD = "tester", "a-secret"
_INSERT = re.compile(rb"\s*(INSERT\s+INTO\s.+?)\s+FORMAT\s+(\w+)[ \t]*(?:\r?\n|$)", re.I | re.S)
_CODE = re.compile(r"Code:\s*(\d+)")


class Engine:
    """chDB, one handle a request: a handle's ``USE`` and ``SET`` live as long as it does."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self._alive = chdb.connect(folder)
        rows = self._alive.query("SELECT name FROM system.settings", "TabSeparated").bytes()
        self.settings = set(rows.decode().split())

    def run(self, sql: bytes, url: dict[str, str]) -> bytes:
        handle = chdb.connect(self.folder)
        try:
            if url.get("database"):
                handle.query(f"USE `{url['database']}`")
            for name in self.settings & url.keys():
                value = url[name].replace("\\", "\\\\").replace("'", "\\'")
                handle.query(f"SET {name} = '{value}'")
            params = {k[6:]: v for k, v in url.items() if k.startswith("param_")}
            insert = _INSERT.match(sql)
            if insert is None:
                return bytes(handle.query(sql.decode(), "TabSeparated", params=params).bytes())
            return self._insert(handle, insert, sql[insert.end() :])
        finally:
            handle.close()

    @staticmethod
    def _insert(handle: Any, insert: re.Match[bytes], data: bytes) -> bytes:
        with tempfile.NamedTemporaryFile(suffix=".data") as file:
            file.write(data)
            file.flush()
            head, form = insert.group(1).decode(), insert.group(2).decode()
            handle.query(f"{head} FROM INFILE '{file.name}' FORMAT {form}")
        return b""


class Failures:
    """What the next requests shall fail of."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left, self._how, self._match = 0, "", b""
        self.met = 0

    def plan(self, times: int, how: str, match: str) -> None:
        with self._lock:
            self._left, self._how, self._match, self.met = times, how, match.encode(), 0

    def next(self, sql: bytes) -> str:
        with self._lock:
            if self._left == 0 or not sql.lstrip().startswith(self._match):
                return ""
            self._left -= 1
            self.met += 1
            return self._how


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    engine: ClassVar[Engine]
    failures: ClassVar[Failures] = Failures()

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path == "/ping":
            self._answer(200, b"Ok.\n")
        elif url.path == "/_fail":
            self._answer(200, json.dumps({"met": self.failures.met}).encode())
        else:
            self.do_POST()

    def do_POST(self) -> None:
        url = urlsplit(self.path)
        params = dict(parse_qsl(url.query, keep_blank_values=True))
        body = self._body()
        if url.path == "/_fail":
            self.failures.plan(int(params["times"]), params["how"], params.get("match", ""))
            self._answer(200, b"")
            return
        if not self._known_user():
            self._refuse(403, "Code: 516. DB::Exception: Authentication failed.")
            return
        if (self.headers.get("Content-Type") or "").startswith("multipart/form-data"):
            params |= self._form(body)
            body = b""
        query = params.pop("query", "").encode()
        sql = query + b"\n" + body if query and body else query or body
        failure = self.failures.next(sql)
        if failure == "error":
            self._refuse(500, "Code: 241. DB::Exception: asked to fail. (MEMORY_LIMIT_EXCEEDED)")
            return
        try:
            result = self.engine.run(sql, params)
        except Exception as error:
            self._refuse(500, str(error))
            return
        if failure == "lost":
            self.close_connection = True
            return
        self._answer(200, result)

    def _known_user(self) -> bool:
        given = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {given}"

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            data = b"".join(parts)
        else:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        encoding = self.headers.get("Content-Encoding")
        if encoding == "gzip":
            return gzip.decompress(data)
        if encoding == "deflate":
            return zlib.decompress(data)
        return data

    def _form(self, body: bytes) -> dict[str, str]:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        return {
            str(part.get_param("name", header="content-disposition")): bytes(
                part.get_payload(decode=True)
            ).decode()
            for part in message_from_bytes(head + body).walk()
            if not part.is_multipart()
        }

    def _refuse(self, status: int, text: str) -> None:
        text = text[text.find("Code: ") :] if "Code: " in text else text
        code = _CODE.search(text)
        self._answer(
            status, text.encode(), {"X-ClickHouse-Exception-Code": code[1] if code else "1"}
        )

    def _answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if body and status == 200:
            self.send_header("X-ClickHouse-Format", "TabSeparated")
        self.send_header("X-ClickHouse-Summary", "{}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


def main() -> None:
    """Serve until the standard input closes, so that no gateway outlives its test."""
    Handler.engine = Engine(str(Path(sys.argv[1])))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    # The engine may wait at exit for a statement whose client is gone.
    os._exit(0)


if __name__ == "__main__":
    main()
