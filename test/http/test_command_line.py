"""The command line as people use it."""
import re
import subprocess

import pytest
from conftest import PROGRAM
from test_process import assert_refused, run

FULL = "/dev/full"  # every write to it fails for want of space


# --- help ---

def test_help_fits_a_screen():
    lines = run("--help", "--listen", "9").stdout.splitlines()
    assert 10 < len(lines) <= 24 and max(map(len, lines)) <= 80


def test_what_shows_a_text_looks_at_no_environment():
    for option in ("--help", "--version"):
        assert run(option, DSTACK_SIMULATOR_LOG_LEVEL="nonsense").returncode == 0


@pytest.mark.parametrize("options", [["--help"], ["--version"], ["--print-config"], ["--print-root-ca"], ["--check"]], ids=lambda options: options[0])
def test_a_full_disk_is_an_error(options):
    with open(FULL, "wb") as full:
        done = subprocess.run([PROGRAM, *options], stdout=full, stderr=subprocess.PIPE, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stderr == "dstack-simulator: cannot write to stdout: No space left on device\n"


# --- settings that can be used again ---

def settings(*options, **environment):
    done = run("--print-config", *options, **environment)
    assert done.returncode == 0 and done.stderr == ""
    return done.stdout


def values(text):
    """Without the comments, which tell where each is from."""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


ODD = ["--seed", "a $HOME `id` \"b\" \\n 'c' ~#;&|*", "--listen", "1=kms,tappd", "--listen", "unix:/a b;c\\d",
       "--fault", "GetQuote=x,y z", "--advisory", "A-1", "--advisory", "B-2", "--socket-dir", "none", "--debug-td"]


def test_a_shell_takes_the_settings_back(tmp_path):
    first = settings(*ODD)
    (tmp_path / "env").write_text(first)
    done = subprocess.run(["sh", "-c", 'set -a; . "$0"; "$1" --print-config', tmp_path / "env", PROGRAM],
                          capture_output=True, text=True, timeout=30, check=True, cwd="/")
    assert sorted(values(done.stdout)) == sorted(values(first))
    assert "From the command line" in first and "From the command line" not in done.stdout
    assert "From the environment" in done.stdout


def test_docker_takes_plain_settings_back():
    """docker run --env-file takes each line as it stands."""
    first = settings("--seed", "x", "--listen", "[::1]:1=kms,tappd", "--public-url", "http://a:1/b", "--log-level=off")
    assert "quoted" not in first
    again = settings(**dict(line.split("=", 1) for line in values(first)))
    assert sorted(values(again)) == sorted(values(first))


def test_each_setting_says_where_it_is_from():
    text = settings("--seed", "x", DSTACK_SIMULATOR_LISTEN="9", DSTACK_SIMULATOR_SEED="y")
    sections = dict(re.findall(r"^# (.+)\n((?:#?DSTACK_\w+=.*\n)+)", text, re.M))
    assert sections["From the command line"] == "DSTACK_SIMULATOR_SEED=x\n"
    assert sections["From the environment"] == "DSTACK_SIMULATOR_LISTEN=9\n"
    assert "DSTACK_SIMULATOR_SOCKET_DIR=.\n" in sections["Defaults"]
    assert "#DSTACK_SIMULATOR_APP_COMPOSE=\n" in sections["Not set"]


def test_wrong_settings_are_not_printed():
    assert_refused(run("--print-config", DSTACK_SIMULATOR_LISTEN="nonsense"), "DSTACK_SIMULATOR_LISTEN")
