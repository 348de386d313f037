#!/usr/bin/env python3
"""Writes the table of verdicts in docs/verify.md again, from scenarios.json.

usage: test/verifiers/verdicts.py [DOCUMENT]
Prints the document with the new table; without one, the table alone.
"""

import json
import sys
from pathlib import Path

SCENARIOS = Path(__file__).resolve().parent / "scenarios.json"
BEGIN = "<!-- `make docs` writes this table, from test/verifiers/scenarios.json -->\n\n"
END = "\n<!-- end of the table -->\n"

# The members of scenarios.json with each verifier's verdict.
VERIFIERS = {
    "openssl": "OpenSSL",
    "dcap_qvl": "dcap-qvl, `/verify`",
    "go_tdx_guest": "go-tdx-guest",
    "go_tdx_guest_0_3_1": "go-tdx-guest v0.3.1",
    "voltage_verify": "voltage-verify",
    "dk_tee_attestation": "dk-tee-attestation",
}
HEALTHY = {"tcb_status": "UpToDate"}


def setting(platform):
    """What SetPlatform is given, without advisories beside something else."""
    members = [(name, value) for name, value in platform.items() if name != "advisories" or len(platform) == 1]
    return ", ".join(f"`{name}` `{value}`" if isinstance(value, str) else f"`{name}`" for name, value in members)


def described(scenario):
    what = setting(scenario["platform"] or HEALTHY)
    return f"{what}, a quote from before" if scenario.get("quoted_before") else what


def words(verdict):
    if "refused" in verdict:
        return "refuses"
    if "refused_by_policy" in verdict:
        return "your policy"
    return "accepts" if verdict.get("status", "UpToDate") == "UpToDate" else "names it"


def cell(scenario, verifier):
    early = scenario.get(f"{verifier}_early")
    standard = words(scenario[verifier])
    return f"{standard}; of the early set: {words(early)}" if early else standard


def table():
    head = ["scenario", *VERIFIERS.values()]
    rows = [[described(scenario), *(cell(scenario, verifier) for verifier in VERIFIERS)]
            for scenario in json.loads(SCENARIOS.read_text())]
    return "".join(f"| {' | '.join(row)} |\n" for row in [head, ["---"] * len(head), *rows])


def renewed(text):
    """The text of the document with this table."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + table() + END + after


if __name__ == "__main__":
    print(renewed(Path(sys.argv[1]).read_text()) if len(sys.argv) > 1 else table(), end="")
