"""What every client relies on: HTTP/1.1 as it should be, over TCP and over the Unix socket."""
import contextlib
import gzip
import socket

import pytest
from wire import Connection, chunked, get, post

EVENT = '{"event":"transport","payload":"00"}'


def is_version(response):
    return response.status == 200 and {"version", "rev"} <= set(response.json())


def test_keep_alive(connection):
    for _ in range(3):
        response = connection.ask(post("/Version"))
        assert is_version(response)
        assert response.headers.get("connection", "keep-alive") == "keep-alive"


def test_an_empty_answer_is_the_json_null(connection):
    assert connection.ask(post("/EmitEvent", EVENT)).body == b"null"


def test_get_with_a_query(connection):
    assert is_version(connection.ask(get("/Version?json=1")))


def test_pipelined_requests_are_answered_in_order(connection):
    paths = [("/Version" if i % 2 else f"/nothing{i}") for i in range(50)]
    connection.send(b"".join(post(path, "{}") if i % 3 else get(path) for i, path in enumerate(paths)))
    for i, path in enumerate(paths):
        response = connection.read()
        if i % 2:
            assert is_version(response)
        else:
            assert response.error() == f"Service not found: {path[1:]}"


def test_a_flood_of_pipelined_requests_is_held_back_and_answered(connection):
    """Far more responses than fit the socket, before the first one is read."""
    count = 3000
    request = post("/Info", "{}")
    connection.socket.setblocking(False)
    unsent = memoryview(request * count)
    try:
        while unsent:
            unsent = unsent[connection.socket.send(unsent):]
    except BlockingIOError:
        pass
    connection.socket.settimeout(20)
    got = 0
    while got < count:
        assert connection.read().status == 200
        got += 1
        if unsent:
            connection.socket.setblocking(False)
            try:
                unsent = unsent[connection.socket.send(unsent):]
            except BlockingIOError:
                pass
            connection.socket.settimeout(20)


def test_many_clients_at_once_each_get_their_own_answers(address):
    """In each round all requests are there before the first answer is read, so that answers leave together."""
    rounds, count = 10, 32
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(Connection(address)) for _ in range(count)]
        for turn in range(rounds):
            for i, client in enumerate(clients):
                asked = (f"GetKey?path={turn}", f"GetQuote?report_data={turn:02x}{i:02x}", f"nothing-{turn}-{i}")[i % 3]
                client.send(get("/" + asked))
            answers = [client.read() for client in clients]
            assert len({answer.json()["key"] for answer in answers[::3]}) == 1
            for i in range(1, count, 3):
                assert answers[i].json()["quote"][2 * 568:2 * 632] == f"{turn:02x}{i:02x}".ljust(128, "0")
            for i in range(2, count, 3):
                assert answers[i].error() == f"Service not found: nothing-{turn}-{i}"


def test_byte_at_a_time(connection):
    connection.send_bytewise(post("/EmitEvent", EVENT).decode())
    assert connection.read().body == b"null"
    connection.send_bytewise(chunked("/EmitEvent", ("24", EVENT)))
    assert connection.read().body == b"null"


def test_chunked(connection):
    half = len(EVENT) // 2
    chunks = ((f"{half:x}", EVENT[:half]), (f"{len(EVENT) - half:X}", EVENT[half:]))
    assert connection.ask(chunked("/EmitEvent", *chunks)).body == b"null"


def test_chunk_extensions_and_trailers(connection):
    request = chunked("/EmitEvent", (f'{len(EVENT):x};name="quoted text";other', EVENT),
                      trailers="Checksum: 1234\r\nContent-Type: text/plain\r\nExpect: nothing\r\n")
    assert connection.ask(request).body == b"null"
    assert is_version(connection.ask(get("/Version")))


def test_a_bad_chunk_size(connection):
    response = connection.ask(chunked("/EmitEvent", ("xyz", EVENT)))
    assert response.status == 400 and response.error()
    assert connection.is_closed()


def test_http_1_0_closes(connection):
    assert is_version(connection.ask(get("/Version", version="1.0")))
    assert connection.is_closed()


def test_http_1_0_keeps_alive_when_asked(connection):
    for _ in range(2):
        response = connection.ask(get("/Version", ["Connection: keep-alive"], version="1.0"))
        assert is_version(response) and response.headers["connection"].lower() == "keep-alive"


def test_connection_close(connection):
    response = connection.ask(post("/Version", headers=["Connection: close"]))
    assert is_version(response) and response.headers["connection"].lower() == "close"
    assert connection.is_closed()


@pytest.mark.parametrize("version", ["0.9", "2.0", "3.7"])
def test_other_versions(connection, version):
    response = connection.ask(get("/Version", version=version))
    assert response.status in (400, 505) and "HTTP/1.1" in response.error()
    assert connection.is_closed()


