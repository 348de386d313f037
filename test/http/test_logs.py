"""/logs/<container>: lines of files, and the error of a container that is not there."""
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


def test_a_link_within_the_directory(ask):
    assert ask("/logs/current?bare=true&tail=1") == "four\n"
