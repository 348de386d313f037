"""An app's identity is the hash of its file's exact bytes, and Info shows these bytes;
a docker-compose file is wrapped as the SDKs describe and hash the same app."""

import hashlib
import json
import subprocess

import pytest
from dstack_sdk import DstackClient, get_compose_hash

from simulator import Simulator
from support import event_payload

NAMES = ["app", "Grüße aus 世界 🚀", "a \"quoted\" \\ name\t\u2028\u007f"]
CONTENTS = {
    "plain": "services:\n  web:\n    image: nginx\n",
    "no newline at its end": "services: {}",
    "CRLF": "services:\r\n  web:\r\n    image: nginx\r\n",
    "far from ASCII": "# 世界 🚀 ö \u00a0\t\nservices: {\"a\": {image: 'b\\n\u2028\u2029'}}\n",
    "HTML": "# <script>alert('&amp;')</script> /\nservices: {}\n",
}
ANY_TEXT = "# 世界 🚀 ö \u2028\u2029\u0080\n\tservices: {\"a\": 'b\\n'}\u007f\x01\n"
DESCRIPTION = {"manifest_version": 2, "name": "Grüße 🚀", "runner": "docker-compose", "kms_enabled": True,
               "docker_compose_file": ANY_TEXT, "public_tcbinfo": True}


def pretty(**options):
    return json.dumps(DESCRIPTION, indent=2, **options)


# The same app in other bytes, each with a hash of its own.
SPELLINGS = {
    "compact": json.dumps(DESCRIPTION, separators=(",", ":"), ensure_ascii=False),
    "pretty": pretty(ensure_ascii=False),
    "escaped": pretty(),
    "sorted": pretty(sort_keys=True),
    "newline at its end": pretty() + "\n",
    "many newlines": "\n\n" + pretty() + "\n\n\n",
    "CRLF": pretty().replace("\n", "\r\n") + "\r\n",
    "tabs": json.dumps(DESCRIPTION, indent="\t"),
    "escaped letter": pretty().replace("docker-compose\"", "docker-\\u0063ompose\""),
}


@pytest.fixture
def write(tmp_path):
    def to_file(data):
        path = tmp_path / "app"
        path.write_bytes(data)
        return path
    return to_file


def check_identity(simulated, compose):
    """Everything that shows the app shows just these bytes."""
    digest = hashlib.sha256(compose).hexdigest()
    client = DstackClient(simulated.url)
    info, log = client.info(), simulated.quote()["event_log"]
    assert (info.compose_hash, info.app_id) == (digest, digest[:40])
    assert info.tcb_info.compose_hash == digest
    assert info.tcb_info.app_compose.encode() == compose
    assert event_payload(log, "compose-hash") == digest and event_payload(log, "app-id") == digest[:40]
    return info


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_app_compose_is_hashed_byte_by_byte(start, write, spelling):
    compose = SPELLINGS[spelling].encode()
    info = check_identity(start("--app-compose", write(compose)), compose)
    assert info.app_name == DESCRIPTION["name"]
    assert json.loads(info.tcb_info.app_compose) == DESCRIPTION


def test_every_spelling_is_another_app():
    assert len(set(SPELLINGS.values())) == len(SPELLINGS)


def described(name, content):
    """The app that --docker-compose and --name describe, as it is given to an SDK."""
    return {
        "allowed_envs": [], "docker_compose_file": content, "gateway_enabled": False, "key_provider_id": "",
        "kms_enabled": True, "local_key_provider_enabled": False, "manifest_version": 2, "name": name,
        "no_instance_id": False, "public_logs": True, "public_sysinfo": True, "public_tcbinfo": True,
        "runner": "docker-compose", "secure_time": False,
    }


@pytest.mark.parametrize("content", CONTENTS)
@pytest.mark.parametrize("name", NAMES, ids=["ascii", "far", "quoted"])
def test_docker_compose_is_wrapped_as_the_sdk_hashes_it(start, write, name, content):
    simulated = start("--docker-compose", write(CONTENTS[content].encode()), "--name", name)
    app = described(name, CONTENTS[content])
    compose = json.dumps(app, separators=(",", ":"), ensure_ascii=False).encode()
    info = check_identity(simulated, compose)
    assert info.compose_hash == get_compose_hash(app)
    assert info.app_name == name
    assert json.loads(info.tcb_info.app_compose)["docker_compose_file"] == CONTENTS[content]


def test_docker_compose_has_a_name_without_being_told(start, write):
    info = start("--docker-compose", write(b"services: {}\n")).call("DstackGuest.Info")
    assert info["compose_hash"] == get_compose_hash(described("app", "services: {}\n"))


def test_responses_are_ascii_whatever_the_app(start, write):
    simulated = start("--app-compose", write(SPELLINGS["pretty"].encode()))
    for method in ("DstackGuest.Info", "Tappd.Info", "Worker.Info", "GuestApi.Info"):
        assert simulated.get(f"/prpc/{method}").isascii()


@pytest.mark.parametrize("compose", [
    b"\xef\xbb\xbf{}", b"", b"[]", b"{", b"{}{}", b'{"name":1}', b'{"name":"\xff"}', b'{"name":"\xed\xa0\x80"}',
    b'{"name":"\\ud800"}', SPELLINGS["pretty"].encode("utf-16"), b"services: {}\n", b'{"name":"a"}\0',
], ids=["BOM", "empty", "array", "cut", "two", "name is a number", "not UTF-8", "surrogate", "escaped surrogate",
        "UTF-16", "YAML", "NUL"])
def test_what_is_no_app_compose_is_refused_in_a_sentence(directory, write, compose):
    path = write(compose)
    simulator = Simulator(directory / path.parent.name, "--app-compose", path)
    done = simulator.run_to_its_end()
    assert done.returncode == 2, done.stderr
    assert str(path) in done.stderr and done.stderr.count("\n") == 1 and not done.stdout
