"""What is in the memory of a process, as a core image of it would have it."""

import contextlib
import re
import time
from pathlib import Path

PIECE = 12  # bytes: where a freed block has lost its first bytes, the rest is still found


def writable(pid):
    """The contents of each area that the process can write to."""
    with open(f"/proc/{pid}/mem", "rb") as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            bounds, rights = line.split()[:2]
            if rights.startswith("rw"):
                start, end = (int(number, 16) for number in bounds.split("-"))
                memory.seek(start)
                with contextlib.suppress(OSError):  # it may be gone by now
                    yield memory.read(end - start)


def pieces(secret):
    return [secret[at:at + PIECE] for at in range(0, len(secret) - PIECE + 1, PIECE)]


def found(pid, secrets):
    """{name: how often a piece of it is there} of the secrets {name: bytes} that are."""
    names = {piece: name for name, secret in secrets.items() for piece in pieces(secret)}
    pattern = re.compile(b"|".join(map(re.escape, names)))
    counts = {}
    for area in writable(pid):
        for match in pattern.finditer(area):
            name = names[match.group()]
            counts[name] = counts.get(name, 0) + 1
    return counts


def left(pid, secrets, seconds=30):
    """The same, once all are gone or that time is over: an answer may be here before its server has wiped it."""
    deadline = time.monotonic() + seconds
    while (counts := found(pid, secrets)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return counts
