"""A KMS that asks another program who gets keys."""

import http.server
import json
import socket
import threading
import time
import urllib.error
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

import kms_client
from kms_client import HANG_SECONDS, Kms, Refused, csr, join, sign_cert
from kms_fixtures import launch  # noqa: F401
from kms_tds import KMS_COMPOSE, await_boot, create, vm_call
from simulator import Simulator
from support import Simulated
from vms import SMALL


class Webhook(http.server.ThreadingHTTPServer):
    """An authorization of the test's own: answers what it is told, and keeps what it was asked."""

    def __init__(self):
        self.asked, self.answers, self.status, self.seconds = [], {}, 200, threading.Event()
        super().__init__(("127.0.0.1", 0), WebhookHandler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/auth"


class WebhookHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.do_POST()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, json.loads(body) if body else None))
        if self.server.answers.get("wait"):
            self.server.seconds.wait(HANG_SECONDS)
        answer = self.server.answers.get(self.path, {"isAllowed": True, "gatewayAppId": "gw", "reason": ""})
        answer = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


@pytest.fixture
def webhook():
    server = Webhook()
    yield server
    server.seconds.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def asking(launch, webhook, tmp_path):
    """A simulator that asks the webhook, and an attested client."""
    simulated, url = launch("--kms-auth-url", webhook.url)
    return simulated, join(url, tmp_path, simulated)


def test_a_webhook_is_asked_about_the_kms_and_the_caller(asking, webhook):
    simulated, client = asking
    webhook.asked.clear()
    assert client.call("GetAppKey", api_version=1)["gateway_app_id"] == "gw"
    (_, first, kms_boot), (_, second, app_boot) = webhook.asked
    assert (first, second) == ("/auth/bootAuth/kms", "/auth/bootAuth/app")
    info = simulated.call("DstackGuest.Info")
    assert app_boot["teeVariant"] == "dstack-tdx" and app_boot["tcbStatus"] == "UpToDate"
    assert app_boot["advisoryIds"] == []
    for wire, name in (("appId", "app_id"), ("composeHash", "compose_hash"), ("instanceId", "instance_id"),
                       ("deviceId", "device_id"), ("osImageHash", "os_image_hash"),
                       ("mrAggregated", "mr_aggregated")):
        assert app_boot[wire] == info[name]
    assert app_boot["keyProviderInfo"] == info["key_provider_info"].encode().hex()
    assert kms_boot["appId"] != app_boot["appId"]
    key = ec.generate_private_key(ec.SECP256R1())
    webhook.asked.clear()
    assert len(sign_cert(client, key, csr(key, kms_client.attest(simulated, key)))) == 3
    signed = webhook.asked[1][2]
    assert signed["keyProviderInfo"] == "" and signed["mrAggregated"] != info["mr_aggregated"]


def test_its_refusal_is_told(asking, webhook):
    _, client = asking
    webhook.answers["/auth/bootAuth/app"] = {"isAllowed": False, "gatewayAppId": "", "reason": "not today"}
    with pytest.raises(Refused, match="^App not allowed: Boot denied: not today$"):
        client.call("GetAppKey", api_version=1)
    assert client.call("GetKmsKey")["keys"]
    webhook.answers["/auth/bootAuth/kms"] = webhook.answers["/auth/bootAuth/app"]
    with pytest.raises(Refused, match="^KMS self authorization failed: KMS is not allowed: not today$"):
        client.call("GetTempCaCert")


@pytest.mark.parametrize("status, answer, reason", [
    (500, b"broken", "bootAuth/kms returned 500: broken$"),
    (200, b"no json", "failed to decode response from http://"),
    (200, {"isAllowed": True}, "reason"),
    (200, {"isAllowed": 1, "reason": "", "gatewayAppId": ""}, "isAllowed"),
    (200, b"x" * 300_000, "its answer is too long$"),
])
def test_what_is_not_an_answer_refuses(asking, webhook, status, answer, reason):
    _, client = asking
    webhook.status, webhook.answers["/auth/bootAuth/kms"] = status, answer
    with pytest.raises(Refused, match=f"^KMS self authorization failed: Failed to call self KMS auth check: .*{reason}"):
        client.call("GetTempCaCert")


