"""attest: the versioned attestation in its SCALE form."""

import json

import pytest

from support import error_of, quote_report_data


class Scale:
    """A reader of SCALE-encoded bytes."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, length):
        assert self.at + length <= len(self.data)
        self.at += length
        return self.data[self.at - length:self.at]

    def u32(self):
        return int.from_bytes(self.take(4), "little")

    def compact(self):
        mode = self.data[self.at] & 3
        assert mode < 3, "no value here needs the big mode"
        return int.from_bytes(self.take(1 << mode), "little") >> 2

    def sized(self):
        return self.take(self.compact())

    def text(self):
        return self.sized().decode()

    def many(self, read):
        return [read() for _ in range(self.compact())]


def read_attestation(data):
    scale = Scale(data)
    assert scale.take(2) == b"\0\0"
    names = ("imr", "event_type", "digest", "event", "event_payload")

    def event():
        values = (scale.u32(), scale.u32(), scale.sized().hex(), scale.text(), scale.sized().hex())
        return dict(zip(names, values))

    got = {
        "quote": scale.sized().hex(),
        "event_log": scale.many(event),
        "runtime_events": scale.many(lambda: (scale.text(), scale.sized().hex())),
        "report_data": scale.take(64),
        "config": scale.text(),
    }
    assert scale.at == len(data)
    return got


@pytest.mark.parametrize("data", [b"x", "größer".encode(), bytes(range(64))], ids=len)
def test_attestation_is_the_quote_and_its_log(client, data):
    client.emit_event("attest-ä", b"\0\xff")
    got = read_attestation(client.attest(data).decode_attestation())
    quote = client.get_quote(data)
    assert got["quote"] == quote.quote
    assert got["event_log"] == json.loads(quote.event_log)
    assert got["report_data"] == quote_report_data(quote.decode_quote())
    assert got["config"] == quote.vm_config
    runtime = [(e["event"], e["event_payload"]) for e in got["event_log"] if e["imr"] == 3]
    assert got["runtime_events"] == runtime
    assert runtime[-1] == ("attest-ä", "00ff")


def test_refusals(client):
    for data in (b"", b"\0" * 65):
        with pytest.raises(ValueError):
            client.attest(data)
    assert "Report data is too long" in error_of(client.raw("Attest", {"report_data": "00" * 65}))
