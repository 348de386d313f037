"""Loads a program, by wrk or by one client, and measures it."""
import contextlib
import os
import pathlib
import re
import statistics
import subprocess
import sys
import time

from .loads import COUNT, LOADS, bodies_of, numbered, request_of
from .program import ANSWER_SECONDS, Client, Failure, Program

CLIENTS = 16


def lua_text(data):
    return '"' + "".join(f"\\{byte:03d}" for byte in data) + '"'


def lua_body(body):
    """The expression for it; n is the number of the request."""
    return ' .. string.format("%08d", n) .. '.join(map(lua_text, body.split(COUNT)))


def wrk_script(load, bodies):
    lines = [f"wrk.path = {lua_text(load.path.encode())}"]
    if bodies[0]:
        lines += ['wrk.method = "POST"', f'wrk.headers["Content-Type"] = "{load.type}"', "local n = 0"]
    if len(bodies) > 1:
        lines += ["local bodies = {" + ",".join(map(lua_text, bodies)) + "}", "function request()", "n = n + 1",
                  "return wrk.format(nil, nil, nil, bodies[n % #bodies + 1])", "end"]
    elif bodies[0]:
        lines += ["function request()", "n = n + 1", f"return wrk.format(nil, nil, nil, {lua_body(bodies[0])})", "end"]
    return "\n".join(lines) + """
function done(summary, latency)
    local e = summary.errors
    io.write(string.format("BENCH %d %d %f %f %d\\n", summary.requests, summary.duration, latency.mean,
                           latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
"""


def drive_with_wrk(program, load, bodies, seconds):
    script = pathlib.Path(program.directory.name, "load.lua")
    script.write_text(wrk_script(load, bodies), encoding="ascii")
    done = subprocess.run(["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "-s", script, program.url],
                          capture_output=True, text=True, timeout=seconds + ANSWER_SECONDS, check=False)
    found = re.search(r"^BENCH (\d+) (\d+) (\S+) (\S+) (\d+)$", done.stdout, re.M)
    if not found:
        raise Failure(f"wrk failed: {done.stdout}{done.stderr}")
    requests, micros, mean, p99, errors = map(float, found.groups())
    if errors or not requests:
        raise Failure(f"{errors:.0f} of {requests:.0f} requests to {load.path} failed")
    return {"requests": requests, "requests_per_s": requests / micros * 1e6, "mean_us": mean, "p99_us": p99}


def wrk_requests(url, seconds):
    """How many requests GET were answered."""
    done = subprocess.run(["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", url], capture_output=True, text=True,
                          timeout=seconds + ANSWER_SECONDS, check=False)
    found = re.search(r"^\s*(\d+) requests in ", done.stdout, re.M)
    if not found or "Non-2xx" in done.stdout:
        raise Failure(f"wrk failed with {url}: {done.stdout}{done.stderr}")
    return int(found[1])


@contextlib.contextmanager
def on_one_processor(*pids):
    """This thread with what it starts, and those processes. Client and program take turns anyway; on
    processors of the system's choice, half of the time measured would be that choice."""
    mine = os.sched_getaffinity(0)
    for each in (0, *pids):
        os.sched_setaffinity(each, {min(mine)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, mine)


def drive_alone(program, load, bodies, seconds):
    request, times = request_of(load, bodies[0]), []
    with on_one_processor(program.process.pid), Client(getattr(program, load.client)) as client:
        started = now = time.perf_counter()
        while now < started + seconds and len(times) < (load.most or sys.maxsize):
            before = now
            if client.ask(request)[0] != 200:
                raise Failure(f"a request to {load.path} failed")
            now = time.perf_counter()
            times.append((now - before) * 1e6)
    return {"requests": len(times), "requests_per_s": len(times) / (now - started), "mean_us": statistics.fmean(times),
            "p99_us": sorted(times)[len(times) * 99 // 100]}


def warm_up(program, load):
    """Makes sure that it answers. Returns the bodies of the load."""
    bodies = bodies_of(load, program.ask)
    program.ask(load.path, numbered(bodies[0], 0), load.type)
    return bodies


def drive(program, load, bodies, seconds):
    return (drive_with_wrk if load.client == "wrk" else drive_alone)(program, load, bodies, seconds)


def measure(path, name, seconds):
    """One load on a freshly started program."""
    load = LOADS[name]
    with Program(path) as program:
        bodies = warm_up(program, load)
        before = program.cpu_ms()
        found = drive(program, load, bodies, seconds)
        found["cpu_us"] = (program.cpu_ms() - before) * 1e3 / found["requests"]
        return {**found, "resident_kib": program.resident_kib()}


def measure_starts(paths, count):
    """Times until ready and until the first answer, and memory then; the programs in turn."""
    found = [[] for _ in paths]
    for _ in range(count):
        for path, results in zip(paths, found):
            with Program(path) as program:
                results.append((program.ready_ms, program.first_answer_ms, program.resident_kib()))
    return [dict(zip(("ready_ms", "first_answer_ms", "resident_kib"), map(statistics.median, zip(*results))))
            for results in found]


def summarize(rounds):
    """The median of each number over the rounds."""
    return {key: statistics.median(r[key] for r in rounds) for key in rounds[0]}