def test_others_are_served_while_it_thinks(asking, webhook):
    simulated, client = asking
    webhook.answers["wait"] = True
    with ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(client.call, "GetTempCaCert") for _ in range(3)]
        ends = time.monotonic() + HANG_SECONDS
        while len(webhook.asked) < 3 + 1 and time.monotonic() < ends:
            time.sleep(0.01)
        assert simulated.call("DstackGuest.Version") and client.get("/health") == (200, "OK")
        assert not any(one.done() for one in waiting)
        webhook.seconds.set()
        assert all(one.result(HANG_SECONDS)["ca_cert"] for one in waiting)


def test_one_that_does_not_answer_in_time_refuses(asking, webhook):
    webhook.answers["wait"] = True
    with pytest.raises(Refused, match="it does not answer in time$"):
        asking[1].call("GetTempCaCert")


def test_a_client_may_leave_while_it_thinks(asking, webhook):
    simulated, client = asking
    webhook.answers["wait"] = True
    before = len(webhook.asked)
    connection = client.connect()
    connection.request("POST", "/prpc/GetTempCaCert?json", body=b"null")
    ends = time.monotonic() + HANG_SECONDS
    while len(webhook.asked) == before and time.monotonic() < ends:
        time.sleep(0.01)
    connection.sock.close()
    assert simulated.call("DstackGuest.Version")


APP = {"isAllowed": True, "gatewayAppId": "gw", "reason": ""}


def test_it_is_asked_about_tds_that_are_deployed(asking, webhook):
    """Before they have booted, so without the key provider: as when their guests ask."""
    simulated, _ = asking
    webhook.asked.clear()
    vm, shown = create(simulated)
    assert shown["boot_error"] == ""
    assert [path for _, path, _ in webhook.asked] == ["/auth/bootAuth/kms", "/auth/bootAuth/app"]
    asked, info = webhook.asked[1][2], vm_call(simulated, vm, "Info")
    assert asked["appId"] == shown["app_id"] and asked["instanceId"] == shown["instance_id"]
    assert (asked["composeHash"], asked["osImageHash"]) == (info["compose_hash"], info["os_image_hash"])
    assert asked["keyProviderInfo"] == "" and asked["mrAggregated"] != info["mr_aggregated"]
    webhook.asked.clear()
    without = json.dumps({**json.loads(KMS_COMPOSE), "kms_enabled": False})
    assert create(simulated, compose_file=without)[1]["boot_error"] == "" and not webhook.asked


@pytest.mark.parametrize("path, reason", [
    ("app", "App not allowed: Boot denied: not today"),
    ("kms", "KMS self authorization failed: KMS is not allowed: not today"),
])
def test_a_deployed_td_does_not_boot_if_it_refuses(asking, webhook, path, reason):
    simulated, _ = asking
    webhook.answers[f"/auth/bootAuth/{path}"] = {**APP, "isAllowed": False, "reason": "not today"}
    vm, shown = create(simulated)
    assert shown["boot_error"] == f"failed to get the app's keys from the KMS: {reason}"
    with pytest.raises(urllib.error.HTTPError):
        vm_call(simulated, vm, "Info")
    webhook.answers.clear()
    simulated.post("/prpc/Teepod.StopVm?json", {"id": vm})
    simulated.post("/prpc/Teepod.StartVm?json", {"id": vm})
    assert await_boot(simulated, vm)["boot_error"] == ""


def tls_key(simulated, vm, **asked):
    return vm_call(simulated, vm, "GetTlsKey", subject="x", **asked)["certificate_chain"]


