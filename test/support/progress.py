"""What is being installed for the tests, and how large it came to be: said to the person who waits. A
suite's own output goes to its log, so test/run passes on the descriptor of its output."""

import contextlib
import os
import time
from pathlib import Path

DESCRIPTOR = "TEST_RUN_OUTPUT"


def say(text):
    line = f"  packages  {text}"
    print(line, flush=True)
    if DESCRIPTOR in os.environ:
        os.write(int(os.environ[DESCRIPTOR]), f"{line}\n".encode())


def megabytes(directory):
    sizes = (os.lstat(Path(place, name)).st_size for place, _, names in os.walk(directory) for name in names)
    return round(sum(sizes) / 1e6)


@contextlib.contextmanager
def installing(what, directory):
    """Says that something is installed in a directory, and how large it is there afterwards."""
    say(f"installing {what}")
    started = time.monotonic()
    yield
    say(f"installed in {time.monotonic() - started:.0f} s, {megabytes(directory)} MB on disk")
