"""`make static` makes one file that needs nothing of the system it runs on."""
import json
import os
import re
import shutil
import subprocess
import urllib.request

import pytest
from simulator import PROGRAM

LARGEST = 5 * 1024 * 1024  # docs/install.md states the size


def ask(url, path, **message):
    with urllib.request.urlopen(f"{url}{path}", json.dumps(message).encode(), timeout=30) as answer:
        return json.load(answer)


@pytest.fixture
def headers():
    if shutil.which("readelf") is None:
        pytest.skip("readelf not found")

    def read(option):
        return subprocess.run(["readelf", "--wide", option, PROGRAM], capture_output=True, text=True, timeout=60,
                              check=True).stdout
    return read


def test_no_loader_and_no_library_is_needed(headers):
    assert "INTERP" not in headers("--program-headers")
    assert "NEEDED" not in headers("--dynamic")


def test_it_is_hardened_as_the_other_program_is(headers):
    assert re.search(r"\(FLAGS_1\) .*\bNOW\b.*\bPIE\b", headers("--dynamic"))
    assert "GNU_RELRO" in headers("--program-headers")


def test_it_is_small():
    assert os.path.getsize(PROGRAM) < LARGEST


@pytest.mark.parametrize("listen, url", [
    ("0", "http://127.0.0.1:"), ("localhost:0", "http://127.0.0.1:"), ("127.0.0.1:0", "http://127.0.0.1:"),
    ("[::1]:0", "http://[::1]:"),
])
def test_a_quote_is_made_and_verified(root, listen, url):
    found = root.start("--listen", listen)
    assert found.startswith(url)
    quote = ask(found, "/GetQuote", report_data="1234")
    assert ask(found, "/verify", **quote)["is_valid"]


def test_it_checks_its_own_health(root):
    port = root.start("--listen", "0").rpartition(":")[2]
    for host in ("localhost", "127.0.0.1"):
        done = root.run("--healthcheck", f"http://{host}:{port}")
        assert done.returncode == 0, done.stderr


def test_texts_need_no_file(root):
    for option in ("--version", "--help", "--man", "--print-config", "--check"):
        done = root.run(option)
        assert (done.returncode, done.stderr) == (0, ""), option


def test_names_are_looked_up_without_modules(root):
    """The modules named here are libraries of the system, of which a static program can use none."""
    etc = root.directory / "etc"
    etc.mkdir()
    (etc / "nsswitch.conf").write_text("hosts: nowhere [!UNAVAIL=return] mymachines\n")
    (etc / "hosts").write_text("127.0.0.9 simulator.example\n")
    url = root.start("--listen", "simulator.example:0")
    assert url.startswith("http://127.0.0.9:")
    assert ask(url, "/GetQuote", report_data="1234")["quote"]


def test_a_name_that_nobody_knows_is_an_error(root):
    etc = root.directory / "etc"
    etc.mkdir()
    (etc / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    done = root.run("--listen", "nowhere.invalid:0", "--socket-dir", "none")
    assert done.returncode == 2
    assert "cannot listen on nowhere.invalid:0: " in done.stderr
