"""How long the turns of the loop are while many clients read slowly: what all others wait for.

turns.c is preloaded into the program and counts processor time, which a busy machine changes little.
"""
import mmap
import pathlib
import socket
import statistics
import struct
import tempfile

from .loads import EVENTS_MAX, LOADS, request_of
from .program import ANSWER_SECONDS, Client, Program

READERS = 100
ROUNDS = 3
READ_BYTES = 32768
LOG_BYTES = 16 * 1024 * 1024
FIGURES = struct.Struct("<QQ")  # as in turns.c


class Turns:
    """The figures of a program that runs with `variables`."""

    def __init__(self, library):
        self.file = tempfile.NamedTemporaryFile(prefix="turns-")
        self.file.write(bytes(FIGURES.size))
        self.file.flush()
        self.figures = mmap.mmap(self.file.fileno(), FIGURES.size)
        self.variables = {"LD_PRELOAD": str(pathlib.Path(library).resolve()), "TURNS_FILE": self.file.name}

    def begin(self):
        self.figures[:] = bytes(FIGURES.size)

    def longest_ms(self):
        return FIGURES.unpack(self.figures[:])[0] / 1e6

    def median_ms(self, program, act):
        """The median of some measurements: a turn that the machine itself interrupts is not the program's."""
        found = []
        program.ask("/Version", None)  # once it is answered, the turns before have ended, and are counted
        for _ in range(ROUNDS):
            self.begin()
            act()
            program.ask("/Version", None)
            found.append(self.longest_ms())
        return statistics.median(found)


def read_slowly(address, request):
    """Many clients that ask for the same, and read as much as is sent in some rounds, a little at a time."""
    sockets = [socket.create_connection(address) for _ in range(READERS)]
    for each in sockets:
        each.settimeout(ANSWER_SECONDS)
        each.sendall(request.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
    for _ in range(20):
        for each in sockets:
            each.recv(READ_BYTES)
    for each in sockets:
        each.close()


def longest_for(page, program, turns):
    request = request_of(LOADS["Info"]._replace(path=page), b"{}" if page == "/Info" else None)
    return turns.median_ms(program, lambda: read_slowly(program.tcp, request))


def longest(path, library):
    """The longest turn in ms while each page has its readers, and which page that was."""
    turns, found = Turns(library), []
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        lines = b"".join(b"%015d\n" % number for number in range(LOG_BYTES // 16))
        pathlib.Path(directory, "lines.log").write_bytes(lines)
        pathlib.Path(directory, "line.log").write_bytes(b"x" * LOG_BYTES)
        with Program(path, arguments=("--logs-dir", directory), variables=turns.variables) as program:
            with Client(program.tcp) as client:
                for _ in range(EVENTS_MAX):
                    client.ask(request_of(LOADS["one-client-EmitEvent"], LOADS["one-client-EmitEvent"].body))
                client.ask(request_of(LOADS["Info"], b"{}"))
            for page in ("/openapi.json", "/logs/lines?tail=all", "/logs/lines?tail=all&text=true", "/logs/line",
                         "/logs/line?text=true", "/Info"):
                found.append((longest_for(page, program, turns), page))
    return max(found)
