"""emit_event and Info: what an app records shows everywhere."""

import hashlib
import json
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from dstack_sdk import get_compose_hash

from support import (RUNTIME_EVENT, assert_replays, error_of, quote_mrtd, quote_owner, quote_rtmrs, runtime_digest,
                     setting, vectors)

EVENTS = [("plain", b"payload"), ("ereignis-ä-事件-🚀", "größe".encode()), ("no payload", b""),
          ("bytes", bytes(range(256))), ('quote " and \\', b"\n"), ("control \x01 \u2028", b"\0")]


@pytest.mark.parametrize("name, payload", EVENTS, ids=range(len(EVENTS)))
def test_event_shows_in_the_next_quote(client, name, payload):
    before = client.get_quote(b"before").decode_event_log()
    assert client.emit_event(name, payload) is None
    after = client.get_quote(b"after")
    assert_replays(after)
    log = after.decode_event_log()
    assert log[:-1] == before
    assert log[-1].model_dump() == {
        "imr": 3,
        "event_type": RUNTIME_EVENT,
        "digest": runtime_digest(name, payload),
        "event": name,
        "event_payload": payload.hex(),
    }


def test_event_changes_rtmr3_alone(client):
    before = client.get_quote(b"x").replay_rtmrs()
    client.emit_event("rtmr3", b"")
    after = client.get_quote(b"x").replay_rtmrs()
    assert [i for i in range(4) if before[i] != after[i]] == [3]


def test_event_cannot_pose_as_the_boot(client):
    info = client.info()
    for name in ("app-id", "compose-hash", "instance-id", "key-provider", "system-ready"):
        client.emit_event(name, b"\0" * 32)
    again = client.info()
    for field in ("app_id", "compose_hash", "instance_id", "key_provider_info", "os_image_hash"):
        assert getattr(again, field) == getattr(info, field)


def test_event_without_a_name(client):
    with pytest.raises(ValueError):
        client.emit_event("", b"")
    before = client.get_quote(b"x")
    for body in ({}, {"event": ""}, {"event": "", "payload": "00"}, {"event": "x", "payload": "0"}):
        assert error_of(client.raw("EmitEvent", body))
    assert client.get_quote(b"x") == before


def test_info_agrees_with_the_quote(client):
    info, quote = client.info(), client.get_quote(b"info")
    tcb, bytes_ = info.tcb_info, quote.decode_quote()
    assert {i: getattr(tcb, f"rtmr{i}") for i in range(4)} == quote_rtmrs(bytes_)
    assert tcb.mrtd == quote_mrtd(bytes_)
    assert tcb.event_log == quote.decode_event_log()
    assert info.vm_config == quote.vm_config
    registers = bytes.fromhex(tcb.mrtd + tcb.rtmr0 + tcb.rtmr1 + tcb.rtmr2 + tcb.rtmr3) + quote_owner(bytes_)
    assert info.mr_aggregated == tcb.mr_aggregated == hashlib.sha256(registers).hexdigest()


def test_info_agrees_with_itself(client):
    info = client.info()
    tcb = info.tcb_info
    assert info.compose_hash == tcb.compose_hash == hashlib.sha256(tcb.app_compose.encode()).hexdigest()
    assert info.app_id == info.compose_hash[:40]
    assert info.os_image_hash == tcb.os_image_hash and len(info.os_image_hash) == 64
    assert info.device_id == tcb.device_id and len(info.device_id) == 64
    assert len(info.instance_id) == 40
    assert info.app_name == json.loads(tcb.app_compose)["name"]


def test_boot_events_say_what_info_says(client):
    info = client.info()
    boot = {}
    for event in info.tcb_info.event_log:
        if event.imr == 3:
            boot.setdefault(event.event, event.event_payload)
    names = list(boot)
    assert names[:9] == ["system-preparing", "app-id", "compose-hash", "instance-id", "boot-mr-done",
                         "os-image-hash", "key-provider", "storage-fs", "system-ready"]
    assert boot["app-id"] == info.app_id
    assert boot["compose-hash"] == info.compose_hash
    assert boot["instance-id"] == info.instance_id
    assert boot["os-image-hash"] == info.os_image_hash
    assert bytes.fromhex(boot["key-provider"]).decode() == info.key_provider_info


def test_app_cert_and_key_provider(client):
    info = client.info()
    leaf, ca = x509.load_pem_x509_certificates(info.app_cert.encode())
    assert ca == x509.load_pem_x509_certificate(vectors("appkeys.json")["ca_cert"].encode())
    leaf.verify_directly_issued_by(ca)
    key = ca.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert json.loads(info.key_provider_info) == {"name": "kms", "id": key.hex()}


def test_an_app_of_any_name(named):
    text = Path(setting("COMPOSE")).read_text(encoding="utf-8")
    info = named.info()
    assert info.app_name == json.loads(text)["name"]
    assert info.tcb_info.app_compose == text
    assert info.compose_hash == get_compose_hash(json.loads(text))
    assert info.app_id == info.compose_hash[:40]
