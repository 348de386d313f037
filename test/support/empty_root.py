"""A root directory that holds one program and nothing else: no C library, no /etc, no /dev, no /proc."""

import json
import os
import shutil
import subprocess
import time

import pytest

SECONDS = 30
PATH = {"PATH": os.environ["PATH"]}  # to find chroot by


def how_to_change_root():
    """The words before `ROOT PROGRAM...`, or why there are none."""
    if os.geteuid() == 0:
        return ["chroot"]
    words = ["unshare", "--user", "--map-root-user", "chroot"]
    if subprocess.run([*words, "/", "true"], capture_output=True, check=False).returncode:
        pytest.skip("changing the root needs root, or a kernel that lets users make namespaces")
    return words


class EmptyRoot:
    def __init__(self, directory, program):
        self.directory, self.change_root, self.processes = directory, how_to_change_root(), []
        directory.mkdir()
        shutil.copy(program, directory / "simulator")

    def command(self, *options):
        return [*self.change_root, str(self.directory), "/simulator", *map(str, options)]

    def run(self, *options):
        return subprocess.run(self.command(*options), env=PATH, capture_output=True, text=True, timeout=SECONDS, check=False)

    def start(self, *options):
        """Returns the URL of the first address."""
        ready, log = self.directory / "ready", self.directory / "log"
        ready.unlink(missing_ok=True)
        with open(log, "wb") as output:
            command = self.command("--socket-dir", "none", "--ready-file", "/ready", *options)
            self.processes.append(subprocess.Popen(command, env=PATH, stdout=output, stderr=output))
        deadline = time.monotonic() + SECONDS
        while not ready.exists():
            assert self.processes[-1].poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.01)
        return json.loads(ready.read_text())["endpoints"][0]["url"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.terminate()
        assert [process.wait(SECONDS) for process in self.processes] == [0] * len(self.processes)
