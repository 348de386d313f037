"""Readers of the two forms of an attestation, written from their description: the
SCALE form of Attest and of certificates, the MessagePack form of GetQuote.

Both give {"quote", "event_log", "runtime_events", "report_data", "config"}, with
bytes as bytes and every type checked."""

import msgpack

EVENT_KEYS = ["imr", "event_type", "digest", "event", "event_payload"]


class Scale:
    """A reader of SCALE-encoded bytes that takes only the shortest form of a number."""

    def __init__(self, data):
        self.data = data
        self.at = 0

    def take(self, length):
        assert self.at + length <= len(self.data), f"{length} bytes are missing at {self.at}"
        self.at += length
        return self.data[self.at - length:self.at]

    def u32(self):
        return int.from_bytes(self.take(4), "little")

    def compact(self):
        mode = self.data[self.at] & 3
        assert mode < 3, "no length here needs the big mode"
        value = int.from_bytes(self.take(1 << mode), "little") >> 2
        assert mode == 0 or value >= (1 << 6 if mode == 1 else 1 << 14), "a shorter form says the same"
        return value

    def sized(self):
        return self.take(self.compact())

    def text(self):
        return self.sized().decode()

    def many(self, read):
        return [read() for _ in range(self.compact())]


def read_scale(data):
    scale = Scale(data)
    assert scale.take(2) == b"\0\0", "version 0 of a TDX attestation"

    def event():
        return dict(zip(EVENT_KEYS, (scale.u32(), scale.u32(), scale.sized(), scale.text(), scale.sized())))

    found = {
        "quote": scale.sized(),
        "event_log": scale.many(event),
        "runtime_events": scale.many(lambda: {"event": scale.text(), "payload": scale.sized()}),
        "report_data": scale.take(64),
        "config": scale.text(),
    }
    assert scale.at == len(data), "bytes are left over"
    return found


def fields(found, **types):
    """The values of a map that has just these keys, in this order, of these types."""
    assert list(found) == list(types)
    for key, kind in types.items():
        assert type(found[key]) is kind, f"{key} is {type(found[key]).__name__}, not {kind.__name__}"
    return found.values()


def numbers_to_bytes(numbers):
    assert all(type(number) is int for number in numbers)
    return bytes(numbers)


def read_msgpack(data):
    version, platform, stack = fields(msgpack.unpackb(data), version=int, platform=dict, stack=dict)
    platform_kind, platform_data = fields(platform, kind=str, data=dict)
    stack_kind, stack_data = fields(stack, kind=str, data=dict)
    assert (version, platform_kind, stack_kind) == (1, "tdx", "dstack")
    quote, event_log = fields(platform_data, quote=list, event_log=list)
    in_stack = fields(stack_data, report_data=list, runtime_events=list, config=str)
    report_data, runtime_events, config = in_stack
    for event in event_log:
        fields(event, imr=int, event_type=int, digest=bytes, event=str, event_payload=bytes)
    for event in runtime_events:
        fields(event, event=str, payload=bytes)
    return {
        "quote": numbers_to_bytes(quote), "event_log": event_log, "runtime_events": runtime_events,
        "report_data": numbers_to_bytes(report_data), "config": config,
    }
