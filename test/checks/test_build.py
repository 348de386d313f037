"""What packagers count on: their flags are used, the program is hardened, and the same sources give the same bytes."""
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / os.environ.get("SIMULATOR", "dstack-simulator")
SOURCES = ("Makefile", "crypto", "fixtures", "scripts", "sim")


def make(tree, *arguments, **environment):
    """In an environment without flags of its own."""
    flags = ("CFLAGS", "CPPFLAGS", "LDFLAGS", "BUILD", "PROGRAM", "SANITIZE", "CI", "MAKEFLAGS", "MFLAGS", "MAKELEVEL")
    mine = {key: value for key, value in os.environ.items() if key not in flags}
    done = subprocess.run(["make", "--no-print-directory", *arguments], cwd=tree, env={**mine, **environment},
                          capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def commands(*arguments, **environment):
    """Those of the compiler that a build would run: of compiling, and of linking."""
    told = make(ROOT, "--dry-run", "--always-make", "CC=the-compiler", *arguments, "all", "units", **environment)
    lines = [shlex.split(line) for line in told.splitlines() if line.startswith("the-compiler ")]
    return [line for line in lines if "-c" in line], [line for line in lines if "-c" not in line]


@pytest.mark.parametrize("is_exported", [True, False])
def test_flags_are_used(is_exported):
    flags = {"CPPFLAGS": "-DMINE=1 -I/mine", "CFLAGS": "-O1 -gmine", "LDFLAGS": "-Wl,--mine"}
    compiling, linking = commands(**flags) if is_exported else commands(*(f"{key}={value}" for key, value in flags.items()))
    assert len(compiling) > 200 and len(linking) > 100
    for line in compiling:
        assert {"-DMINE=1", "-I/mine", "-O1", "-gmine"} <= set(line), line
        assert "-Wl,--mine" not in line and "-O3" not in line
    for line in linking:
        assert {"-O1", "-gmine", "-Wl,--mine"} <= set(line), line


def test_flags_of_a_distribution_come_after_ours():
    compiling, linking = commands(CFLAGS="-fno-stack-protector", LDFLAGS="-no-pie")
    for line in compiling:
        assert line.index("-fno-stack-protector") > line.index("-fstack-protector-strong")
    for line in linking:
        assert line.index("-no-pie") > line.index("-pie")


@pytest.mark.parametrize("flags, expected", [
    ({}, 1), ({"CPPFLAGS": "-D_FORTIFY_SOURCE=3"}, 1), ({"CFLAGS": "-O2 -U_FORTIFY_SOURCE"}, 1),
])
def test_fortification_is_defined_once(flags, expected):
    compiling, _ = commands(**flags)
    assert {len(re.findall(r"-[DU]_FORTIFY_SOURCE", " ".join(line))) for line in compiling} == {expected}


@pytest.fixture
def elf():
    if shutil.which("readelf") is None:
        pytest.skip("readelf not found")

    def read(*options):
        return subprocess.run(["readelf", "--wide", *options, PROGRAM], capture_output=True, text=True, timeout=60,
                              check=True).stdout
    return read


def test_the_program_is_hardened(elf):
    assert re.search(r"\(FLAGS_1\) .*\bNOW\b.*\bPIE\b", elf("--dynamic"))
    assert "GNU_RELRO" in elf("--program-headers")


def test_the_program_needs_no_systemd(elf):
    assert "libsystemd" not in elf("--dynamic")


@pytest.fixture(scope="module")
def built_twice(tmp_path_factory):
    """Programs of the same sources, built in directories whose names differ, also in length."""
    programs = []
    for name, build in (("a", []), ("longer", ["BUILD={}/elsewhere", "PROGRAM={}/elsewhere/program"])):
        tree = tmp_path_factory.mktemp("build") / name
        tree.mkdir()
        for source in SOURCES:
            subprocess.run(["cp", "-a", ROOT / source, tree], check=True)
        if (ROOT / "build/deps").exists():  # what setup has unpacked
            shutil.copytree(ROOT / "build/deps", tree / "build/deps", symlinks=True)
        outside = [word.format(tree.parent) for word in build]
        make(tree, "-j2", "REV=0", "CPPFLAGS=-U_FORTIFY_SOURCE", "CFLAGS=-O0 -g", *outside, "all")
        programs.append(Path(tree.parent, "elsewhere/program") if build else tree / "dstack-simulator")
    return programs


def test_the_same_sources_give_the_same_bytes(built_twice):
    first, second = (program.read_bytes() for program in built_twice)
    assert first == second


def test_a_program_does_not_contain_where_it_was_built(built_twice):
    for program in built_twice:
        assert str(program.parent).encode() not in program.read_bytes()


def test_other_flags_build_everything_again(built_twice):
    tree = built_twice[0].parent
    flags = ["REV=0", "CPPFLAGS=-U_FORTIFY_SOURCE"]
    assert "  cc " not in make(tree, *flags, "CFLAGS=-O0 -g", "all")
    assert make(tree, "--dry-run", *flags, "CFLAGS=-O1", "all").count("  cc ") > 100
