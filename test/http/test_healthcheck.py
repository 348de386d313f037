"""--healthcheck against servers that answer as told: 0 only for one that is ready."""
import socket
import struct
import threading

import pytest
from test_process import assert_refused, run

READY = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nready\n"


class Fake:
    """Accepts connections, keeps the head of each request, and sends `answer`; None: says nothing."""

    def __init__(self, listener, answer=READY):
        self.listener, self.answer, self.heads, self.open = listener, answer, [], []
        listener.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            self.open.append(client)
            if client.fileno() < 0:
                continue
            self.heads.append(client.recv(65536).decode())
            if self.answer is not None:
                client.sendall(self.answer)
                client.close()

    def close(self):
        if self.listener.fileno() >= 0:
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for client in self.open:
            client.close()


@pytest.fixture
def fake():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = Fake(listener)
    server.port = listener.getsockname()[1]
    yield server
    server.close()


@pytest.fixture
def fake_socket(directory):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{directory}/a.sock")
    server = Fake(listener)
    server.directory = directory
    yield server
    server.close()


def assert_not_ready(result, *words):
    assert result.returncode == 1 and result.stdout == "", result
    (line,) = result.stderr.splitlines()
    assert line.startswith("dstack-simulator: ")
    for word in words:
        assert word in line


@pytest.mark.parametrize("address", ["{}", "127.0.0.1:{}", "localhost:{}", "http://localhost:{}", "http://127.0.0.1:{}/"])
def test_an_address_that_is_ready(fake, address):
    result = run("--healthcheck", address.format(fake.port))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    assert fake.heads[0].startswith("GET /readyz HTTP/1.1\r\n") and "\r\nHost: " in fake.heads[0]


def test_a_socket_that_is_ready(fake_socket):
    directory = fake_socket.directory
    for address in (f"unix:{directory}/a.sock", f"{directory}/a.sock", "./a.sock", "a.sock"):
        assert run("--healthcheck", address, cwd=directory).returncode == 0
        assert run(f"--healthcheck={address}", cwd=directory).returncode == 0
    assert all(head.startswith("GET /readyz ") for head in fake_socket.heads)


def test_the_first_listener_unless_told(fake):
    here = f"127.0.0.1:{fake.port}"
    assert run("--healthcheck", "--listen", here, "--listen", "1").returncode == 0
    assert run("--healthcheck", DSTACK_SIMULATOR_LISTEN=f"0.0.0.0:{fake.port}=kms 1").returncode == 0
    assert_not_ready(run("--healthcheck", "--listen", "127.0.0.1:1", "--listen", here), "127.0.0.1:1", "cannot connect to")


def test_the_path_of_a_url(fake):
    assert run("--healthcheck", f"http://127.0.0.1:{fake.port}/a/readyz?b=c").returncode == 0
    assert fake.heads[0].startswith("GET /a/readyz?b=c HTTP/1.1\r\n")


@pytest.mark.parametrize("answer, words", [
    (b"HTTP/1.1 503 Service Unavailable\r\n\r\nstarting", ["not ready", "/readyz", "503", "200"]),
    (b"HTTP/1.1 404 Not Found\r\n\r\n", ["not ready", "404"]),
    (b"HTTP/1.1 204 No Content\r\n\r\n", ["not ready", "204"]),
    (b"HTTP/1.1 2000 OK\r\n\r\n", ["not an HTTP response"]),
    (b"SSH-2.0-OpenSSH\x1b[31m\x00\xff\r\n", ["not an HTTP response", "SSH-2.0-OpenSSH?[31m??"]),
    (b"x" * 70000, ["not an HTTP response", "xxxx"]),
    (b"HTTP/1.1", ["not an HTTP response"]),
    (b"\n", ["not an HTTP response"]),
    (b"", ["closed without an answer"]),
], ids=range(9))
def test_what_is_not_ready(fake, answer, words):
    fake.answer = answer
    assert_not_ready(run("--healthcheck", str(fake.port)), str(fake.port), *words)


@pytest.mark.parametrize("answer", [None, b"HTTP/1.1 20"], ids=["silent", "hangs"])
def test_who_does_not_answer(fake, answer):
    fake.answer = None
    if answer:
        send = fake.open.append
        fake.open = type("Sending", (list,), {"append": lambda self, client: (client.sendall(answer), send(client))})()
    assert_not_ready(run("--healthcheck", str(fake.port)), "no answer within 3 seconds")


def test_a_connection_that_breaks(fake):
    fake.answer = None
    reset = struct.pack("ii", 1, 0)
    fake.open = type("Resetting", (list,), {"append": lambda self, client: (
        client.recv(65536), client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset), client.close())})()
    assert_not_ready(run("--healthcheck", str(fake.port)), "no answer: Connection reset by peer")


def test_nobody_there(fake, directory):
    fake.close()
    assert_not_ready(run("--healthcheck", str(fake.port)), "cannot connect to", "refused")
    assert_not_ready(run("--healthcheck", f"unix:{directory}/x.sock"), "cannot connect to", f"{directory}/x.sock", "No such file")
    assert_not_ready(run("--healthcheck", "http://host.invalid"), "cannot connect to", "host.invalid")


def test_what_cannot_be_asked():
    assert_refused(run("--healthcheck", "https://localhost:1"), "--healthcheck", "HTTPS", "not supported")
    assert_refused(run("--healthcheck", "nonsense"), "--healthcheck", "nonsense")
    assert_refused(run("--healthcheck", "http://a/ b"), "--healthcheck", "byte 2")


def test_the_program_itself(own):
    own.start("--listen", f"unix:{own.directory}/kms.sock=kms")
    host, port = own.tcp
    for address in (f"{host}:{port}", f"http://{host}:{port}", own.unix, f"unix:{own.directory}/kms.sock"):
        assert run("--healthcheck", address).returncode == 0
    assert run("--healthcheck", f"http://{host}:{port}/Version").returncode == 0
    assert_not_ready(run("--healthcheck", f"http://{host}:{port}/absent"), "404")
    assert own.stop() == 0
    assert_not_ready(run("--healthcheck", f"http://{host}:{port}/Version"), "cannot connect to")
