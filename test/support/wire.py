"""Raw HTTP/1.1 over a socket: bytes out, responses in, nothing tidied up."""
import json
import socket
import time

TIMEOUT_S = 60  # of every read; a test that waits this long has failed


class Response:
    def __init__(self, status, reason, headers, body):
        self.status = status
        self.reason = reason
        self.headers = headers  # names in lower case; of repeated names, the last
        self.body = body

    def json(self):
        return json.loads(self.body)

    def error(self):
        """The text of a JSON error; fails unless it is exactly that."""
        assert self.headers["content-type"] == "application/json"
        value = self.json()
        assert list(value) == ["error"]
        return value["error"]


class Connection:
    """One client's socket. `address` is (host, port) or a Unix socket's path."""

    def __init__(self, address):
        family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_STREAM)
        self.socket.settimeout(TIMEOUT_S)
        self.socket.connect(address)
        self.input = b""

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def send_bytewise(self, data):
        if self.socket.family == socket.AF_INET:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in data.encode():
            self.socket.sendall(bytes([byte]))

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)

    def _more(self):
        data = self.socket.recv(65536)
        self.input += data
        return data

    def read_head(self):
        while b"\r\n\r\n" not in self.input:
            assert self._more(), f"closed within a head: {self.input!r}"
        head, self.input = self.input.split(b"\r\n\r\n", 1)
        return head.decode("ascii").split("\r\n")

    def read_interim(self):
        """The status line of an answer that has no headers."""
        (line,) = self.read_head()
        return line

    def read(self, bodiless=False):
        start, *lines = self.read_head()
        version, status, reason = start.split(" ", 2)
        assert version == "HTTP/1.1"
        headers = {}
        for line in lines:
            name, value = line.split(": ", 1)  # some clients accept no other form
            headers[name.lower()] = value
        if bodiless:
            body = b""
        elif headers.get("transfer-encoding") == "chunked":
            body = self._read_chunks()
        else:
            body = self._take(int(headers["content-length"]))
        return Response(int(status), reason, headers, body)

    def _take(self, length):
        while len(self.input) < length:
            assert self._more(), f"closed within a body: {self.input[:1000]!r}"
        body, self.input = self.input[:length], self.input[length:]
        return body

    def _read_chunks(self):
        body = b""
        while True:
            while b"\r\n" not in self.input:
                assert self._more(), "closed between chunks"
            size, self.input = self.input.split(b"\r\n", 1)
            chunk = self._take(int(size, 16) + 2)
            assert chunk.endswith(b"\r\n")
            if int(size, 16) == 0:
                return body
            body += chunk[:-2]

    def ask(self, data, bodiless=False):
        self.send(data)
        return self.read(bodiless)

    def is_closed(self):
        """Waits for the server to close; false when it sends more instead."""
        return not self.input and not self._more()


def post(path, body="", headers=(), version="1.1", content_type="application/json"):
    body = body.encode() if isinstance(body, str) else body
    lines = [f"POST {path} HTTP/{version}", "Host: simulator", f"Content-Length: {len(body)}"]
    lines += [f"Content-Type: {content_type}"] if content_type else []
    return "\r\n".join([*lines, *headers, "", ""]).encode() + body


def get(path, headers=(), version="1.1", verb="GET"):
    return "\r\n".join([f"{verb} {path} HTTP/{version}", "Host: simulator", *headers, "", ""]).encode()


def chunked(path, *chunks, trailers=""):
    head = f"POST {path} HTTP/1.1\r\nHost: simulator\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + "".join(f"{size}\r\n{text}\r\n" for size, text in chunks) + "0\r\n" + trailers + "\r\n"


def wait_until(condition, what):
    end = time.monotonic() + TIMEOUT_S
    while not condition():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.02)
