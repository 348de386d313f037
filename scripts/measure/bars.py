"""How near the program is to its goals: figures of one run, each beside what it should be.

A share is the part of the processor time of a request that the public-key operations take which it needs.
"""
import json
import os
import statistics
import subprocess
import tempfile
import threading
import time

from . import peer, together, turns
from .drive import on_one_processor
from .loads import EVENTS_MAX, LOADS, bodies_of, request_of
from .program import Client, Program

NEEDS = {  # the operations of a request, and the share that it should reach
    "GetQuote": (("p256_sign",), 0.70),
    "Attest": (("p256_sign",), 0.75),
    "GetTlsKey": (("p256_key", "p256_sign"), 0.75),
    "GetTlsKey-ra-tls": (("p256_key", "p256_sign", "p256_sign"), 0.62),
    "Sign-secp256k1": (("k256_sign",), 0.65),
    "GetKey-fresh": (("k256_key", "k256_sign"), 0.75),
}
ROUNDS = 3
CALLERS = IN_FLIGHT = 16
REPEATS = 15
CREATE_VM = "/prpc/Teepod.CreateVm"
HOSTILE_BYTES = 10 * 1024 * 1024 - 4096


def spread(found):
    return f"{min(found):.2f} to {max(found):.2f}"


def cost_ms(program, client, path, body):
    before = program.cpu_ms()
    client.ask(request_of(LOADS["Info"]._replace(path=path), body))
    return program.cpu_ms() - before


def shares(path, operations, seconds):
    for name, (needed, goal) in NEEDS.items():
        found = []
        for _ in range(ROUNDS):
            (request,), times = together.measure([path], name, seconds, operations)
            found.append(sum(times[each] for each in needed) / request)
        yield f"{name}: share of {' + '.join(needed)} ({spread(found)})", statistics.median(found), ">=", goal


def verifications(path, seconds):
    """Calls of /verify for a second of processor time."""
    return statistics.median(1e6 / together.measure([path], "/verify", seconds)[0][0] for _ in range(ROUNDS))


def flood(address, requests, stop):
    """One caller that always has some requests in flight."""
    with Client(address) as client:
        client.socket.sendall(b"".join(requests[:IN_FLIGHT]))
        data, number = b"", IN_FLIGHT
        while not stop.is_set():
            data += client.socket.recv(1 << 20)
            answered = data.count(b"HTTP/1.1 200")
            data = data[-11:] if answered else data
            for _ in range(answered):
                client.socket.sendall(requests[number % len(requests)])
                number += 1


