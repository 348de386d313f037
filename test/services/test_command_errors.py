"""What deploy, ps, logs and rm say when there is no simulator, or what answers is something else."""

import contextlib
import hashlib
import json
import socket
import subprocess
import threading

import pytest

from messages import Caller
from simulator import PROGRAM, Simulator
from vms import SMALL, deploy

SECONDS = 60


@contextlib.contextmanager
def answering(directory, answers):
    """A socket where each of these answers is given once; None closes it with the request unread."""
    directory.mkdir()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{directory}/vmm.sock")
    listener.listen()

    def serve():
        for answer in answers:
            client, _ = listener.accept()
            with client:
                if answer is None:
                    client.recv(1)
                    continue
                request = b""
                while b"\r\n\r\n" not in request:
                    request += client.recv(65536)
                client.sendall(answer)

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    try:
        yield directory
    finally:
        server.join(SECONDS)
        listener.close()


def reply(value, status="200 OK"):
    return f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n\r\n{json.dumps(value)}".encode()


def run(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True, timeout=SECONDS, check=False)
    return done.returncode, done.stderr


def refused(sentence, *arguments):
    code, said = run(*arguments)
    assert code != 0 and sentence in said, (code, said)


def test_there_is_no_such_directory(tmp_path):
    refused(f"--socket-dir {tmp_path}/none does not exist", "ps", "--socket-dir", tmp_path / "none")


def test_there_are_no_sockets():
    refused("this needs the socket vmm.sock of a running simulator: give --socket-dir", "ps", "--socket-dir", "none")


def test_there_is_no_simulator(tmp_path):
    refused(f"cannot connect to {tmp_path}/vmm.sock: No such file or directory", "ps", "--socket-dir", tmp_path)


@pytest.mark.parametrize("answer, sentence", [
    (None, "the simulator does not answer: Connection reset by peer"),
    (b"", "what answers there is not a simulator"),
    (b"220 mail.example ESMTP\r\n\r\n", "what answers there is not a simulator"),
    (b"HTTP/1.\r\n\r\n200 []", "what answers there is not a simulator"),
    (b"HTTP/1.1 99999999999999999999 OK\r\n\r\n[]", "what answers there is not a simulator"),
    (reply({}, "401 Unauthorized"), "the simulator asks for a token: give the --vmm-token"),
    (b"HTTP/1.1 500 Internal Server Error\r\n\r\nout of order", "the answer is not JSON"),
], ids=["nothing", "no bytes", "another protocol", "status in the body", "no status", "token", "another server"])
def test_something_else_answers(directory, request, answer, sentence):
    with answering(directory / hashlib.sha256(request.node.name.encode()).hexdigest()[:6], [answer]) as place:
        refused(sentence, "ps", "--socket-dir", place)


def test_a_vm_that_does_not_boot(directory, tmp_path):
    compose = tmp_path / "app-compose.json"
    compose.write_text(SMALL["compose_file"])
    answers = [reply({"images": [{"name": "dstack-0.5.11"}]}), reply({"id": "some"}),
               reply({"info": {"boot_progress": "starting", "boot_error": "no memory"}})]
    with answering(directory / "b", answers) as place:
        refused("some does not boot: no memory", "deploy", compose, "--socket-dir", place)


def test_a_name_means_one_vm(directory):
    with Simulator(directory / "two") as simulator:
        caller = Caller(simulator.url)
        for _ in range(2):
            deploy(caller, name="twin")
        refused("twin means 2 VMs; give the whole id", "rm", "twin", "--socket-dir", simulator.sockets)
        refused("there is no VM other; ps lists those there are", "rm", "other", "--socket-dir", simulator.sockets)
