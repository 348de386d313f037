"""TLS on the listener of the KMS: slow and broken handshakes, changed records, and the limits of other listeners."""
import contextlib
import socket
import ssl
import struct
import time

import pytest
from conftest import KEEPS_FREED
from test_abuse import resident_kib
from tls_wire import TlsConnection
from wire import Connection, get

CHANGE_CIPHER, ALERT, HANDSHAKE, DATA = 20, 21, 22, 23
TLS_1_2 = 0x0303
AES_128_GCM, AES_128_SHA = 0xC02B, 0xC009  # of ECDHE with ECDSA
HANDSHAKE_FAILURE, PROTOCOL_VERSION = 40, 70
# Curves, their points, and signatures that every client offers.
EXTENSIONS = bytes.fromhex("000a000600 04001d0017 000b00020100 000d000400020403".replace(" ", ""))


def record(kind, data, version=TLS_1_2):
    return bytes([kind]) + struct.pack(">HH", version, len(data)) + data


def hello(version=TLS_1_2, suites=(AES_128_GCM,), compression=b"\0", extensions=EXTENSIONS):
    """A ClientHello without its record."""
    body = struct.pack(">H", version) + bytes(32) + b"\0"
    body += struct.pack(f">H{len(suites)}H", 2 * len(suites), *suites)
    body += bytes([len(compression)]) + compression + struct.pack(">H", len(extensions)) + extensions
    return b"\1" + len(body).to_bytes(3, "big") + body


def answer_to(address, data, bytes_max=1 << 20):
    """What the server sends until it closes, or so many bytes of it."""
    answer = b""
    with Connection(address) as connection, contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.send(data)
        while len(answer) < bytes_max and (more := connection.socket.recv(65536)):
            answer += more
    return answer


def assert_served(address):
    with TlsConnection(address) as other:
        assert other.ask(get("/health")).body == b"OK"


# --- slow ---


def test_a_handshake_may_come_byte_by_byte(secure):
    with TlsConnection(secure, waits=True) as connection:
        connection.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.shake_hands(lambda data: [connection.socket.sendall(bytes([byte])) for byte in data])
        assert connection.ask(get("/health")).body == b"OK"


