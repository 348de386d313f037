"""Builds another revision, to compare with."""
import os
import pathlib
import subprocess

from .program import Failure

ROOT = pathlib.Path(__file__).resolve().parents[2]


def run(command, what):
    mine = {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "BUILD", "PROGRAM")}
    done = subprocess.run(command, cwd=ROOT, env=mine, capture_output=True, check=False)
    if done.returncode:
        raise Failure(f"{what}:\n{(done.stdout + done.stderr).decode(errors='replace').strip()}")
    return done.stdout


def build_base(ref):
    """Returns revision and program; what was built before is used again."""
    revision = run(["git", "rev-parse", "--verify", "--short=12", f"{ref}^{{commit}}"],
                   f"{ref} is not a revision of this repository").decode().strip()
    directory = ROOT / "build/bench" / revision
    program = directory / "dstack-simulator"
    if not program.exists():
        print(f"building {revision} in {directory.relative_to(ROOT)}", flush=True)
        directory.mkdir(parents=True, exist_ok=True)
        archive = directory / "tree.tar"
        archive.write_bytes(run(["git", "archive", revision], "cannot read the revision"))
        run(["tar", "-xf", archive, "-C", directory], "cannot unpack the revision")
        archive.unlink()
        run(["make", "-C", directory, f"-j{os.cpu_count()}", f"REV={revision}", f"DEPS={ROOT}/build/deps"],
            f"{revision} does not build")
    return revision, program
