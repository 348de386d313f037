"""The SCALE form of an attestation, that of Attest and of certificates, read as it is described."""

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
    """{"quote", "event_log", "runtime_events", "report_data", "config"}, with bytes as bytes."""
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