def beside(path, seconds):
    """p99 of Version beside callers of /verify, in ms."""
    with Program(path) as program:
        requests = [request_of(LOADS["/verify"], body) for body in bodies_of(LOADS["/verify"], program.ask)]
        stop, times = threading.Event(), []
        callers = [threading.Thread(target=flood, args=(program.tcp, requests[number:] + requests[:number], stop))
                   for number in range(CALLERS)]
        for caller in callers:
            caller.start()
        with Client(program.tcp) as client:
            ends = time.perf_counter() + seconds
            while time.perf_counter() < ends:
                before = time.perf_counter()
                client.ask(request_of(LOADS["Version"], None))
                times.append((time.perf_counter() - before) * 1e3)
        stop.set()
        for caller in callers:
            caller.join()
    return sorted(times)[len(times) * 99 // 100]


def after_events(path):
    """GetQuote after EmitEvent to GetQuote, and EmitEvent to one with a short log; with a log that is nearly full."""
    event, quote = b'{"event":"bench","payload":"00"}', b'{"report_data":"00"}'

    def median(client, program, *before_and_path):
        *before, (asked, body) = before_and_path
        found = []
        for _ in range(REPEATS):
            for each in before:
                client.ask(request_of(LOADS["Info"]._replace(path=each[0]), each[1]))
            found.append(cost_ms(program, client, asked, body))
        return statistics.median(found)

    with Program(path) as program, Client(program.tcp) as client, on_one_processor(program.process.pid):
        short = median(client, program, ("/EmitEvent", event))
        for _ in range(EVENTS_MAX - 4 * REPEATS):
            client.ask(request_of(LOADS["one-client-EmitEvent"], event))
        client.ask(request_of(LOADS["Info"]._replace(path="/GetQuote"), quote))
        unchanged = median(client, program, ("/GetQuote", quote))
        changed = median(client, program, ("/EmitEvent", event), ("/GetQuote", quote))
        long = median(client, program, ("/EmitEvent", event))
    return changed / unchanged, long / short


def nested_names(depth=1900):
    """Objects in each other, whose names would all have the same hash if they were only put together with the number
    of the object: in the innermost there are many more objects with such a name."""
    def name(number):
        code = [byte ^ other for byte, other in zip(number.to_bytes(4, "little"), b"\0AAA")]
        return json.dumps("aaaa" + "".join(map(chr, code)) if 0 < code[0] < 128 else f"other{number}")

    text = "".join("{" + name(number) + ":" for number in range(depth))
    return (text + "[" + ",".join(["{" + name(depth) + ":0}"] * 30000) + "]" + "}" * depth).encode()


def hostile():
    """Bodies as large as is allowed, and slow to read: name, path, body."""
    def log(name, payload, count):
        event = {"imr": 3, "event_type": 134217729, "digest": "00" * 48, "event": name, "event_payload": payload}
        return json.dumps([event] * count, ensure_ascii=False)

    def names(form):
        return b"{" + b",".join(form % i for i in range(65000)) + b"}"

    digits = b"0" * (HOSTILE_BYTES // 2 * 2)
    yield "text", "/GetQuote", b'{"report_data":"' + digits + b'"}'
    yield "escapes", "/GetQuote", b'{"report_data":"' + b"\\u00e4" * (HOSTILE_BYTES // 6) + b'"}'
    yield "escapes and letters", "/GetQuote", b'{"report_data":"' + b"\\na" * (HOSTILE_BYTES // 3) + b'"}'
    yield "escapes far apart", "/GetQuote", b'{"report_data":"' + (b"a" * 17 + b"\\n") * (HOSTILE_BYTES // 19) + b'"}'
    for kind, unit in (("a letter", b"aaaa\xc3\xa4"), ("DELETE", b"\x7f")):
        body = b'{"report_data":"' + (unit + b"\\n") * (HOSTILE_BYTES // (len(unit) + 2)) + b'"}'
        yield f"{kind} between escapes", "/GetQuote", body
    letters = "\u00e4a" * (HOSTILE_BYTES // 3 - 1000)
    yield "letters of two bytes", "/GetQuote", json.dumps({"report_data": letters}, ensure_ascii=False).encode()
    yield "space", "/GetQuote", b"{" + b" " * HOSTILE_BYTES + b"?}"
    yield "values", "/GetQuote", b'{"a":[' + b"1," * (HOSTILE_BYTES // 2) + b"1]}"
    yield "numbers", "/GetQuote", b'{"a":[' + (b"0." + b"7" * 140 + b"e-300,") * 65000 + b"1]}"
    members, long = names(b'"%07d":0'), names(b'"%0140d":0')
    yield "members", "/GetQuote", members
    yield "long names", "/GetQuote", long
    yield "members of vm_config", "/verify", b'{"quote":"00","event_log":[],"vm_config":' + members + b"}"
    for kind, found in (("members", members), ("long names", long), ("escaped names", names(b'"\\u0061%07d":0')),
                        ("a name twice", long[:-1] + b"," + long[1:145] + b"}")):
        yield kind + " of an event", "/verify", b'{"quote":"00","event_log":[' + found + b"]}"
    yield "names that undo their objects", "/GetQuote", nested_names()
    yield "event log", "/verify", json.dumps({"quote": "00", "event_log": log("a", "00" * 900, 5000)}).encode()
    yield "letters of an event", "/verify", b'{"quote":"00","event_log":' + log(letters, "", 1).encode() + b"}"
    yield "attestation", "/verify", b'{"attestation":"01' + digits[:-2] + b'"}'
    yield "vm_config", "/verify", json.dumps({"vm_config": '{"a":[' + "1," * 60000 + " " * 8000000 + "1]}"}).encode()
    vm = {"name": "a", "image": "dstack-0.5.11", "vcpu": 1, "memory": 2048, "disk_size": 1}
    compose = {"manifest_version": 2, "name": "a", "runner": "docker-compose", "docker_compose_file": "services: {}"}
    services = "services:\n" + "".join(f" s{i}: {{image: b}}\n" for i in range(40000))
    yield "members of a compose file", CREATE_VM, json.dumps({**vm, "compose_file": members.decode()}).encode()
    yield "services of a compose file", CREATE_VM, json.dumps(
        {**vm, "compose_file": json.dumps({**compose, "docker_compose_file": services})}).encode()
    yield "user_config", CREATE_VM, json.dumps({**vm, "user_config": "x" * (HOSTILE_BYTES - 1000)}).encode()
    yield "a query", "/GetQuote?report_data=" + "0" * 15000, b"{}"


def worst_hostile(path, library):
    """The longest turn of the loop that one of the requests makes, in ms, and which that is."""
    watched, found = turns.Turns(library), []
    with Program(path, variables=watched.variables) as program:
        for name, asked, body in hostile():
            with Client(program.tcp) as client:
                request = request_of(LOADS["Info"]._replace(path=asked), body)
                found.append((watched.median_ms(program, lambda: client.ask(request)), name))
    return max(found)


def stripped_mib(path):
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        copy = f"{directory}/stripped"
        subprocess.run(["strip", "-o", copy, path], check=True)
        return os.path.getsize(copy) / 2**20


def figures(path, tools, start, seconds):
    """Yields what, figure, comparison and goal."""
    yield from shares(path, tools / "operations", seconds)
    yield "/verify: requests for a second of processor time", verifications(path, seconds), ">=", 1500
    yield "Version beside 16 callers of /verify with 16 each: p99 in ms", beside(path, seconds), "<=", 10
    for name, ratio, ratios, goal in peer.figures(path, seconds):
        yield f"{name}: to nginx ({spread(ratios)})", ratio, ">=", goal
    changed, emit = after_events(path)
    yield f"GetQuote after EmitEvent, {EVENTS_MAX} events: to unchanged", changed, "<=", 1.5
    yield f"EmitEvent, {EVENTS_MAX} events: to the boot log", emit, "<=", 1.5
    most, which = worst_hostile(path, tools / "turns.so")
    yield f"10 MiB of hostile input ({which}): longest turn of the loop in ms", most, "<=", 50
    most, which = turns.longest(path, tools / "turns.so")
    yield f"100 slow readers ({which}): longest turn of the loop in ms", most, "<=", 5
    yield "ready: ms", start["ready_ms"], "<=", 3
    yield "resident: MiB", start["resident_kib"] / 1024, "<=", 6
    yield "program, stripped: MiB", stripped_mib(path), "<=", 1


def show(path, tools, start, seconds):
    """tools: the directory of what make bench builds."""
    found = []
    if not peer.NGINX:
        print("\nnginx is not installed, which Version and Info are compared with")
    print(f"\n{'figure':<66}{'is':>9}     goal")
    for what, figure, comparison, goal in figures(path, tools, start, seconds):
        reached = figure >= goal if comparison == ">=" else figure <= goal
        print(f"{what:<66}{figure:>9.3g}  {comparison} {goal}{'' if reached else '   not reached'}", flush=True)
        found.append({"what": what, "is": figure, "comparison": comparison, "goal": goal, "reached": reached})
    return found
