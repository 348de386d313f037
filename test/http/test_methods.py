"""Every method, by POST and by GET, in JSON and in protobuf, with the words of errors that clients match on."""
import hashlib
import json
import urllib.parse

import pytest
from wire import Connection, get, post

ZEROS = "00" * 64

# Method, arguments, fields of the response in their order.
QUOTE = ["quote", "event_log", "report_data", "vm_config", "attestation"]
TDX_QUOTE = ["quote", "event_log", "hash_algorithm", "prefix"]
INFO = ["app_id", "instance_id", "app_cert", "tcb_info", "app_name", "device_id", "mr_aggregated", "os_image_hash",
        "key_provider_info", "compose_hash", "vm_config", "cloud_vendor", "cloud_product"]
VERSION = ["version", "rev"]
METHODS = [
    ("DstackGuest.GetTlsKey", {"subject": "demo", "usage_ra_tls": True, "alt_names": ["a.example", "127.0.0.1"]},
     ["key", "certificate_chain"]),
    ("DstackGuest.GetKey", {"path": "p", "purpose": "q", "algorithm": "ed25519"}, ["key", "signature_chain"]),
    ("DstackGuest.GetQuote", {"report_data": "0102"}, QUOTE),
    ("DstackGuest.Attest", {"report_data": "0x0102"}, ["attestation"]),
    ("DstackGuest.Info", {}, INFO),
    ("DstackGuest.GpuInfo", {}, ["attestation"]),
    ("DstackGuest.Sign", {"algorithm": "secp256k1", "data": "616263"}, ["signature", "signature_chain", "public_key"]),
    ("DstackGuest.Version", {}, VERSION),
    ("Tappd.DeriveKey", {"path": "p", "subject": "s"}, ["key", "certificate_chain"]),
    ("Tappd.DeriveK256Key", {"path": "p", "purpose": "q"}, ["k256_key", "k256_signature_chain"]),
    ("Tappd.TdxQuote", {"report_data": "01", "hash_algorithm": "keccak256", "prefix": "x"}, TDX_QUOTE),
    ("Tappd.RawQuote", {"report_data": ZEROS}, TDX_QUOTE),
    ("Tappd.Info", {}, INFO),
    ("Tappd.Version", {}, VERSION),
    ("Worker.Info", {}, INFO),
    ("Worker.Version", {}, VERSION),
    ("Worker.GetAttestationForAppKey", {"algorithm": "ed25519"}, QUOTE),
]


def query(arguments):
    plain = {k: str(v).lower() if isinstance(v, bool) else v for k, v in arguments.items()}
    return urllib.parse.urlencode(plain, doseq=True)


@pytest.fixture(scope="module")
def client(shared):
    with Connection(shared.tcp) as made:
        yield made


def call(client, method, arguments):
    return client.ask(post(f"/prpc/{method}", json.dumps(arguments)))


@pytest.mark.parametrize("method, arguments, fields", METHODS, ids=[m[0] for m in METHODS])
def test_method(client, method, arguments, fields):
    posted = call(client, method, arguments)
    got = client.ask(get(f"/prpc/{method}?{query(arguments)}"))
    for response in (posted, got):
        assert response.status == 200, response.body
        assert response.headers["content-type"] == "application/json"
        assert list(response.json()) == fields
        assert response.body.isascii()
    if "Key" not in method.partition(".")[2] or "K256" in method:  # certificates have random serial numbers
        assert posted.body == got.body


@pytest.mark.parametrize("method", [m[0].partition(".")[2] for m in METHODS if m[0].startswith("DstackGuest.")])
def test_the_guest_agent_is_at_the_root_too(client, method):
    assert client.ask(post(f"/{method}", '{"algorithm":"ed25519","data":""}')).status == 200


def test_the_sockets_of_both_generations_serve_both(shared):
    for name in ("dstack.sock", "tappd.sock"):
        with Connection(str(shared.sockets / name)) as client:
            for path in ("/Info", "/prpc/DstackGuest.Info", "/prpc/Tappd.Info", "/prpc/TdxQuote"):
                assert client.ask(post(path, "{}")).status == 200, path


def test_the_public_socket_serves_the_public(shared):
    with Connection(str(shared.sockets / "external.sock")) as client:
        assert client.ask(post("/prpc/Worker.Info", "{}")).status == 200
        for path in ("/GetKey", "/prpc/DstackGuest.GetKey", "/prpc/Tappd.DeriveKey"):
            assert client.ask(post(path, "{}")).status == 404, path


