"""What one more event, connection, TD and process costs: figures for docs/scale.json.

Processor times are the program's own, so that they mean something on a machine that does other things.
"""
import contextlib
import json
import os
import statistics
import time

from .counts import where
from .drive import on_one_processor
from .loads import LOADS, numbered, request_of
from .program import Client, Failure, Program

EVENTS = (1, 4, 16, 64, 256, 1024, 4000)
CONNECTIONS = (1, 4, 16, 64, 256, 1024, 4000)
TDS = (1, 4, 16, 64, 256, 1000)
REPEATS = 25
EVENT = b'{"event":"scale","payload":"00"}'
TD = {"name": "small", "image": "dstack-0.5.11", "vcpu": 1, "memory": 2048, "disk_size": 20,
      "compose_file": '{"manifest_version":2,"name":"small","runner":"docker-compose"}'}


def post(path, body):
    return request_of(LOADS["Info"]._replace(path=path), body)


def cost_us(program, client, request):
    """Processor time for one request."""
    before = program.cpu_ms()
    status, answer = client.ask(request)
    if status != 200:
        raise Failure(f"answered {status}: {answer[:200].decode(errors='replace')}")
    return (program.cpu_ms() - before) * 1e3


def median_us(program, client, request, prepare=None):
    """The median of some requests, each of them after another one."""
    found = []
    for _ in range(REPEATS):
        if prepare:
            client.ask(prepare)
        found.append(cost_us(program, client, request))
    return round(statistics.median(found), 1)


def events(path):
    """With that many events emitted: a quote, one that follows an event, an event; and memory."""
    emit, quote = post("/EmitEvent", EVENT), post("/GetQuote", b'{"report_data":"00"}')
    for number in EVENTS:
        with Program(path) as program, Client(program.tcp) as client:
            for _ in range(number):
                client.ask(emit)
            client.ask(quote)
            row = {"count": number, "quote_us": median_us(program, client, quote)}
            row["quote_after_event_us"] = median_us(program, client, quote, emit)
            row["event_us"] = median_us(program, client, emit)
            yield {**row, "resident_kib": program.resident_kib()}


def connections(path):
    """With that many clients, each of which asks in turn: a Version, and memory."""
    version = request_of(LOADS["Version"], None)
    for number in CONNECTIONS:
        with Program(path) as program:
            clients = [Client(program.tcp) for _ in range(number)]
            for client in clients:
                client.ask(version)
            before, asked = program.cpu_ms(), 0
            while asked < 2000:
                for client in clients:
                    client.ask(version)
                asked += number
            each = (program.cpu_ms() - before) * 1e3 / asked
            yield {"count": number, "version_us": round(each, 1), "resident_kib": program.resident_kib()}
            for client in clients:
                client.socket.close()


def await_boot(client, vm):
    asked = post("/prpc/Teepod.GetInfo", json.dumps({"id": vm}).encode())
    ends = time.monotonic() + 30
    while json.loads(client.ask(asked)[1])["info"]["boot_progress"] != "done":
        if time.monotonic() > ends:
            raise Failure(f"{vm} does not boot")
        time.sleep(0.002)


def deploy(client):
    status, answer = client.ask(post("/prpc/Teepod.CreateVm", json.dumps(TD).encode()))
    if status != 200:
        raise Failure(f"CreateVm answers {status}: {answer[:200].decode(errors='replace')}")
    return json.loads(answer)["id"]


def tds(path):
    """With that many TDs deployed: one more TD, a quote of the last one, and memory."""
    quote, deployed = post("/GetQuote", b'{"report_data":"00"}'), 0
    with Program(path) as program, Client(program.tcp) as client:
        for number in TDS:
            before, first = program.cpu_ms(), deployed
            for deployed in range(deployed + 1, number + 1):
                vm = deploy(client)
            await_boot(client, vm)
            each = (program.cpu_ms() - before) / (deployed - first)
            with Client(f"{program.directory.name}/vms/{vm}/dstack.sock") as app:
                cost = median_us(program, app, quote)
            yield {"count": number, "td_ms": round(each, 2), "quote_us": cost, "resident_kib": program.resident_kib()}


def processes(path, seconds=4):
    """Of that many replicas on one port: processor time of a quote in all of them, and memory of each."""
    load = LOADS["GetQuote"]
    for number in range(1, os.cpu_count() + 1):
        replicas = [Program(path, arguments=("--reuse-port",))]
        replicas[0].__enter__()
        port = replicas[0].tcp[1]
        try:
            for _ in range(number - 1):
                replicas.append(Program(path, arguments=("--reuse-port",), listen=f"127.0.0.1:{port}"))
                replicas[-1].__enter__()
            yield replicated(replicas, load, seconds)
        finally:
            for replica in replicas:
                replica.__exit__()


def replicated(replicas, load, seconds):
    clients = [Client(replicas[0].tcp) for _ in range(16 * len(replicas))]
    before, asked, ends = [replica.cpu_ms() for replica in replicas], 0, time.monotonic() + seconds
    while time.monotonic() < ends:
        for client in clients:
            client.ask(request_of(load, numbered(load.body, asked)))
            asked += 1
    used = [replica.cpu_ms() - cpu for replica, cpu in zip(replicas, before)]
    for client in clients:
        client.socket.close()
    return {"count": len(replicas), "quote_us": round(sum(used) * 1e3 / asked, 1),
            "busiest_share": round(max(used) / sum(used), 3), "resident_kib": max(r.resident_kib() for r in replicas)}


def measure(path):
    """All figures, as they are kept."""
    kinds = {"events": events, "connections": connections, "tds": tds, "processes": processes}
    found = {"where": {**where(), "processors": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}}
    for name, kind in kinds.items():
        found[name] = []
        with contextlib.nullcontext() if kind is processes else on_one_processor():
            for row in kind(path):
                print(f"{name:<12}" + "  ".join(f"{key} {value}" for key, value in row.items()), flush=True)
                found[name].append(row)
    return found
