"""The command line as people use it: help, manual, completion, settings that can be used again."""
import os
import pathlib
import re
import select
import shutil
import subprocess
import time

import pytest
from conftest import PROGRAM, ROOT
from test_process import assert_refused, run

FULL = "/dev/full"  # every write to it fails: no space left


def need(tool):
    if shutil.which(tool) is None:
        pytest.skip(f"{tool} not found")


# --- help and manual ---

def test_help_fits_a_screen():
    lines = run("--help", "--listen", "9").stdout.splitlines()
    assert 10 < len(lines) <= 24 and max(map(len, lines)) <= 80


def test_what_shows_a_text_looks_at_no_environment():
    for option in ("--help", "--version", "--man", "--completion=bash"):
        assert run(option, DSTACK_SIMULATOR_LOG_LEVEL="nonsense").returncode == 0


def test_the_manual_is_good_roff():
    need("groff")
    page = run("--man").stdout
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww"], input=page, capture_output=True, text=True, timeout=30,
                          check=True, env={**os.environ, "GROFF_NO_SGR": "1"})
    assert done.stderr == ""
    plain = " ".join(re.sub(r".\x08", "", done.stdout).split())
    for words in ("SYNOPSIS", "EXIT STATUS", "--log-level LEVEL", "INTEL-SA-00837", "with a backslash before"):
        assert words in plain
    assert "\\" not in plain.replace('", \\, $', "")  # no escape remains


def test_the_manual_as_mandoc_reads_it():
    need("mandoc")
    done = subprocess.run(["mandoc", "-Tlint", "-Wwarning"], input=run("--man").stdout, capture_output=True, text=True,
                          timeout=30, check=False)
    complaints = [line for line in (done.stdout + done.stderr).splitlines() if "missing date" not in line]
    assert complaints == []  # a date could only be that of the build


@pytest.mark.parametrize("options", [["--help"], ["--version"], ["--man"], ["--completion", "fish"], ["--print-config"],
                                     ["--print-root-ca"], ["--check"]], ids=lambda options: options[0])
