"""Simulators that share a port: what is the same in all of them, and what is each one's own."""

import http.client
import json
import urllib.parse

import pytest

from simulator import Simulator

CONNECTIONS = 200  # the system spreads them by a hash: all at one of two is as likely as 2**-199


def ask(port, path, /, **body):
    """Over a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


@pytest.fixture(scope="module")
def port(directory):
    with Simulator(directory / "a", "--reuse-port", "--seed", "replicas") as first:
        shared = urllib.parse.urlsplit(first.url).port
        listen = f"127.0.0.1:{shared}"
        with Simulator(directory / "b", "--reuse-port", "--seed", "replicas", listen=listen):
            yield shared


def test_both_get_connections(port):
    processes = {ask(port, "/prpc/Dashboard.State")["process_started"] for _ in range(CONNECTIONS)}
    assert len(processes) == 2


@pytest.mark.parametrize("path, body", [
    ("/Info", {}), ("/GetKey", {"path": "a", "purpose": "b"}), ("/GetQuote", {"report_data": "1234"}),
    ("/Attest", {"report_data": "1234"}), ("/Sign", {"algorithm": "ed25519", "data": "12"}),
    ("/prpc/KMS.GetMeta", {}), ("/prpc/KMS.GetAppEnvEncryptPubKey", {"app_id": "00" * 20})])
def test_they_answer_the_same(port, path, body):
    def unchanging(answer):
        """Certificates have the date of the start."""
        return {key: value for key, value in answer.items() if key not in ("app_cert", "timestamp", "signature_v1")}

    answers = {json.dumps(unchanging(ask(port, path, **body)), sort_keys=True) for _ in range(40)}
    assert len(answers) == 1 and "error" not in answers.pop()


def test_events_are_each_one_s_own(port):
    ask(port, "/EmitEvent", event="mine", payload="00")
    registers = {json.loads(ask(port, "/Info")["tcb_info"])["rtmr3"] for _ in range(CONNECTIONS)}
    assert len(registers) == 2


def test_who_does_not_share_is_refused(directory, port):
    other = Simulator(directory / "c", listen=f"127.0.0.1:{port}").run_to_its_end()
    assert other.returncode != 0 and "in use" in other.stderr
