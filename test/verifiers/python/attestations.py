"""A reader of the other form of an attestation, the MessagePack form of GetQuote, written from
its description. It gives what scale.read_scale does, with every type checked."""

import msgpack


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
        newer = {"version": int, "preimage": str} if "version" in event else {}
        fields(event, imr=int, event_type=int, digest=bytes, event=str, event_payload=bytes, **newer)
    for event in runtime_events:
        newer = {"version": int} if "version" in event else {}
        fields(event, event=str, payload=bytes, **newer)
    return {
        "quote": numbers_to_bytes(quote), "event_log": event_log, "runtime_events": runtime_events,
        "report_data": numbers_to_bytes(report_data), "config": config,
    }
