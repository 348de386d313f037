"""The npm packages in an empty project, beside the published SDK."""
import json
import os
import signal
import subprocess
import time

import languages
import pytest
import toolchains
from conftest import alone, examples, run
from toolchains import Missing
from wire import wait_until

CPU = {"x86_64": "x64", "aarch64": "arm64"}[os.uname().machine]


@pytest.fixture(scope="module")
def project(built, tmp_path_factory):
    """With the packages installed; the SDK is in the directory above, where Node.js looks next."""
    try:
        with alone("javascript"):
            languages.javascript()
        _, npm = toolchains.node(languages.NODE_AT_LEAST)
    except Missing as missing:
        pytest.skip(str(missing))
    above = tmp_path_factory.mktemp("npm")
    (above / "node_modules").symlink_to(languages.BUILD / "javascript/node_modules")
    place = above / "project"
    place.mkdir()
    (place / "package.json").write_text('{"name": "app", "private": true}')
    packages = [path for path in built("npm").iterdir() if "-linux-" not in path.name or f"-linux-{CPU}-" in path.name]
    assert len(packages) == 2
    run(npm, "install", "--offline", "--no-audit", "--no-fund", f"--cache={above}/cache", *packages, directory=place)
    for name, text in examples("npm").items():
        (place / name).write_text(text)
    return place


def node(project, *arguments, **environment):
    program, _ = toolchains.node(languages.NODE_AT_LEAST)
    return run(program, "--preserve-symlinks", *arguments, directory=project, **environment)


def test_the_example_works(project):
    said = node(project, "--test", "--test-reporter=tap", "app.test.mjs")
    assert "# pass 2" in said and "# fail 0" in said


def test_the_command_is_the_program(project):
    assert run(project / "node_modules/.bin/dstack-simulator", "--version", directory=project).startswith("dstack-simulator 0.")


def test_the_command_passes_signals_and_exit_codes_on(project):
    command = project / "node_modules/.bin/dstack-simulator"
    ready = project / "ready"
    with subprocess.Popen([command, "-l", "0", "-d", "none", "--ready-file", ready], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while not ready.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        pid = json.loads(ready.read_text())["pid"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert subprocess.run([command, "--no-such-option"], capture_output=True, timeout=60, check=False).returncode == 2


IN_COMMON_JS = """\
const { startSimulator } = require('dstack-simulator')
startSimulator('--listen', 'x').catch((error) => console.log(error.message))
"""


def test_a_simulator_that_does_not_start_says_why(project):
    (project / "wrong.cjs").write_text(IN_COMMON_JS)
    assert "--listen" in node(project, "wrong.cjs")


A_SLOW_BOOT = """\
const { startSimulator } = require('dstack-simulator')
startSimulator().then(async (simulator) => {
  await simulator.call('Simulator.SetFault', { method: 'Boot', delay_ms: 200, times: 1 })
  const td = await simulator.td()
  console.log((await td.call('Info')).app_id === td.appId)
  await simulator.call('Simulator.SetFault', { method: 'Boot', status: 500, message: 'no keys', times: 1 })
  await simulator.td({ name: 'mine' }).catch((error) => console.log(error.message))
  await simulator.stop()
})
"""


def test_a_td_has_booted(project):
    (project / "slow.cjs").write_text(A_SLOW_BOOT)
    assert node(project, "slow.cjs") == "true\nmine does not boot: no keys\n"


def test_the_simulator_ends_with_its_process(project):
    (project / "early.cjs").write_text("require('dstack-simulator').startSimulator().then((s) => {\n"
                                       "  console.log(s.directory); process.exit(0) })\n")
    directory = node(project, "early.cjs").strip()
    assert directory.startswith("/")
    wait_until(lambda: directory not in subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True,
                                                       check=True).stdout, "the simulator to end")