def test_a_full_disk_is_an_error(options):
    with open(FULL, "wb") as full:
        done = subprocess.run([PROGRAM, *options], stdout=full, stderr=subprocess.PIPE, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stderr == "dstack-simulator: cannot write to stdout: No space left on device\n"


# --- installing ---

PLACES = {"bin/dstack-simulator": None, "lib/systemd/system/dstack-simulator.service": None,
          "lib/systemd/system/dstack-simulator.socket": None, "share/man/man1/dstack-simulator.1": ["--man"],
          "share/bash-completion/completions/dstack-simulator": ["--completion", "bash"],
          "share/zsh/vendor-completions/_dstack-simulator": ["--completion", "zsh"],
          "share/fish/vendor_completions.d/dstack-simulator.fish": ["--completion", "fish"]}


def make(target, directory, program=PROGRAM):
    """With the program under test, as it is: -o keeps make from building it."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS", "DSTACK_"))}
    program = os.path.abspath(program)
    subprocess.run(["make", "-o", program, f"PROGRAM={program}", f"BUILD={directory}/build", "PREFIX=/usr",
                    f"DESTDIR={directory}/root", target], cwd=ROOT, env=environment, capture_output=True, timeout=60, check=True)


def test_installing_and_uninstalling(tmp_path):
    need("make")
    usr = tmp_path / "root/usr"
    make("install", tmp_path)
    assert {str(path.relative_to(usr)) for path in usr.rglob("*") if path.is_file()} == set(PLACES)
    assert os.access(usr / "bin/dstack-simulator", os.X_OK)
    for place, options in PLACES.items():
        assert not options or (usr / place).read_text() == run(*options).stdout != ""
    make("uninstall", tmp_path)
    assert [path for path in usr.rglob("*") if path.is_file()] == []


def test_the_installed_unit_starts_the_installed_program(tmp_path):
    need("make")
    make("install", tmp_path)
    unit = (tmp_path / "root/usr/lib/systemd/system/dstack-simulator.service").read_text()
    assert re.findall(r"^ExecStart=(\S+)", unit, re.M) == ["/usr/bin/dstack-simulator"]


def test_a_program_for_another_machine_is_not_run_to_be_installed(tmp_path):
    need("make")
    foreign, ran = tmp_path / "foreign", tmp_path / "ran"
    foreign.write_text(f"#!/bin/sh\ntouch {ran}\n")
    foreign.chmod(0o755)
    make("install", tmp_path, foreign)
    assert (tmp_path / "root/usr/bin/dstack-simulator").read_bytes() == foreign.read_bytes()
    assert (tmp_path / "root/usr/share/man/man1/dstack-simulator.1").read_text() == run("--man").stdout
    assert not ran.exists()


# --- settings that can be used again ---

def settings(*options, **environment):
    done = run("--print-config", *options, **environment)
    assert done.returncode == 0 and done.stderr == ""
    return done.stdout


def values(text):
    """Without the comments, which say where each is from."""
    return [line for line in text.splitlines() if line and not line.startswith("#")]


ODD = ["--seed", "a $HOME `id` \"b\" \\n 'c' ~#;&|*", "--listen", "1=kms,tappd", "--listen", "unix:/a b;c\\d",
       "--fault", "GetQuote=500,message=x,y z", "--advisory", "A-1", "--advisory", "B-2", "--socket-dir", "none", "--debug-td"]


def test_a_shell_takes_the_settings_back(tmp_path):
    first = settings(*ODD)
    (tmp_path / "env").write_text(first)
    done = subprocess.run(["sh", "-c", 'set -a; . "$0"; "$1" --print-config', tmp_path / "env", PROGRAM],
                          capture_output=True, text=True, timeout=30, check=True, cwd="/")
    assert sorted(values(done.stdout)) == sorted(values(first))
    assert "From the command line" in first and "From the command line" not in done.stdout
    assert "From the environment" in done.stdout


def test_docker_takes_plain_settings_back():
    """docker run --env-file takes each line literally."""
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


# --- completion ---

@pytest.fixture
def files(tmp_path):
    for name in ("app compose.json", "app-keys.json"):
        (tmp_path / name).touch()
    (tmp_path / "app-logs").mkdir()
    return tmp_path


BASH = r"""
eval "$("$1" --completion bash)" || exit
complete -p dstack-simulator >/dev/null || exit
shift
COMP_WORDS=(dstack-simulator "$@")
COMP_CWORD=$#
_dstack_simulator dstack-simulator "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\n' "${COMPREPLY[@]}"
"""


def bash(directory, *words):
    """What bash would offer for the last of these words."""
    done = subprocess.run(["bash", "--norc", "-c", BASH, "bash", os.path.abspath(PROGRAM), *words], capture_output=True,
                          text=True, timeout=30, check=True, cwd=directory)
    assert done.stderr == ""
    return sorted(done.stdout.split("\n")[:-1])


@pytest.mark.parametrize("words, offered", [
    (["--log-l"], ["--log-level"]),
    (["--seed", "x", "--print-"], ["--print-config", "--print-root-ca"]),
    (["--log-level", ""], ["debug", "error", "info", "off", "warn"]),
    (["--log-level", "=", "d"], ["debug"]),
    (["--log-format", "="], ["json", "text"]),
    (["--tcb-status", "Out"], ["OutOfDate", "OutOfDateConfigurationNeeded"]),
    (["--completion", ""], ["bash", "fish", "zsh"]),
    (["--app-compose", "app"], ["app compose.json", "app-keys.json", "app-logs"]),
    (["-a", "app-k"], ["app-keys.json"]),
    (["--logs-dir", "app"], ["app-logs"]),
    (["--socket-dir", "no"], ["none"]),
    (["--seed", ""], [""]),
    (["-l", "x"], [""]),
    (["dec"], ["decrypt-env"]),
    (["dep"], ["deploy"]),
    (["decrypt-env", "app-k"], ["app-keys.json"]),
    (["decrypt-env", "--debug-td", "app-k"], ["app-keys.json"]),
    (["--healthcheck", "app-k"], ["app-keys.json"]),
    (["--healthcheck", "--lis"], ["--listen"]),
])
def test_bash_completes(files, words, offered):
    assert bash(files, *words) == offered


@pytest.mark.parametrize("line, offered", [
    ("--log-l", ["--log-level"]),
    ("--log-level ", ["debug", "error", "info", "off", "warn"]),
    ("--log-level=d", ["--log-level=debug"]),
    ("-a app-k", ["app-keys.json"]),
    ("--logs-dir app", ["app-logs/"]),
    ("--socket-dir no", ["none"]),
    ("--seed ", []),
    ("--app-keys k decr", ["decrypt-env"]),
    ("decrypt-env app-k", ["app-keys.json"]),
])
def test_fish_completes(files, line, offered):
    need("fish")
    done = subprocess.run(["fish", "--no-config", "-c", '$argv[1] --completion fish | source; '
                           'complete -C "dstack-simulator $argv[2]"', "--", os.path.abspath(PROGRAM), line],
                          capture_output=True, text=True, timeout=60, check=True, cwd=files,
                          env={**os.environ, "HOME": str(files), "XDG_CONFIG_HOME": str(files)})
    assert sorted(offer.split("\t")[0] for offer in done.stdout.splitlines()) == offered


class Zsh:
    """An interactive zsh on a terminal of its own."""

    def __init__(self, directory):
        functions = pathlib.Path(directory) / "functions"
        functions.mkdir()
        (functions / "_dstack-simulator").write_text(run("--completion", "zsh").stdout)
        ours, theirs = os.openpty()
        self.terminal, self.seen = ours, ""
        self.process = subprocess.Popen(["zsh", "-f", "-i"], stdin=theirs, stdout=theirs, stderr=theirs, cwd=directory,
                                        start_new_session=True, env={**os.environ, "TERM": "dumb", "HOME": str(directory),
                                                                     "COLUMNS": "200", "LINES": "50"})
        os.close(theirs)
        self.type("PROMPT='read''y> '; fpath=($PWD/functions $fpath); autoload -U compinit && compinit -u -D; "
                  "unsetopt beep list_beep prompt_sp; LISTMAX=1000; echo load''ed\n")
        self.until("loaded")
        self.until("ready> ")

    def type(self, text):
        os.write(self.terminal, text.encode())

    def until(self, text, seconds=30):
        end = time.monotonic() + seconds
        while text not in self.seen:
            left = end - time.monotonic()
            assert left > 0 and select.select([self.terminal], [], [], left)[0], f"no {text!r} in {self.seen!r}"
            self.seen += os.read(self.terminal, 65536).decode(errors="replace")
        self.seen = self.seen.split(text, 1)[1]

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)


@pytest.mark.parametrize("typed, completed", [
    ("--log-l", "evel="),
    ("--log-level=de", "bug"),
    ("--tcb-status Rev", "oked"),
    ("-a app-k", "eys.json"),
    ("--logs-dir app-l", "ogs/"),
    ("--seed x decr", "ypt-env"),
    ("decrypt-env app-k", "eys.json"),
    ("--listen 1 --lis", "ten="),
])
def test_zsh_completes(files, typed, completed):
    need("zsh")
    zsh = Zsh(files)
    try:
        zsh.type(f"dstack-simulator {typed}")
        zsh.until(typed)
        zsh.type("\t")
        zsh.until(completed)
    finally:
        zsh.close()