def test_hellos_may_be_cut_anywhere(secure):
    """All of them wait for their second half at the same time."""
    with contextlib.ExitStack() as stack:
        connections = [stack.enter_context(TlsConnection(secure, waits=True)) for _ in range(64)]
        flights = [connection.flight()[0] for connection in connections]
        cuts = [1 + number * len(flight) // len(flights) for number, flight in enumerate(flights)]
        for connection, flight, at in zip(connections, flights, cuts):
            connection.socket.sendall(flight[:at])
        assert_served(secure)
        for connection, flight, at in zip(connections, flights, cuts):
            connection.socket.sendall(flight[at:])
        for connection in connections:
            assert connection.receive()
            connection.shake_hands()
            assert connection.ask(get("/health")).body == b"OK"


def test_handshakes_that_never_end_are_given_up(secure):
    """They stop at each of their steps; more bytes do not give them more time."""
    started = time.monotonic()
    waiting = [TlsConnection(secure, waits=True) for _ in range(40)]
    for number, connection in enumerate(waiting):
        first, _ = connection.flight()
        connection.socket.sendall(first if number % 2 else first[:number + 1])
        if number % 2:
            assert connection.receive()
    for number, connection in enumerate(waiting[1::2]):
        second, _ = connection.flight()
        connection.socket.sendall(second[:number])
    assert_served(secure)
    for connection in waiting:
        connection.socket.settimeout(0.2)
        while True:
            try:
                if not connection.receive():
                    break
            except ConnectionResetError:
                break
            except socket.timeout:
                assert time.monotonic() - started < 60
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    connection.socket.sendall(b"\x16")
        connection.socket.close()
    assert_served(secure)


# --- broken ---


def test_a_handshake_as_it_should_be_begins(secure):
    """So that what the others change is why they are refused."""
    assert answer_to(secure, WHOLE, 3)[:3] == b"\x16\3\3"


@pytest.mark.parametrize("version", [0x0300, 0x0301, 0x0302])
def test_old_versions_are_refused(secure, version):
    answer = answer_to(secure, record(HANDSHAKE, hello(version), 0x0301))
    assert answer[:1] == bytes([ALERT]) and answer[5:] == bytes([2, PROTOCOL_VERSION])


@pytest.mark.parametrize("change", [{"suites": (AES_128_SHA,)}, {"suites": ()}, {"extensions": b""}])
def test_what_has_no_suite_in_common_is_refused(secure, change):
    answer = answer_to(secure, record(HANDSHAKE, hello(**change), 0x0301))
    assert answer[:1] == bytes([ALERT]) and answer[5] == 2


@pytest.mark.parametrize("compression", [b"\1", b"\1\0"])
def test_nothing_is_compressed(secure, compression):
    answer = answer_to(secure, record(HANDSHAKE, hello(compression=compression), 0x0301), 200)
    session_id = 5 + 4 + 2 + 32
    chosen = answer[session_id + 1 + answer[session_id]:]
    assert answer[:1] == bytes([HANDSHAKE]) and chosen[:3] == struct.pack(">HB", AES_128_GCM, 0)


WHOLE = record(HANDSHAKE, hello(), 0x0301)


@pytest.mark.parametrize("data", [
    pytest.param(b"\x80\x2e\1\0\2\0\x15\0\0\0\x10\7\0\xc0" + bytes(34), id="SSL 2"),
    pytest.param(b"\x16\3\1\xff\xff" + bytes(70000), id="a record of 65,535 bytes"),
    pytest.param(b"\x16\3\1\x48\1" + bytes(0x4801), id="a record that is one byte too long"),
    pytest.param(b"\x16\3\1\0\0" * 5000, id="empty records"),
    pytest.param(record(HANDSHAKE, b"\1\xff\xff\xff" + bytes(50)), id="a hello of 16 MiB"),
    pytest.param(record(HANDSHAKE, hello()[:-1]), id="a hello that is one byte too short"),
    pytest.param(record(HANDSHAKE, b"\x14\0\0\x0c" + bytes(12)), id="finished first"),
    pytest.param(record(DATA, b"x" * 30), id="data first"),
    pytest.param(record(ALERT, b"\1\0"), id="an alert first"),
    pytest.param(record(CHANGE_CIPHER, b"\1"), id="a change of cipher first"),
    pytest.param(bytes(100), id="zeros"), pytest.param(b"\xff" * 100, id="ones"),
    pytest.param(b"\n" * 100, id="empty lines"),
    pytest.param(WHOLE + WHOLE, id="a second hello"), pytest.param(WHOLE + record(DATA, b"x" * 30), id="early data"),
    pytest.param(WHOLE + bytes(100), id="zeros after the hello"),
    pytest.param(WHOLE + record(CHANGE_CIPHER, b"\1"), id="an early change of cipher"),
    pytest.param(WHOLE + record(ALERT, bytes([2, HANDSHAKE_FAILURE])), id="an alert after the hello"),
    pytest.param(WHOLE + record(HANDSHAKE, b"\x10\0\0\2\1\0"), id="a key exchange of one zero"),
    pytest.param(WHOLE + record(HANDSHAKE, b"\x10\0\0\x21\x20" + bytes(32)), id="a key exchange of zeros"),
])
def test_broken_handshakes_are_closed(secure, data):
    """Right away, although the client stays: a read has less time than a handshake."""
    answer = answer_to(secure, data)
    assert not answer or answer[:1] in (bytes([ALERT]), bytes([HANDSHAKE]))
    assert_served(secure)


def test_plain_http_is_told(secure):
    with Connection(secure) as connection:
        response = connection.ask(get("/health"))
        assert response.status == 400 and response.headers["connection"] == "close"
        assert response.error() == "this port speaks HTTPS, not plain HTTP: use https://"
        connection.half_close()
        assert connection.is_closed()


# --- once hands are shaken ---


def flipped(sealed):
    return sealed[:-1] + bytes([sealed[-1] ^ 1])


@pytest.mark.parametrize("change", [
    pytest.param(flipped, id="one bit changed"),
    pytest.param(lambda sealed: sealed[:3] + bytes([sealed[3], sealed[4] - 1]) + sealed[5:-1], id="one byte less"),
    pytest.param(lambda sealed: bytes([HANDSHAKE]) + sealed[1:], id="another kind"),
    pytest.param(lambda sealed: record(DATA, get("/health")), id="not encrypted"),
    pytest.param(lambda sealed: record(HANDSHAKE, hello()), id="a hello, not encrypted"),
    pytest.param(lambda sealed: b"\x17\3\3\xff\xff" + bytes(65535), id="too long"),
    pytest.param(lambda sealed: record(DATA, b""), id="empty"),
    pytest.param(lambda sealed: get("/health"), id="no record"),
])
def test_a_changed_record_is_not_answered(secure, change):
    with TlsConnection(secure) as connection:
        assert connection.ask(get("/health")).body == b"OK"
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.socket.sendall(change(connection.record(get("/health"))))
        with pytest.raises((ssl.SSLError, ConnectionError)):
            while connection._more():
                pass
        assert not connection.input


def test_a_record_cannot_be_sent_again(secure):
    with TlsConnection(secure) as connection:
        sealed = connection.record(get("/health"))
        connection.socket.sendall(sealed)
        assert connection.read().body == b"OK"
        connection.socket.sendall(sealed)
        with pytest.raises((ssl.SSLError, ConnectionError)):
            connection.read()


def test_a_request_without_its_end_is_not_served(secure):
    """Its connection ends within a record, as an attacker on the way could make it end."""
    with TlsConnection(secure) as connection:
        sealed = connection.record(get("/health"))
        connection.socket.sendall(sealed[:-1])
        connection.socket.shutdown(socket.SHUT_WR)
        with pytest.raises(ConnectionError):
            connection.read()
    assert_served(secure)


# --- limits ---


def test_too_much_is_refused(secure):
    for request, status in ((b"POST /prpc/GetMeta HTTP/1.1\r\nHost: a\r\nContent-Length: 20000000\r\n\r\n", 413),
                            (b"GET /health HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 20000 + b"\r\n\r\n", 431)):
        with TlsConnection(secure) as connection:
            response = connection.ask(request)
            assert response.status == status and response.headers["connection"] == "close"
            connection.half_close()
            assert connection.is_closed()


def test_a_large_body_is_taken(secure):
    body = b'"' + b"x" * 9_000_000 + b'"'
    head = f"POST /prpc/GetMeta?json HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with TlsConnection(secure) as connection:
        assert connection.ask(head + body).status == 400
        assert connection.ask(get("/health")).body == b"OK"


def test_one_who_does_not_read_takes_little_memory_and_no_time(own):
    own.start("--log-level", "warn", "--kms-listen", "127.0.0.1:0")
    deaf = [TlsConnection(own.tls) for _ in range(20)]
    before = resident_kib(own.process.pid)
    for connection in deaf:
        connection.send(get("/openapi.json") * 200)
    for _ in range(5):
        assert_served(own.tls)
    # All of the answers would be 80 MB; sanitizers keep what has been freed.
    assert KEEPS_FREED or resident_kib(own.process.pid) - before < 40 * 1024
    for _ in range(200):
        response = deaf[0].read()
        assert response.status == 200 and len(response.body) > 15_000
    for connection in deaf:
        connection.socket.close()
