"""A running simulator, and a client for it."""
import json
import os
import pathlib
import re
import socket
import subprocess
import tempfile
import time

from .loads import JSON, LOADS, Load, request_of

ANSWER_SECONDS = 30  # ends a run that hangs


class Failure(Exception):
    """What went wrong, in a sentence for the user."""


def cpu_ms(pid):
    """The time that a process has been running on a processor."""
    return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e6


class Client:
    """One keep-alive connection; each request waits for the answer to the one before."""

    def __init__(self, address):
        self.socket = socket.socket(socket.AF_UNIX if isinstance(address, str) else socket.AF_INET)
        self.socket.settimeout(ANSWER_SECONDS)
        self.socket.connect(address)
        if not isinstance(address, str):
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.socket.close()

    def ask(self, request):
        """Returns status and body."""
        self.socket.sendall(request)
        data = b""
        while (end := data.find(b"\r\n\r\n")) < 0:
            data += self._more()
        length = int(re.search(rb"(?i)\r\ncontent-length: (\d+)", data[:end])[1])
        while len(data) < end + 4 + length:
            data += self._more()
        return int(data[9:12]), data[end + 4:]

    def _more(self):
        data = self.socket.recv(1 << 20)
        if not data:
            raise Failure("the program closed the connection in the middle of an answer")
        return data


class Program:
    """The program on a free port, with a directory of its own; stopped at the end of the block."""

    def __init__(self, path, *, under=(), arguments=(), variables=(), listen="127.0.0.1:0"):
        """under: the command that runs it, if not the system. arguments, variables: further ones of the program."""
        self.path, self.under, self.arguments, self.listen = path, under, arguments, listen
        self.variables = dict(variables)

    def __enter__(self):
        self.directory = tempfile.TemporaryDirectory(prefix="bench-", dir="/tmp")
        # The ready file is our pipe, so that there is no need to poll for it.
        command = [*self.under, self.path, *self.arguments, "--listen", self.listen, "--socket-dir",
                   self.directory.name, "--log-level", "off", "--ready-file", "/proc/self/fd/1"]
        mine = {k: v for k, v in os.environ.items() if not k.startswith("DSTACK_")}
        started = time.perf_counter()
        self.process = subprocess.Popen(command, env={**mine, **self.variables}, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        line = self.process.stdout.readline()
        self.ready_ms = (time.perf_counter() - started) * 1e3
        if not line:
            errors = self.process.communicate()[1].decode(errors="replace").strip()
            self.directory.cleanup()
            raise Failure(f"{self.path} does not start: {errors}")
        self.url = next(e["url"] for e in json.loads(line)["endpoints"] if "url" in e)
        host, port = self.url.removeprefix("http://").split(":")
        self.tcp, self.unix = (host, int(port)), f"{self.directory.name}/dstack.sock"
        with Client(self.tcp) as client:
            client.ask(request_of(LOADS["Version"], None))
        self.first_answer_ms = (time.perf_counter() - started) * 1e3
        return self

    def __exit__(self, *exception):
        self.process.terminate()
        try:
            self.process.communicate(timeout=ANSWER_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
        self.directory.cleanup()

    def ask(self, path, body, content_type=JSON):
        with Client(self.tcp) as client:
            status, answer = client.ask(request_of(Load(path, type=content_type), body))
        if status != 200:
            raise Failure(f"{path} answers {status}: {answer[:200].decode(errors='replace')}")
        return answer

    def cpu_ms(self):
        return cpu_ms(self.process.pid)

    def resident_kib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1])
