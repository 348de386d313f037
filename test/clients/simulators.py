"""The simulators that a language's tests talk to."""

import json
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

from simulator import VECTORS, Simulator

# Addresses that people give, what is wrong with them, and what each SDK says.
ENDPOINTS = Path(__file__).resolve().parent / "endpoints.json"

# An app as the SDKs' own hash functions serialise it: sorted keys, no spaces.
COMPOSE = {
    "docker_compose_file": "services:\n  web:\n    image: nginx\n",
    "features": ["kms"],
    "kms_enabled": True,
    "manifest_version": 2,
    "name": "Grüße aus 世界 🚀 \u2028 \"\\",
    "public_logs": True,
    "public_sysinfo": True,
    "public_tcbinfo": True,
    "runner": "docker-compose",
}


def settings_of(simulators, compose):
    """What tells the tests where they are; simulators is by prefix."""
    settings = {"VECTORS": VECTORS, "COMPOSE": compose, "ENDPOINTS": ENDPOINTS}
    for prefix, simulator in simulators.items():
        settings[prefix + "URL"] = simulator.url
        settings[prefix + "SOCKET"] = simulator.unix
        settings[prefix + "TAPPD_SOCKET"] = simulator.socket("tappd.sock")
    return {f"CLIENT_TEST_{name}": str(value) for name, value in settings.items()}


@contextmanager
def simulators():
    """Starts two of them, gives their settings, and stops them: one with the known app keys, one
    with keys of its own seed and an app whose name is far from ASCII."""
    directory = Path(tempfile.mkdtemp(prefix="clients-"))
    compose = directory / "app-compose.json"
    text = json.dumps(COMPOSE, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    compose.write_bytes(text.encode())
    try:
        with ExitStack() as started:
            known = started.enter_context(Simulator(directory / "known", "-k", VECTORS / "appkeys.json"))
            named = started.enter_context(Simulator(directory / "named", "-a", compose))
            yield settings_of({"": known, "NAMED_": named}, compose)
    finally:
        shutil.rmtree(directory)
