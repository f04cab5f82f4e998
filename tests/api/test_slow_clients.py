"""Bodies in chunks so tiny that reading them would keep the loop from everybody else."""

from __future__ import annotations

import h11
import pytest

from api.slow_clients import COARSE, FREE_CHUNKS, CoarseConnection

HEAD = b"POST /api/v1/events HTTP/1.1\r\nHost: a\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


def read(connection: h11.Connection, data: bytes) -> int:
    """Bytes of a body that come out of ``data``."""
    connection.receive_data(data)
    size = 0
    while not isinstance(event := connection.next_event(), h11.EndOfMessage):
        if event is h11.NEED_DATA:
            break
        if isinstance(event, h11.Data):
            size += len(event.data)
    return size


def chunks(size: int, count: int) -> bytes:
    return (b"%x\r\n" % size + b"x" * size + b"\r\n") * count


def test_tiny_chunks_without_an_end_are_no_request_any_more() -> None:
    connection = CoarseConnection(h11.SERVER)
    assert read(connection, CHUNKED + chunks(1, FREE_CHUNKS)) == FREE_CHUNKS
    with pytest.raises(h11.RemoteProtocolError, match="tiny"):
        read(connection, chunks(1, 100))


def test_what_came_before_in_large_chunks_gives_no_more_room_than_it_has_bytes() -> None:
    connection = CoarseConnection(h11.SERVER)
    read(connection, CHUNKED + chunks(100 * COARSE, 10))
    read(connection, chunks(1, FREE_CHUNKS))
    with pytest.raises(h11.RemoteProtocolError, match="tiny"):
        read(connection, chunks(1, 1_100))


@pytest.mark.parametrize("size", [COARSE, 4_096])
def test_chunks_as_programs_make_them_may_go_on(size: int) -> None:
    assert read(CoarseConnection(h11.SERVER), CHUNKED + chunks(size, 10_000)) == size * 10_000


def test_a_body_of_stated_length_may_come_in_whatever_pieces() -> None:
    connection = CoarseConnection(h11.SERVER)
    read(connection, HEAD + b"Content-Length: 5000\r\n\r\n")
    assert sum(read(connection, b"x") for _ in range(5_000)) == 5_000


def test_each_request_of_a_connection_has_its_own_chunks() -> None:
    connection = CoarseConnection(h11.SERVER)
    for _ in range(3):
        read(connection, CHUNKED + chunks(1, FREE_CHUNKS) + b"0\r\n\r\n")
        connection.send(h11.Response(status_code=200, headers=[("Content-Length", "0")]))
        connection.send(h11.EndOfMessage())
        connection.start_next_cycle()
