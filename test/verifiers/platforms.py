"""The simulated platforms that a suite verifies quotes of."""

import json
import shutil
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

from images import make_image
from simulator import Simulator

DIRECTORY = Path(__file__).resolve().parent
# Nothing listens there, so what goes beyond this machine fails at once.
NOWHERE = "http://127.0.0.1:1"


# How --tcb-status says what SetPlatform says.
STATUSES = {"tcb_status": "", "platform_status": "platform=", "tdx_module_status": "tdx-module=", "qe_status": "qe=",
            "early_tcb_status": "early="}


def options_of(platform):
    """The command line for a platform of scenarios.json, or None if only SetPlatform makes it."""
    if platform.keys() - {*STATUSES, "tcb_recovered", "debug_td", "advisories", "quote_version"}:
        return None
    options = []
    options += ["--tcb-status", "Recovered"] if platform.get("tcb_recovered") else []
    for name, part in STATUSES.items():
        options += ["--tcb-status", part + platform[name]] if name in platform else []
    if "quote_version" in platform:
        options += ["--quote-version", platform["quote_version"]]
    for advisory in platform.get("advisories", []):
        options += ["--advisory", advisory]
    return options + (["--debug-td"] if platform.get("debug_td") else [])


def needed(directory):
    """The options of every simulator, by its name."""
    compose = directory / "app-compose.json"
    compose.write_text(json.dumps({"manifest_version": 2, "name": "peer", "runner": "docker-compose",
                                   "kms_enabled": True}))
    simulators = {
        "plain": [],
        "newer": ["--dstack-os", "0.6", "--app-compose", DIRECTORY / "newer-compose.json"],
        "changing": [],
        "peer": ["--app-compose", compose],
        "stranger": ["--seed", "another platform"],
        "host": ["--vm-ports", "--image", make_image(directory / "dstack-0.5.4", kernel="of the directory")],
    }
    for app in json.loads((DIRECTORY / "apps.json").read_text()):
        file = directory / f"{app['name'].replace(' ', '-')}.json"
        file.write_text(json.dumps({"manifest_version": 2, "name": "app", "runner": "docker-compose", **app["members"]}))
        simulators[f"app: {app['name']}"] = ["--app-compose", file, *app["options"]]
    for scenario in json.loads((DIRECTORY / "scenarios.json").read_text()):
        options = options_of(scenario["platform"])
        if options is not None and not scenario.get("quoted_before"):
            simulators[scenario["name"]] = options
    return simulators


def settings(simulators):
    urls = {name: simulator.url for name, simulator in simulators.items()}
    beyond = {name: NOWHERE for name in ("http_proxy", "https_proxy", "all_proxy")}
    return {
        "VERIFIER_TEST_URLS": json.dumps(urls),
        "VERIFIER_TEST_TABLES": str(DIRECTORY),
        **beyond, **{name.upper(): url for name, url in beyond.items()},
        "no_proxy": "127.0.0.1,localhost", "NO_PROXY": "127.0.0.1,localhost",
    }


@contextmanager
def platforms():
    """Start them all, give the settings that tell the tests where, and stop them:
    `plain` whose event log may grow, `newer` on an OS image of dstack 0.6, `changing` for SetPlatform, `peer` with another
    app under the same KMS, `stranger` of another seed, `host` to deploy TDs to, one for each app and one for each scenario."""
    directory = Path(tempfile.mkdtemp(prefix="verifiers-"))
    try:
        with ExitStack() as started:
            yield settings({name: started.enter_context(Simulator(directory / name, *options))
                            for name, options in needed(directory).items()})
    finally:
        shutil.rmtree(directory)
