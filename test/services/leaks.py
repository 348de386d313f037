"""Finding what a log should not have."""

import base64
import json
import urllib.parse

WINDOW = 10  # this many consecutive characters of a secret are a leak


def texts_of(value):
    """Every form in which a log could show the values in it."""
    if isinstance(value, dict):
        for one in value.values():
            yield from texts_of(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_of(one)
    elif isinstance(value, bytes):
        yield from (value.hex(), value.decode("latin-1"), base64.b64encode(value).decode())
    elif isinstance(value, str):
        yield from (value, urllib.parse.quote(value, safe=""), json.dumps(value))


def leaks(log, secrets):
    """Every part of the log that is part of a secret."""
    together = "\n".join(secrets)
    return [log[at:at + WINDOW] for at in range(len(log) - WINDOW + 1)
            if "\n" not in log[at:at + WINDOW] and log[at:at + WINDOW] in together]
