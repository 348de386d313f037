"""The requests whose cost is measured."""
import collections
import json

EVENTS_MAX = 4000  # an event log holds 4096
JSON, PROTOBUF = "application/json", "application/octet-stream"

# body: bytes, a list of them that are sent in turn, or a function that makes either from the program's
# answers; COUNT in bytes becomes 8 digits that are new in each request. client: "wrk", or the socket of
# the one client here.
Load = collections.namedtuple("Load", "path body type client most", defaults=(None, JSON, "wrk", None))
COUNT = b"%COUNT%"
REPORT_DATA = bytes(range(24)).hex().encode() + COUNT
QUOTES = 400  # more than the program remembers signatures of


def as_json(**fields):
    return json.dumps(fields).encode()


def signed(ask):
    """A request for Verify, from an answer of Sign."""
    answer = json.loads(ask("/Sign", as_json(algorithm="secp256k1", data="00")))
    return as_json(algorithm="secp256k1", data="00", signature=answer["signature"], public_key=answer["public_key"])


def quotes(ask, most=QUOTES):
    """Requests for /verify, from answers of GetQuote: each has a signature of its own."""
    return [ask("/GetQuote", as_json(report_data=f"{number:08}")) for number in range(most)]


ASK_REPORT_DATA = b'{"report_data":"' + REPORT_DATA + b'"}'
LOADS = {
    "Version": Load("/Version"),
    "GetKey": Load("/GetKey", as_json(path="bench", purpose="bench")),
    "GetKey-fresh": Load("/GetKey", b'{"path":"bench/' + COUNT + b'","purpose":"bench"}'),
    "GetKey-protobuf": Load("/prpc/GetKey", b"\x0a\x05bench\x12\x05bench", PROTOBUF),
    "Info": Load("/Info", b"{}"),
    "GetQuote": Load("/GetQuote", ASK_REPORT_DATA),
    "GetQuote-protobuf": Load("/prpc/GetQuote", b"\x0a\x20" + bytes(24) + COUNT, PROTOBUF),
    "Attest": Load("/Attest", ASK_REPORT_DATA),
    "GetTlsKey": Load("/GetTlsKey", as_json(subject="bench", usage_server_auth=True)),
    "GetTlsKey-ra-tls": Load("/GetTlsKey", as_json(subject="bench", usage_server_auth=True, usage_ra_tls=True)),
    "Sign-secp256k1": Load("/Sign", b'{"algorithm":"secp256k1","data":"' + COUNT + b'"}'),
    "Sign-ed25519": Load("/Sign", b'{"algorithm":"ed25519","data":"' + COUNT + b'"}'),
    "Verify": Load("/Verify", signed),
    "/verify": Load("/verify", quotes),
    "one-client-tcp": Load("/Version", client="tcp"),
    "one-client-unix": Load("/Version", client="unix"),
    "one-client-EmitEvent": Load("/EmitEvent", as_json(event="bench", payload="00"), client="tcp", most=EVENTS_MAX),
}


def bodies_of(load, ask):
    """Its bodies, as a list; of a load without one, a list of None."""
    body = load.body(ask) if callable(load.body) else load.body
    return body if isinstance(body, list) else [body]


def numbered(body, number):
    """A body with a number in the place of COUNT."""
    return body.replace(COUNT, b"%08d" % number) if body else body


def reference_of(name):
    """The load that its ratio is to: Version, asked by the same kind of client."""
    return "Version" if LOADS[name].client == "wrk" else "one-client-tcp"


def request_of(load, body):
    head = f"{'POST' if body else 'GET'} {load.path} HTTP/1.1\r\nHost: simulator\r\n"
    if body:
        head += f"Content-Type: {load.type}\r\nContent-Length: {len(body)}\r\n"
    return head.encode() + b"\r\n" + (body or b"")