def test_head_of_a_page(shared):
    with Connection(shared.tcp) as connection:
        page = connection.ask(get("/simulator/root-ca.pem"))
        assert page.status == 200 and page.body.startswith(b"-----BEGIN CERTIFICATE-----")
        head = connection.ask(get("/simulator/root-ca.pem", verb="HEAD"), bodiless=True)
        assert head.status == 200
        assert head.headers == page.headers
        assert is_version(connection.ask(get("/Version")))


@pytest.mark.parametrize("path", ["/Version", "/GetKey?path=a", "/GetKey?algorithm=rsa", "/NoSuchMethod"])
def test_head_is_get_without_the_body(connection, path):
    head = connection.ask(get(path, verb="HEAD"), bodiless=True)
    full = connection.ask(get(path))
    assert (head.status, head.headers) == (full.status, full.headers) and full.body


def test_paths_written_in_other_ways(connection):
    for path in ("//Version", "/Versio%6e", "//prpc///Version", "http://simulator//Version"):
        assert is_version(connection.ask(get(path))), path
        assert is_version(connection.ask(post(path))), path
    for path in ("/Version/", "//Version/", "/Version//", "/%2FVersion", "/prpc%2fVersion", "/Version%00"):
        assert connection.ask(get(path)).status == 404, path


@pytest.mark.parametrize("verb", ["PUT", "DELETE", "OPTIONS", "PATCH"])
def test_wrong_verb(connection, verb):
    response = connection.ask(get("/Version", verb=verb))
    assert response.status == 405 and response.error()
    assert response.headers["allow"] == "GET, HEAD, POST"
    assert is_version(connection.ask(get("/Version")))


@pytest.mark.parametrize("path, name", [
    ("/NoSuchMethod", "NoSuchMethod"), ("/v0/Nothing", "Nothing"), ("/prpc/Nothing", "Nothing"),
    ("/prpc/Tappd.Nothing", "Nothing"), ("/prpc/DstackGuest.Nothing", "Nothing"),
])
def test_an_unknown_method(connection, path, name):
    for request in (post(path, "{}"), get(path)):
        response = connection.ask(request)
        assert response.status == 404 and response.error() == f"Service not found: {name}"
    for body, content_type in (b"", None), (b"\x0a\x01a", "application/octet-stream"):
        response = connection.ask(post(path, body, content_type=content_type))
        assert response.status == 404 and response.headers["content-type"] == "application/octet-stream"
        sentence = f"Service not found: {name}".encode()
        assert response.body == bytes([1 << 3 | 2, len(sentence)]) + sentence


@pytest.mark.parametrize("path", ["/v2/Info", "/prpc/v2/Info", "/Info/", "/prpc/", "/api/v0/Info", "/a/b/c", "/index.html/"])
def test_an_unknown_path(connection, path):
    """Clients learn from it that an API is not there, which is not said of a method."""
    for request in (post(path, "{}"), post(path, content_type=None), get(path), get(path, verb="PUT")):
        response = connection.ask(request)
        assert response.status == 404 and response.headers["content-type"] == "text/plain"
        assert b"Service not found" not in response.body and response.body


def test_an_api_of_another_listener_is_not_there(shared):
    absent = {"external.sock": ("/Nothing", "/v0/Nothing", "/api/Nothing"), "guest.sock": ("/Info", "/Nothing"),
              "dstack.sock": ("/api/Info", "/prpc/v0/Info")}
    for socket_name, paths in absent.items():
        with Connection(shared.socket(socket_name)) as client:
            for path in paths:
                response = client.ask(get(path))
                assert (response.status, response.headers["content-type"]) == (404, "text/plain"), path
    with Connection(shared.socket("external.sock")) as client:
        assert client.ask(get("/prpc/Worker.Nothing")).error() == "Service not found: Nothing"
    with Connection(shared.socket("guest.sock")) as client:
        assert client.ask(get("/api/Nothing")).error() == "Service not found: Nothing"


def test_connect(connection):
    response = connection.ask("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org\r\n\r\n")
    assert response.status in (400, 404, 405) and response.body


def test_an_offer_to_upgrade_is_passed_over(connection):
    headers = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"]
    assert is_version(connection.ask(get("/Version", headers)))
    assert connection.ask(post("/EmitEvent", EVENT, headers)).body == b"null"
    assert is_version(connection.ask(get("/Version")))


