"""scripts/bench runs to its end; what it measures is not asserted."""
import importlib
import json
import os
import shutil
import subprocess
import sys

import pytest
from conftest import KEEPS_FREED, PROGRAM, ROOT


def bench(*options, **environment):
    return subprocess.run([sys.executable, ROOT / "scripts/bench", "--program", PROGRAM, *options], capture_output=True,
                          text=True, timeout=1800, check=False, env={**os.environ, **environment})


@pytest.mark.skipif(not shutil.which("wrk"), reason="wrk not found")
def test_it_runs_through(directory):
    """Each kind of load once: a body of bytes, one made from an answer, one that counts, one client."""
    names = ["GetKey-fresh", "GetQuote-protobuf", "Verify", "one-client-unix"]
    file = os.path.join(directory, "numbers.json")
    result = bench("--seconds", "1", "--starts", "1", "--methods", ",".join(names), "--json", file)
    assert result.returncode == 0, result.stderr
    with open(file, encoding="ascii") as text:
        results = json.load(text)
    assert set(results["methods"]) == {"Version", "one-client-tcp", *names}
    assert results["methods"]["Version"]["to_version"] == 1
    assert all(method["new"]["requests_per_s"] > 0 for method in results["methods"].values())
    assert results["starts"]["new"]["resident_kib"] > 0
    for name in names:
        assert name in result.stdout


@pytest.mark.skipif(not shutil.which("wrk"), reason="wrk not found")
@pytest.mark.parametrize("load", ["Version", "one-client-unix"])
def test_programs_are_loaded_at_once(load, directory, monkeypatch):
    """On one processor, as is what measures the operations; afterwards it is as before."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    together = importlib.import_module("measure.together")
    operations = os.path.join(directory, "operations")
    with open(operations, "w", encoding="ascii") as script:
        script.write("#!/bin/sh\necho \"{\\\"seconds\\\": $1, \\\"processors\\\": $(nproc)}\"\n")
    os.chmod(operations, 0o755)
    before = os.sched_getaffinity(0)
    times, found = together.measure([PROGRAM, PROGRAM], load, 1, operations)
    assert len(times) == 2 and min(times) > 0
    assert found == {"seconds": 1, "processors": 1}
    assert os.sched_getaffinity(0) == before


@pytest.mark.skipif(KEEPS_FREED, reason="nothing can be loaded into a program with sanitizers first")
@pytest.mark.skipif(not shutil.which("wrk") or not shutil.which("cc"), reason="wrk or cc not found")
def test_figures_beside_their_goals(directory):
    file = os.path.join(directory, "numbers.json")
    operations = os.path.join(directory, "operations")
    with open(operations, "w", encoding="ascii") as script:
        script.write("#!/bin/sh\necho '{\"p256_key\": 1, \"p256_sign\": 1, \"k256_key\": 1, \"k256_sign\": 1}'\n")
    os.chmod(operations, 0o755)
    subprocess.run(["cc", "-D_GNU_SOURCE", "-shared", "-fPIC", "-o", os.path.join(directory, "turns.so"),
                    ROOT / "scripts/measure/turns.c"], check=True)
    result = bench("--parts", "bars", "--seconds", "1", "--starts", "1", "--tools", directory, "--json", file)
    assert result.returncode == 0, result.stderr
    with open(file, encoding="ascii") as text:
        bars = json.load(text)["bars"]
    assert len(bars) == 15 + 2 * bool(shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin"))
    for bar in bars:
        assert bar["is"] > 0 and bar["what"] in result.stdout
        assert bar["reached"] == (bar["is"] >= bar["goal"] if bar["comparison"] == ">=" else bar["is"] <= bar["goal"])


@pytest.mark.skipif(KEEPS_FREED, reason="valgrind cannot run a program with sanitizers")
@pytest.mark.skipif(not shutil.which("valgrind"), reason="valgrind not found")
def test_instructions_are_counted_and_compared(monkeypatch, capsys):
    """They are counted twice, and the same; one table entry is a different one."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    counts = importlib.import_module("measure.counts")
    found = counts.count_all(PROGRAM, ("Version",))
    assert 1000 < found["Version"] < 1e6
    assert counts.count_all(PROGRAM, ("Version",))["Version"] == pytest.approx(found["Version"], rel=0.2)
    kept = counts.kept()
    assert set(kept["instructions"]) == set(counts.CALLS)
    monkeypatch.setattr(counts, "kept", lambda: {**kept, "instructions": {"Version": found["Version"] // 2}})
    counts.show(found)
    assert "more" in capsys.readouterr().out


def test_scale_is_measured(monkeypatch, capsys):
    """With small counts; what is kept is left alone."""
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    scale = importlib.import_module("measure.scale")
    plot = importlib.import_module("measure.plot")
    for name in ("EVENTS", "CONNECTIONS", "TDS"):
        monkeypatch.setattr(scale, name, (1, 3))
    figures = scale.measure(PROGRAM)
    assert [[row["count"] for row in figures[kind]] for kind in ("events", "connections", "tds")] == [[1, 3]] * 3
    assert [row["count"] for row in figures["processes"]] == list(range(1, os.cpu_count() + 1))
    assert all(value > 0 for kind in ("events", "connections", "tds", "processes") for row in figures[kind]
               for value in row.values())
    assert "EmitEvent" in plot.draw(figures) and "3 TDs" in plot.table(figures)


def test_without_wrk(directory):
    result = bench("--methods", "Version", PATH=directory)
    assert result.returncode == 1 and result.stderr == (
        "bench: wrk is not installed; Debian has it in the package of that name: apt-get install wrk\n")


@pytest.mark.parametrize("options, words", [
    (["--methods", "Versoin"], ["Versoin", "GetQuote"]),
    (["--seconds", "0"], ["--seconds", "at least 1"]),
])
def test_bad_options(options, words):
    result = bench(*options)
    assert result.returncode == 2
    for word in words:
        assert word in result.stderr


@pytest.mark.skipif(not shutil.which("wrk"), reason="wrk not found")
@pytest.mark.parametrize("options, words", [
    (["--program", "/nonexistent"], ["/nonexistent", "make"]),
    (["--base", "no-such-revision", "--methods", "Version"],
     ["no-such-revision is not a revision of this repository"]),
])
def test_what_is_not_there(options, words):
    result = bench(*options)
    assert result.returncode == 1
    for word in words:
        assert word in result.stderr
