"""What a simulator has given up once it has started: system calls that a server does not need."""
import pathlib

import pytest


def restrictions(process):
    """The members of its status that count filters of system calls and forbid more rights."""
    lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    status = dict(line.split(":\t") for line in lines if ":\t" in line)
    if "Seccomp_filters" not in status:
        pytest.skip("this kernel does not count the filters of a process")
    return int(status["Seccomp_filters"]), int(status["NoNewPrivs"])


def test_a_server_gives_up_system_calls(own):
    own.start()
    filters, _ = restrictions("self")
    assert restrictions(own.process.pid) == (filters + 1, 1)