def test_expect_continue(connection):
    request = post("/EmitEvent", EVENT, ["Expect: 100-continue"])
    head = len(request) - len(EVENT)
    connection.send(request[:head])
    assert connection.read_interim() == "HTTP/1.1 100 Continue"
    assert connection.ask(request[head:]).body == b"null"
    assert is_version(connection.ask(get("/Version")))


def test_expect_continue_with_the_body_in_the_same_piece(connection):
    connection.send(post("/EmitEvent", EVENT, ["expect: 100-Continue"]))
    assert connection.read_interim() == "HTTP/1.1 100 Continue"
    assert connection.read().body == b"null"


def test_expect_continue_of_an_empty_body(connection):
    """There is no body to wait for, so there is one answer and no interim one."""
    connection.send(post("/Version", "", ["Expect: 100-continue"]))
    start, *lines = connection.read_head()
    if start != "HTTP/1.1 100 Continue":
        assert start == "HTTP/1.1 200 OK" and lines
        return
    assert is_version(connection.read())


def test_expect_continue_of_a_body_that_is_too_large(connection):
    response = connection.ask("POST /Info HTTP/1.1\r\nHost: a\r\nContent-Length: 10485761\r\nExpect: 100-continue\r\n\r\n")
    assert response.status == 413 and "10" in response.error()
    assert connection.is_closed()


def test_other_expectations(connection):
    response = connection.ask(post("/Info", "{}", ["Expect: a-miracle"]))
    assert response.status == 417 and "100-continue" in response.error()
    assert connection.is_closed()


def test_absolute_target(connection):
    assert is_version(connection.ask(get("http://simulator/Version?json")))
    assert is_version(connection.ask(post("http://127.0.0.1:8090/Version", "{}")))
    assert connection.ask(get("http://simulator")).status in (200, 404)


def test_the_first_content_type_counts(connection):
    headers = ["Content-Type: application/octet-stream"]
    assert connection.ask(post("/EmitEvent", EVENT, headers)).body == b"null"


def test_an_encoded_body(connection):
    body = gzip.compress(b'{"report_data":"00"}')
    response = connection.ask(post("/GetQuote", body, ["Content-Encoding: gzip"]))
    assert response.status == 415 and response.headers["accept-encoding"] == "identity"
    assert '"gzip"' in response.error() and "as it is" in response.error()
    assert connection.is_closed()


def test_what_is_not_encoded(connection):
    assert is_version(connection.ask(post("/Version", "{}", ["Content-Encoding: identity"])))
    assert is_version(connection.ask(get("/Version", ["Content-Encoding: gzip"])))


def test_half_close_after_the_request(connection):
    connection.send(post("/Version") * 3)
    connection.half_close()
    for _ in range(3):
        assert is_version(connection.read())
    assert connection.is_closed()


@pytest.mark.parametrize("start", ["", "PO", "POST /Info HTTP/1.1\r\nHost: a\r\nContent-Le",
                                   "POST /Info HTTP/1.1\r\nContent-Length: 5\r\n\r\n{}"])
def test_half_close_within_a_request(connection, start):
    """It may close, or answer 400; but it may not hang."""
    connection.send(start)
    connection.half_close()
    if not connection.is_closed():
        assert connection.read().status == 400
        assert connection.is_closed()


def test_the_javascript_client(connection):
    """Six small pieces, then it waits for the server to close once it has closed its own side."""
    for piece in ("POST /EmitEvent HTTP/1.1\r\n", "Host: localhost\r\n", "Content-Type: application/json\r\n",
                  f"Content-Length: {len(EVENT)}\r\n", "\r\n", EVENT):
        connection.send(piece)
    assert connection.read().body == b"null"
    connection.half_close()
    assert connection.is_closed()


def test_a_length_counted_in_characters(connection):
    """The bytes left over look like a next request: they are refused, and nothing hangs."""
    body = '{"event":"größe","payload":"00"}'
    request = (f"POST /EmitEvent HTTP/1.1\r\nHost: simulator\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
               + body).encode()
    connection.send(request)
    assert connection.read().status == 400
    assert connection.read().status == 400
    assert connection.is_closed()


def test_empty_lines_before_a_request(connection):
    for _ in range(2):
        assert is_version(connection.ask(b"\r\n\r\n" + get("/Version")))


def test_a_vanished_client_harms_nobody(address, connection):
    for _ in range(20):
        with Connection(address) as vanishing:
            vanishing.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            vanishing.send(post("/Info", "{}") * 100)
            vanishing.socket.recv(10)
    assert is_version(connection.ask(get("/Version")))


def test_many_at_once(address):
    connections = [Connection(address) for _ in range(600)]
    try:
        for connection in connections:
            connection.send(post("/Version"))
        assert all(is_version(connection.read()) for connection in connections)
    finally:
        for connection in connections:
            connection.socket.close()
