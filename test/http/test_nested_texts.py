"""Texts in texts: each is parsed by a parser of its own, and none of them may take the machine's memory."""
import json

import pytest
from wire import Connection, post

MANY = 3_000_000
EMPTY = "[" + ",".join(["{}"] * MANY) + "]"


def peak_kib(process):
    with open(f"/proc/{process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM:"))


def quoted(own):
    with Connection(own.tcp) as client:
        quote = client.ask(post("/GetQuote", '{"report_data":"00"}')).json()
    return {name: quote[name] for name in ("quote", "event_log", "vm_config")}


@pytest.mark.parametrize("member", ["event_log", "vm_config"])
def test_a_log_of_millions_of_empty_events(own, member):
    own.start("--log-level", "warn")
    request = {**quoted(own), member: EMPTY}
    before = peak_kib(own.process)
    with Connection(own.tcp) as client:
        response = client.ask(post("/verify", json.dumps(request)))
        assert response.status in (200, 400) and b"more than 65536 values" in response.body
    assert peak_kib(own.process) - before < 120 * 1024  # the body, its copies, and little else

