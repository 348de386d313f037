"""attest: the versioned attestation in its SCALE form."""

import json

import pytest

from scale import read_scale
from support import error_of, quote_report_data


def in_hex(event):
    return {key: value.hex() if isinstance(value, bytes) else value for key, value in event.items()}


@pytest.mark.parametrize("data", [b"x", "größer".encode(), bytes(range(64))], ids=len)
def test_attestation_is_the_quote_and_its_log(client, data):
    client.emit_event("attest-ä", b"\0\xff")
    got = read_scale(client.attest(data).decode_attestation())
    quote = client.get_quote(data)
    assert got["quote"] == quote.decode_quote()
    assert [in_hex(event) for event in got["event_log"]] == json.loads(quote.event_log)
    assert got["report_data"] == quote_report_data(quote.decode_quote())
    assert got["config"] == quote.vm_config
    runtime = [{"event": e["event"], "payload": e["event_payload"]} for e in got["event_log"] if e["imr"] == 3]
    assert got["runtime_events"] == runtime
    assert runtime[-1] == {"event": "attest-ä", "payload": b"\0\xff"}


def test_refusals(client):
    for data in (b"", b"\0" * 65):
        with pytest.raises(ValueError):
            client.attest(data)
    assert "Report data is too long" in error_of(client.raw("Attest", {"report_data": "00" * 65}))
