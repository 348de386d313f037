"""/logs/<container>: lines of files, and the error of a container that is not there."""
import base64
import json
import os

import pytest

from conftest import Simulator
from wire import Connection, get


@pytest.fixture(name="ask")
def fixture_ask(tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "web.log").write_text('one\ntwo "ö"\n\nfour', encoding="utf-8")
    (logs / "empty.log").write_text("")
    (tmp_path / "secret.log").write_text("secret")
    (logs / "out.log").symlink_to("../secret.log")
    (logs / "current.log").symlink_to("web.log")
    os.mkfifo(logs / "pipe.log")
    (logs / "directory.log").mkdir()
    (logs / "large.log").touch()
    os.truncate(logs / "large.log", (16 << 20) + 1)

    def ask(path, status=200):
        with Connection(simulator.tcp) as client:
            response = client.ask(get(path))
        assert response.status == status
        return response.body.decode()

    with Simulator(tmp_path, "--logs-dir", logs) as simulator:
        yield ask


def test_lines_are_json_with_base64(ask):
    lines = [json.loads(line) for line in ask("/logs/web").splitlines()]
    assert [line["channel"] for line in lines] == ["stdout"] * 4
    assert [line["message"] for line in lines] == ["b25l", "dHdvICLDtiI=", "", "Zm91cg=="]


def test_text_and_bare_lines(ask):
    assert [json.loads(line)["message"] for line in ask("/logs/web?text=true").splitlines()][1] == 'two "ö"'
    assert ask("/logs/web?bare=true") == 'one\ntwo "ö"\n\nfour\n'


@pytest.mark.parametrize("tail, expected", [("1", "four\n"), ("2", "\nfour\n"), ("99", 'one\ntwo "ö"\n\nfour\n'), ("0", ""),
                                         ("all", 'one\ntwo "ö"\n\nfour\n')])
def test_the_last_lines(ask, tail, expected):
    assert ask(f"/logs/web?bare&tail={tail}") == expected


def test_an_empty_file_has_no_lines(ask):
    assert ask("/logs/empty") == ""


def test_a_container_that_is_not_there(ask):
    assert json.loads(ask("/logs/absent")) == {"error": "No such container: absent"}


@pytest.mark.parametrize("name", ["..%2fsecret", "..", ".web", "a%00b", "", "x" * 200, "we b"])
def test_names_lead_nowhere_else(ask, name):
    if " " in name:
        name = name.replace(" ", "%20")
    answer = ask(f"/logs/{name}")
    assert "secret" not in answer
    assert "error" in json.loads(answer)


def test_a_longer_path_is_not_there(ask):
    ask("/logs/../secret", status=404)


def test_private_logs_stay_private(tmp_path):
    (tmp_path / "web.log").write_text("line")
    (tmp_path / "app.json").write_text('{"public_logs": false}')
    with (Simulator(tmp_path, "--logs-dir", tmp_path, "--app-compose", tmp_path / "app.json") as simulator,
          Connection(simulator.tcp) as client):
        assert "public_logs" in client.ask(get("/logs/web")).json()["error"]


@pytest.mark.parametrize("name", ["out", "pipe", "directory", "absent"])
def test_what_is_no_log_of_the_directory(ask, name):
    answer = ask(f"/logs/{name}?bare=true")
    assert "error" in json.loads(answer) and "secret" not in answer


def test_a_log_that_is_too_large(ask):
    said = "cannot read the log of large: it is larger than the limit of 16777216 bytes"
    assert json.loads(ask("/logs/large")) == {"error": said}


def test_a_link_within_the_directory(ask):
    assert ask("/logs/current?bare=true&tail=1") == "four\n"


def test_a_long_line_comes_whole(tmp_path):
    """Longer than what is read and sent at once, with characters and base64 cut at any place."""
    text = "abc\u00e4\U0001f600" * 40000
    (tmp_path / "web.log").write_text(f"first\n{text}\nlast", encoding="utf-8")
    with Simulator(tmp_path, "--logs-dir", tmp_path) as simulator, Connection(simulator.tcp) as client:
        lines = client.ask(get("/logs/web")).body.splitlines()
        assert [base64.b64decode(json.loads(line)["message"]).decode() for line in lines] == ["first", text, "last"]
        lines = client.ask(get("/logs/web?text&tail=2")).body.splitlines()
        assert [json.loads(line)["message"] for line in lines] == [text, "last"]
        assert client.ask(get("/logs/web", verb="HEAD"), bodiless=True).status == 200
        assert client.ask(get("/logs/web?bare&tail=1")).body == b"last\n"  # the connection goes on


def test_a_client_of_http_1_0_gets_no_chunks(tmp_path):
    (tmp_path / "web.log").write_text("one\ntwo\n")
    with Simulator(tmp_path, "--logs-dir", tmp_path) as simulator, Connection(simulator.tcp) as client:
        client.send(get("/logs/web?bare", version="1.0"))
        head = client.read_head()
        assert not any(line.startswith("Transfer-Encoding") for line in head)
        body = client.input
        while data := client.socket.recv(65536):
            body += data
        assert body == b"one\ntwo\n"
