"""The services and messages of sim/proto, from the compiler's own descriptors, where their
methods are served, and the three ways to call one: each gives an Outcome in the terms of JSON."""

import collections
import http.client
import json
import re
import subprocess
import tempfile
import urllib.parse
from pathlib import Path

from google.protobuf import descriptor_pb2, descriptor_pool
from google.protobuf.message_factory import GetMessageClass

PROTOS = Path(__file__).resolve().parents[2] / "sim" / "proto"
JSON, PROTOBUF = "application/json", "application/octet-stream"

# value: of an error its text, else the response's fields; None for a response without any.
Outcome = collections.namedtuple("Outcome", "status value")


def load():
    """The pool of all descriptors, and the files in it."""
    with tempfile.NamedTemporaryFile() as out:
        names = sorted(path.name for path in PROTOS.glob("*.proto"))
        subprocess.run(["protoc-c", f"--proto_path={PROTOS}", f"--descriptor_set_out={out.name}", *names],
                       cwd=PROTOS, stderr=subprocess.PIPE, check=True)
        described = descriptor_pb2.FileDescriptorSet.FromString(Path(out.name).read_bytes())
    pool = descriptor_pool.DescriptorPool()
    for file in described.file:
        pool.AddSerializedFile(file.SerializeToString())
    return pool, [pool.FindFileByName(file.name) for file in described.file]


def name_of(described):
    """Its name without its package, except for the package's version: "v1.Worker"."""
    package = described.file.package
    version = re.search(r"v\d+$", package)
    return described.full_name[version.start() if version else len(package) + 1:]


POOL, FILES = load()
ELSEWHERE = {"HostApi"}  # at /vm/<id>/, where no method is served for everyone
SERVICES = {name_of(service): service for file in FILES for service in file.services_by_name.values()
            if name_of(service) not in ELSEWHERE}
METHODS = {f"{name}.{method.name}": method for name, service in SERVICES.items() for method in service.methods}
ERROR = GetMessageClass(POOL.FindMessageTypeByName("dstack.RpcError"))


# What a method's name follows in the paths of these services.
PREFIXES = {
    "DstackGuest": ["/prpc/DstackGuest.", "/", "/v0/"],
    "v1.DstackGuest": ["/v1/"],
    "Worker": ["/prpc/Worker.", "/prpc/v0/", "/prpc/v0/Worker."],
    "v1.Worker": ["/prpc/v1/"],
    "GuestApi": ["/prpc/GuestApi.", "/api/"],
    "GuestProxy": ["/guest/"],
    "Verifier": ["/prpc/Verifier.", "/"],
}


def paths_of(name):
    """Where a method is served, without the short form /prpc/<Method>."""
    service, method = name.rsplit(".", 1)
    return [prefix + method for prefix in PREFIXES.get(service, [f"/prpc/{service}."])]


def is_any_json(field):
    """A JsonText, which in JSON is its text itself."""
    return field.message_type is not None and field.message_type.name == "JsonText"


def is_flat(method):
    """Whether a query string can hold all arguments."""
    return all(field.message_type is None for field in method.input_type.fields)


# --- messages in the terms of JSON ---

def plain_value(field, value):
    if field.message_type is not None:
        return value.text if is_any_json(field) else plain(value)
    return value.hex() if field.type == field.TYPE_BYTES else value


def plain_field(message, field):
    value = getattr(message, field.name)
    if field.is_repeated:
        return [plain_value(field, one) for one in value]
    if field.has_presence and not message.HasField(field.name):
        return None
    return plain_value(field, value)


def plain(message):
    """A message as its JSON: bytes in hex, every field there."""
    return {field.name: plain_field(message, field) for field in message.DESCRIPTOR.fields}


def read_protobuf(descriptor, body):
    """The message, which has to be in canonical form and may have only declared fields."""
    message = GetMessageClass(descriptor).FromString(body)
    message.DiscardUnknownFields()
    assert message.SerializeToString(deterministic=True) == body
    return message


def write_protobuf(descriptor, arguments):
    message = GetMessageClass(descriptor)()
    for name, value in arguments.items():
        field = descriptor.fields_by_name[name]
        if is_any_json(field):
            getattr(message, name).text = value
        elif field.is_repeated:
            getattr(message, name).extend(value)
        else:
            setattr(message, name, value)
    return message.SerializeToString()


def text_of(value):
    """An argument as a query string has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return value.hex() if isinstance(value, bytes) else value


# --- calls ---

class Caller:
    def __init__(self, url):
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=60)

    def exchange(self, verb, path, body=None, content_type=None):
        headers = {"Content-Type": content_type} if content_type else {}
        self.connection.request(verb, path, body, headers)
        response = self.connection.getresponse()
        return response.status, response.getheader("Content-Type"), response.read()

    def outcome_of_json(self, status, content_type, body):
        assert content_type == JSON
        value = json.loads(body.decode("ascii"))
        if status == 200:
            return Outcome(status, value)
        assert list(value) == ["error"]
        return Outcome(status, value["error"])

    def by_json(self, name, arguments, path=None):
        held = {key: value.hex() if isinstance(value, bytes) else value for key, value in arguments.items()}
        return self.raw_json(name, json.dumps(held), path)

    def raw_json(self, name, body, path=None):
        return self.outcome_of_json(*self.exchange("POST", path or paths_of(name)[0], body, JSON))

    def by_query(self, name, arguments):
        held = {key: text_of(value) for key, value in arguments.items()}
        query = urllib.parse.urlencode(held, doseq=True)
        return self.outcome_of_json(*self.exchange("GET", f"{paths_of(name)[0]}?{query}"))

    def by_protobuf(self, name, arguments):
        return self.raw_protobuf(name, write_protobuf(METHODS[name].input_type, arguments))

    def raw_protobuf(self, name, body):
        status, content_type, answer = self.exchange("POST", paths_of(name)[0], body, PROTOBUF)
        assert content_type == PROTOBUF
        if status != 200:
            return Outcome(status, read_protobuf(ERROR.DESCRIPTOR, answer).message)
        value = plain(read_protobuf(METHODS[name].output_type, answer))
        return Outcome(status, value or None)

    def by_all(self, name, arguments):
        """The outcomes of all encodings that can hold the arguments, JSON first."""
        ways = [self.by_json, self.by_protobuf] + ([self.by_query] if is_flat(METHODS[name]) else [])
        return [way(name, arguments) for way in ways]
