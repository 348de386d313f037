"""Requests at the limits and beyond, malformed ones, and what becomes of the connection."""

import pytest
from wire import chunked, get, post


def test_a_body_of_just_the_limit(connection):
    filler = " " * (10 * 1024 * 1024 - 2)
    assert connection.ask(post("/Version", "{" + filler + "}")).status == 200


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_body_past_the_limit(connection, framing):
    """The client sends everything before it reads the answer, and still gets the answer."""
    size = 10 * 1024 * 1024 + 1
    if framing == "length":
        request = post("/Info", b" " * size)
    else:
        request = chunked("/Info", *[(f"{1 << 20:x}", " " * (1 << 20))] * 10, ("1", " ")).encode()
    connection.send(request)
    connection.half_close()
    response = connection.read()
    assert response.status == 413 and "10" in response.error()
    assert connection.is_closed()


@pytest.mark.parametrize("request_text", [
    "GET /Version HTTP/1.1\r\nHost: a\r\nX-Filler: " + "x" * 16384 + "\r\n\r\n",
    "GET /Version HTTP/1.1\r\nHost: a\r\n" + "X-Filler: xxxxxxxxxxxxxxxx\r\n" * 700 + "\r\n",
    "GET /Version?" + "x" * 16384 + " HTTP/1.1\r\nHost: a\r\n\r\n",
    "GET /Version HTTP/1.1\r\nHost: a\r\nX-Filler: " + " " * 16384 + "x\r\n\r\n",
    "\r\n" * 8192 + "GET /Version HTTP/1.1\r\n\r\n",
], ids=["one header", "many headers", "target", "spaces", "empty lines"])
def test_a_head_past_the_limit(connection, request_text):
    response = connection.ask(request_text)
    assert response.status == 431 and "16" in response.error()
    assert connection.is_closed()


@pytest.mark.parametrize("request_text", [
    chunked("/Info", ("2;" + "x" * 16385, "{}")),
    chunked("/Info", ("2", "{}"), trailers="X-Filler: " + "x" * 16384 + "\r\n"),
], ids=["extension", "trailer"])
def test_endless_talk_about_chunks(connection, request_text):
    response = connection.ask(request_text)
    assert response.status == 431 and "16" in response.error()
    assert connection.is_closed()


def test_a_head_within_the_limit(connection):
    assert connection.ask(get("/Version", ["X-Filler: " + "x" * 15000])).status == 200


@pytest.mark.parametrize("headers", [
    "Content-Length: 2\r\nContent-Length: 3\r\n",
    "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
    "Content-Length: 2, 3\r\n",
    "Content-Length: -2\r\n",
    "Content-Length: 0x2\r\n",
    "Content-Length: 99999999999999999999999\r\n",
    "Content-Length: \r\n",
])
def test_conflicting_and_bad_lengths(connection, headers):
    response = connection.ask(f"POST /Info HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{headers}\r\n" + "{}")
    assert response.status == 400 and response.error()
    assert connection.is_closed()


@pytest.mark.parametrize("coding", ["gzip", "gzip, chunked", "chunked, gzip", "identity"])
def test_unsupported_transfer_codings(connection, coding):
    response = connection.ask(f"POST /Info HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: {coding}\r\n\r\n0\r\n\r\n")
    assert response.status in (400, 501) and response.error()
    assert connection.is_closed()


@pytest.mark.parametrize("garbage", [
    b"\x00\x01\x02\x03\r\n\r\n", b"hello\r\n\r\n", b"GET\r\n\r\n", b"GET /Version FTP/1.1\r\n\r\n",
    b"{\"event\":\"x\"}\n", b"POST /Info HTTP/1.1\r\nno colon here\r\n\r\n", b"GET Version HTTP/1.1\r\n\r\n",
    b"\xff" * 4096,
])
def test_garbage(connection, garbage):
    response = connection.ask(garbage)
    assert response.status == 400 and response.error()
    assert connection.is_closed()