def test_it_is_asked_about_each_certificate_of_a_td(asking, webhook):
    simulated, _ = asking
    vm, shown = create(simulated)
    webhook.asked.clear()
    assert len(tls_key(simulated, vm)) == 3
    assert [path for _, path, _ in webhook.asked] == ["/auth/bootAuth/kms", "/auth/bootAuth/app"]
    assert webhook.asked[1][2]["appId"] == shown["app_id"]
    webhook.answers["/auth/bootAuth/app"] = {**APP, "isAllowed": False, "reason": "no longer"}
    with pytest.raises(urllib.error.HTTPError) as refused:
        tls_key(simulated, vm)
    assert json.loads(refused.value.read())["error"] == "Failed to sign the CSR: Boot denied: no longer"
    assert vm_call(simulated, vm, "GetKey", path="a")["key"]  # the TD has its keys
    webhook.asked.clear()
    with pytest.raises(urllib.error.HTTPError) as refused:
        tls_key(simulated, vm, not_before=2000000000, not_after=1900000000)
    assert "not_after" in json.loads(refused.value.read())["error"] and not webhook.asked
    assert len(simulated.call("DstackGuest.GetTlsKey", subject="x")["certificate_chain"]) == 2 and not webhook.asked


def test_a_td_waits_for_it_and_may_be_removed_meanwhile(asking, webhook):
    simulated, _ = asking
    webhook.answers["wait"] = True
    asked = len(webhook.asked)
    ids = [simulated.post("/prpc/Teepod.CreateVm?json", {**SMALL, "compose_file": KMS_COMPOSE})["id"]
           for _ in range(3)]
    ends = time.monotonic() + HANG_SECONDS
    while len(webhook.asked) < asked + 3 and time.monotonic() < ends:
        time.sleep(0.01)
    shown = simulated.post("/prpc/Teepod.GetInfo?json", {"id": ids[0]})["info"]
    assert (shown["status"], shown["boot_progress"]) == ("running", "requesting app keys")
    simulated.post("/prpc/Teepod.RemoveVm?json", {"id": ids[0]})
    simulated.post("/prpc/Teepod.StopVm?json", {"id": ids[1]})
    simulated.post("/prpc/Teepod.StartVm?json", {"id": ids[1]})
    webhook.seconds.set()
    for vm in ids[1:]:
        assert await_boot(simulated, vm)["boot_error"] == ""
    assert not simulated.post("/prpc/Teepod.GetInfo?json", {"id": ids[0]})["found"]


def test_it_may_be_stopped_while_tds_wait(launch, webhook, directory):
    webhook.answers["wait"] = True
    with Simulator(directory / "stopped", "--kms-listen", "127.0.0.1:0", "--kms-auth-url", webhook.url) as process:
        Simulated(process.url).post("/prpc/Teepod.CreateVm?json", {**SMALL, "compose_file": KMS_COMPOSE})
        ends = time.monotonic() + HANG_SECONDS
        while not webhook.asked and time.monotonic() < ends:
            time.sleep(0.01)
        assert process.stop() == 0


def test_nothing_listens_at_its_address(launch, tmp_path):
    with socket.socket() as held:  # no one else can get the port
        held.bind(("127.0.0.1", 0))
        _, url = launch("--kms-auth-url", f"http://127.0.0.1:{held.getsockname()[1]}")
        with pytest.raises(Refused, match="connection refused$"):
            Kms(url, tmp_path).call("GetTempCaCert")


def test_meta_is_what_the_webhook_says(asking, webhook):
    webhook.answers["/auth"] = {"status": "ok", "kmsContractAddr": "0x12", "gatewayAppId": "g", "chainId": 5,
                                "appImplementation": "0x34"}
    meta = asking[1].call("GetMeta")
    assert (meta["kms_contract_address"], meta["gateway_app_id"], meta["chain_id"]) == ("0x12", "g", 5)
    assert meta["app_auth_implementation"] == "0x34" and not meta["is_dev"]
    assert webhook.asked[-1] == ("GET", "/auth", None)


def test_a_webhook_may_have_no_path(launch, webhook, tmp_path):
    _, url = launch("--kms-auth-url", webhook.url.removesuffix("/auth"))
    webhook.answers["/"] = {"status": "ok", "kmsContractAddr": "0x12", "gatewayAppId": "g", "chainId": 5,
                            "appImplementation": "0x34"}
    assert Kms(url, tmp_path).call("GetMeta")["gateway_app_id"] == "g"
    assert webhook.asked[-1] == ("GET", "/", None)
