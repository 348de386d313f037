"""Clients that speak TLS or HTTP/2 where HTTP/1.1 is spoken."""

import json
import shutil
import subprocess

import pytest


def test_tls(connection):
    response = connection.ask(b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03" + bytes(196))
    assert response.status == 400 and "TLS" in response.error()
    assert connection.is_closed()


@pytest.mark.parametrize("start", [b"\r\n\r\n", b"\r\n", b""])
@pytest.mark.parametrize("piece", [1, 2, 7, 1000])
def test_tls_however_it_is_cut(connection, start, piece):
    hello = start + b"\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03" + bytes(196)
    try:
        for at in range(0, len(hello), piece):
            connection.send(hello[at:at + piece])
    except ConnectionError:
        pass  # it has answered and gone
    response = connection.read()
    assert response.status == 400 and "not TLS: use http://" in response.error()


PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


@pytest.mark.parametrize("frames", [b"", b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"])
@pytest.mark.parametrize("ends", [False, True])
def test_http_2_without_a_request(connection, frames, ends):
    connection.send(PREFACE + frames)
    if ends:
        connection.half_close()
    response = connection.read()
    assert response.status == 400 and "this port speaks HTTP/1.1, not HTTP/2" in response.error()
    assert connection.is_closed()


def frames_of(data):
    """[(type, flags, stream, payload)]"""
    found = []
    while data:
        length, stream = int.from_bytes(data[:3], "big"), int.from_bytes(data[5:9], "big")
        assert len(data) >= 9 + length
        found.append((data[3], data[4], stream, data[9:9 + length]))
        data = data[9 + length:]
    return found


def test_http_2_with_a_request(connection):
    """GET / in stream 1: the answer is one response, in frames that a client of HTTP/2 shows."""
    connection.send(PREFACE + b"\0\0\0\4\0\0\0\0\0" + b"\0\0\3\1\5\0\0\0\1\x82\x84\x86")
    data = b""
    while piece := connection.socket.recv(65536):
        data += piece
    (settings, acknowledged, headers, body, goaway) = frames_of(data)
    assert (settings, acknowledged) == ((4, 0, 0, b""), (4, 1, 0, b""))
    assert headers == (1, 4, 1, b"\x8c\x0f\x10\x10application/json")
    assert body[:3] == (0, 1, 1) and "HTTP/1.1, not HTTP/2" in json.loads(body[3])["error"]
    assert goaway == (7, 0, 0, b"\0\0\0\1\0\0\0\0")


@pytest.mark.skipif(not shutil.which("curl"), reason="curl not found")
@pytest.mark.parametrize("name", ["tcp", "dstack.sock", "tappd.sock", "external.sock", "guest.sock"])
@pytest.mark.parametrize("arguments", [[], ["-d", '{"report_data":"00"}']], ids=["GET", "POST"])
def test_http_2_by_curl(shared, name, arguments):
    where = [] if name == "tcp" else ["--unix-socket", shared.socket(name)]
    command = ["curl", "-sS", "-m", "20", "--http2-prior-knowledge", *where, *arguments, f"{shared.url}/GetQuote"]
    for _ in range(3):  # it waits 300 ms for the request after the preface
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        if done.returncode == 0:
            break
    assert (done.returncode, done.stderr) == (0, "") and "HTTP/1.1, not HTTP/2" in json.loads(done.stdout)["error"]
