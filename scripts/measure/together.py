"""Programs that are loaded at once, all on one processor, with what loads them.

Whatever else the machine does slows them alike, so the ratios of their processor times hold still where the
times themselves, and requests a second, move by half from one second to the next. On one processor a client
is not woken on another one either, which on virtual machines costs more than a short request.
"""
import concurrent.futures
import contextlib
import json
import subprocess

from .drive import drive, on_one_processor, warm_up
from .loads import LOADS
from .program import ANSWER_SECONDS, Failure, Program, cpu_ms


def load_all(subjects):
    """subjects: of each its process id, and a function that loads it and returns the number of requests.
    Returns of each the microseconds of processor time that a request took. Call it within on_one_processor."""
    before = [cpu_ms(pid) for pid, _ in subjects]
    with concurrent.futures.ThreadPoolExecutor(len(subjects)) as pool:
        counts = [run.result() for run in [pool.submit(load) for _, load in subjects]]
    return [(cpu_ms(pid) - start) * 1e3 / count for (pid, _), start, count in zip(subjects, before, counts)]


def times_of_operations(process):
    output = process.communicate(timeout=ANSWER_SECONDS)[0]
    if process.returncode != 0:
        raise Failure(f"{process.args[0]} failed")
    return json.loads(output)


def measure(paths, name, seconds, operations=None):
    """Loads freshly started programs with the load of that name.
    Returns of each the microseconds for a request, and those of public-key operations, which the program
    `operations` measures meanwhile."""
    load = LOADS[name]
    with on_one_processor(), contextlib.ExitStack() as stack:
        programs = [stack.enter_context(Program(path)) for path in paths]
        subjects = [(program.process.pid, loading(program, load, seconds)) for program in programs]
        process = operations and stack.enter_context(
            subprocess.Popen([operations, str(seconds)], stdout=subprocess.PIPE, text=True))
        times = load_all(subjects)
        return times, times_of_operations(process) if process else {}


def loading(program, load, seconds):
    bodies = warm_up(program, load)
    return lambda: drive(program, load, bodies, seconds)["requests"]