ERRORS = [
    ("DstackGuest.GetKey", {"algorithm": "rsa"}, "Unsupported algorithm"),
    ("DstackGuest.GetKey", {"algorithm": "secp256k1_prehashed"}, "Unsupported algorithm"),
    ("Tappd.DeriveK256Key", {"algorithm": "rsa"}, "Unsupported algorithm"),
    ("Worker.GetAttestationForAppKey", {"algorithm": "rsa"}, "Unsupported algorithm"),
    ("DstackGuest.Sign", {"algorithm": "", "data": "00"}, "Unsupported algorithm"),
    ("DstackGuest.Verify", {"algorithm": "", "data": "00"}, "Unsupported algorithm"),
    ("DstackGuest.Sign", {"algorithm": "secp256k1_prehashed", "data": "0011"},
     "Pre-hashed signing requires a 32-byte digest, but received 2 bytes"),
    ("DstackGuest.Verify", {"algorithm": "secp256k1", "public_key": "00", "signature": ZEROS}, "invalid public key"),
    ("DstackGuest.Verify", {"algorithm": "ed25519", "public_key": "00", "signature": ZEROS}, "invalid public key"),
    ("DstackGuest.GetQuote", {"report_data": ZEROS + "00"}, "Report data is too long"),
    ("DstackGuest.Attest", {"report_data": ZEROS + "00"}, "Report data is too long"),
    ("Tappd.TdxQuote", {"hash_algorithm": "md5"}, "invalid hash algorithm"),
    ("Tappd.RawQuote", {"report_data": "00"}, "invalid content length"),
    ("Tappd.TdxQuote", {"hash_algorithm": "raw", "report_data": "00"}, "invalid content length"),
    ("DstackGuest.GetTlsKey", {"not_before": 2, "not_after": 1}, "not_before must be earlier than not_after"),
    ("DstackGuest.EmitEvent", {"event": "", "payload": ""}, "event"),
    ("DstackGuest.GetQuote", {"report_data": "0"}, "report_data"),
    ("DstackGuest.GetQuote", {"report_data": "zz"}, "report_data"),
]


@pytest.mark.parametrize("method, arguments, words", ERRORS)
def test_error(client, method, arguments, words):
    posted = call(client, method, arguments)
    got = client.ask(get(f"/prpc/{method}?{query(arguments)}"))
    assert posted.status == got.status == 400
    assert words in posted.error()
    assert posted.error() == got.error()


@pytest.mark.parametrize("body, words", [
    ("", None), ("{}", None), ('{"report_data":"","unknown":{"a":[1]}}', None),
    ('{"report_data":null}', "report_data"), ('{"report_data":1}', "report_data"), ("[]", "object"),
    ('{\n "report_data": "00",\n}', "there is a comma too many (line 2, column 21)"),
    ("{report_data:00}", "names need double quotes; in a shell, put single quotes around the whole text"),
    ("{", "JSON"), ('{"report_data":"\\ud800"}', ""), ("[" * 5000, ""), ('{"a":' * 5000, ""), ("{}{}", ""),
])
def test_json_bodies(client, body, words):
    response = client.ask(post("/GetQuote", body))
    if words is None:
        assert response.status == 200
    else:
        assert response.status == 400 and words in response.error()


def test_signatures_verify(client):
    for algorithm, data in (("secp256k1", "616263"), ("secp256k1_prehashed", "11" * 32), ("ed25519", "")):
        signed = call(client, "DstackGuest.Sign", {"algorithm": algorithm, "data": data}).json()
        asked = {"algorithm": algorithm, "data": data, "signature": signed["signature"],
                 "public_key": signed["public_key"]}
        assert call(client, "DstackGuest.Verify", asked).json() == {"valid": True}
        assert signed["signature_chain"][0] == signed["signature"] and len(signed["signature_chain"]) == 3
        asked["data"] = "22" * 32
        assert call(client, "DstackGuest.Verify", asked).json() == {"valid": False}
        asked["signature"] = asked["signature"][2:]
        response = call(client, "DstackGuest.Verify", asked)
        assert response.status == 400 and "signature error" in response.error()


def test_an_event_shows_in_every_later_quote(own):
    own.start()
    with Connection(own.unix) as client:
        before = client.ask(get("/GetQuote")).json()
        event = '{"event":"gr\\u00f6\\u00dfe \\ud83d\\ude00","payload":"c0ffee"}'
        assert client.ask(post("/EmitEvent", event)).body == b"null"
        response = client.ask(get("/GetQuote"))
        after = response.json()
        assert response.body.isascii()
        log = json.loads(after["event_log"])
        assert log[-1]["event"] == "gr\u00f6\u00dfe \U0001f600" and log[-1]["event_payload"] == "c0ffee"
        name = log[-1]["event"].encode()
        digest = hashlib.sha384(b"\x01\x00\x00\x08:" + name + b":\xc0\xff\xee").hexdigest()
        assert log[-1]["digest"] == digest
        # RTMR3 ends where REPORTDATA starts, at 48 + 520 of the quote.
        rtmr3 = [bytes.fromhex(quote["quote"])[48 + 472:48 + 520] for quote in (before, after)]
        assert hashlib.sha384(rtmr3[0] + bytes.fromhex(digest)).digest() == rtmr3[1]
        info = client.ask(get("/Info"))
        assert info.body.isascii()
        assert json.loads(info.json()["tcb_info"])["event_log"] == log


# --- how arguments and answers are written ---

