"""How fast the program is beside nginx, which sends the same bytes, from its configuration where they are
short, and else from a file: what HTTP itself costs.

Both answer GET from a wrk each, at once and on one processor (together.py).
"""
import contextlib
import functools
import pathlib
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

from . import together
from .drive import on_one_processor, wrk_requests
from .program import ANSWER_SECONDS, Client, Failure, Program
from .loads import Load, request_of

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
ROUNDS = 3
GOALS = {"Version": 0.95, "Info": 0.6}
CONFIGURATION = """\
daemon off; master_process off; worker_processes 1; pid {directory}/pid; error_log {directory}/error.log;
events {{ worker_connections 512; }}
http {{
    access_log off; default_type application/json; keepalive_requests 100000000; sendfile on; tcp_nodelay on;
    open_file_cache max=16; client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi; uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
    server {{ listen 127.0.0.1:{port}; root {directory}/pages; {answers} }}
}}
"""


SHORT_BYTES = 2048  # nginx takes no words of more than 4096 in its configuration


def answer(name, body):
    """A location with the body, if that is short and has nothing that nginx would replace."""
    if len(body) > SHORT_BYTES or b"$" in body:
        return ""
    text = body.decode("ascii").replace("\\", "\\\\").replace("'", "\\'")
    return f"location = /{name} {{ return 200 '{text}'; }}"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port, process):
    ends = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.01)
    raise Failure("nginx does not start")


@contextlib.contextmanager
def nginx(pages):
    """Serves pages, a body for each name, and yields its process id and the port."""
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        root, port = pathlib.Path(directory, "pages"), free_port()
        root.mkdir()
        root.chmod(0o755)
        pathlib.Path(directory).chmod(0o755)
        for name, body in pages.items():
            (root / name).write_bytes(body)
        configuration = pathlib.Path(directory, "nginx.conf")
        configuration.write_text(CONFIGURATION.format(
            directory=directory, port=port, answers=" ".join(answer(name, body) for name, body in pages.items())), encoding="ascii")
        process = subprocess.Popen([NGINX, "-e", f"{directory}/error.log", "-c", configuration],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for(port, process)
            yield process.pid, port
        finally:
            process.terminate()
            process.wait(ANSWER_SECONDS)


def figures(path, seconds):
    """Yields name, ratio to nginx of requests for the same processor time, all ratios, and the goal; nothing
    without nginx."""
    if not NGINX:
        return
    with on_one_processor(), Program(path) as program, Client(program.tcp) as client:
        pages = {name: client.ask(request_of(Load(f"/{name}"), None))[1] for name in GOALS}
        with nginx(pages) as (pid, port):
            pids = (program.process.pid, pid)
            with Client(("127.0.0.1", port)) as other:
                if any(other.ask(request_of(Load(f"/{name}"), None)) != (200, body) for name, body in pages.items()):
                    raise Failure("nginx does not send the same bytes")
            for name, goal in GOALS.items():
                urls = [f"{base}/{name}" for base in (program.url, f"http://127.0.0.1:{port}")]
                subjects = [(pid, functools.partial(wrk_requests, url, seconds)) for pid, url in zip(pids, urls)]
                rounds = [together.load_all(subjects) for _ in range(ROUNDS)]
                ratios = [theirs / ours for ours, theirs in rounds]
                yield name, statistics.median(ratios), ratios, goal