@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "APPLICATION/JSON",
                                          "application/x-www-form-urlencoded", "text/plain", None])
def test_json_is_known_by_its_looks(client, content_type):
    response = client.ask(post("/GetQuote", '{"report_data":"0a0b"}', content_type=content_type))
    assert response.status == 200 and response.json()["report_data"].startswith("0a0b00")


def test_a_form_is_told_what_would_be_right(client):
    form = "application/x-www-form-urlencoded"
    response = client.ask(post("/GetQuote", "report_data=1234", content_type=form))
    assert response.status == 400 and '{"report_data":...}' in response.error() and "curl -G" in response.error()
    assert client.ask(get("/GetQuote?report_data=1234")).json()["report_data"].startswith("123400")
    response = client.ask(post("/verify", "quote=00", content_type=form))
    assert response.status == 400 and '{"quote":...}' in response.error() and "curl" not in response.error()
    assert client.ask(post("/NoSuchMethod", "a=b", content_type=form)).error() == "Service not found: NoSuchMethod"


@pytest.mark.parametrize("mark", ["json", "json=1", "json=true", "a=b&json"])
def test_json_because_the_query_says_so(client, mark):
    request = post(f"/GetQuote?{mark}", ' {"report_data":"0a0b"}', content_type="application/octet-stream")
    assert client.ask(request).json()["report_data"].startswith("0a0b00")


def test_queries(client):
    assert client.ask(get("/GetQuote?report_data=%30%61")).json()["report_data"].startswith("0a00")
    one = client.ask(get("/GetKey?path=a+b&unknown=1")).json()["key"]
    assert one == client.ask(post("/GetKey", '{"path":"a b"}')).json()["key"]
    assert one != client.ask(post("/GetKey", '{"path":"a+b"}')).json()["key"]
    for bad in ("/GetTlsKey?usage_ra_tls=maybe", "/GetTlsKey?not_before=x", "/GetKey?path=%zz"):
        assert client.ask(get(bad)).status == 400, bad


# --- protobuf, by hand ---

def length_delimited(number, data):
    assert len(data) < 128
    return bytes([number << 3 | 2, len(data)]) + data


def fields_of(data):
    """[(number, bytes)] of a message with only length-delimited fields."""
    found, at = [], 0
    while at < len(data):
        assert data[at] & 7 == 2
        number, length, shift, at = data[at] >> 3, 0, 0, at + 1
        while True:
            byte, at = data[at], at + 1
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        found.append((number, data[at:at + length]))
        at += length
    return found


@pytest.mark.parametrize("content_type", ["application/octet-stream", None, "application/x-www-form-urlencoded"])
def test_protobuf(client, content_type):
    def ask(path, body):
        response = client.ask(post(path, body, content_type=content_type))
        assert response.headers["content-type"] == "application/octet-stream"
        return response

    version = ask("/Version", b"")
    assert [number for number, _ in fields_of(version.body)] == [1, 2]
    assert ask("/EmitEvent", length_delimited(1, b"transport") + length_delimited(2, b"\x00")).body == b""
    quote = dict(fields_of(ask("/GetQuote", length_delimited(1, b"\x0a\x0b")).body))
    assert quote[1][568:632] == quote[3] == b"\x0a\x0b" + bytes(62)
    failed = ask("/GetQuote", length_delimited(1, bytes(65)))
    assert failed.status == 400
    ((number, message),) = fields_of(failed.body)
    assert number == 1 and b"Report data is too long" in message


@pytest.mark.parametrize("body", [b"\x0a", b"\x0a\x05ab", b"\x0a" + b"\xff" * 10 + b"\x01", b"\xff" * 40])
def test_protobuf_that_is_none(client, body):
    response = client.ask(post("/GetQuote", body, content_type="application/octet-stream"))
    assert response.status == 400
    assert fields_of(response.body)[0][0] == 1


def test_a_page_of_another_site_calls_no_method(client):
    """Any page that a developer opens can make the browser ask a simulator on this machine."""
    attempts = [
        get("/EmitEvent?event=x", ["Sec-Fetch-Site: cross-site"]),
        post("/prpc/Simulator.Reset", "{}", ["sec-fetch-site: Cross-Site"]),
        post("/EmitEvent", '{"event":"x"}', ["Sec-Fetch-Site: cross-site"], content_type="text/plain"),
    ]
    before = call(client, "Simulator.Status", {}).json()["event_count"]
    for attempt in attempts:
        response = client.ask(attempt)
        assert response.status == 403
        assert "cross-site" in response.error()
    assert call(client, "Simulator.Status", {}).json()["event_count"] == before
    for allowed in (["Sec-Fetch-Site: same-origin"], ["Sec-Fetch-Site: none"], ["Sec-Fetch-Site: same-site"]):
        assert client.ask(get("/Version", allowed)).status == 200
    assert client.ask(get("/simulator/root-ca.pem", ["Sec-Fetch-Site: cross-site"])).status == 200  # a link leads there
