"""`make tidy`, with a file that has a fault: each of the two tools has to find its own."""
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 600

pytestmark = [pytest.mark.skipif(not shutil.which(tool), reason=f"{tool} not found") for tool in ("clang-tidy", "cppcheck")]

SOUND = """\
#include <string.h>

#include "sim/base/error.h"

size_t planted(const char *text, struct error *error);

static int read_one(const char *text, const char **one, struct error *error)
{
    if (!text[0])
        return error_input(error, "it is empty");
    *one = text;
    return 0;
}

size_t planted(const char *text, struct error *error)
{
    const char *one;

    if (read_one(text, &one, error))
        return 0;
    return strlen(one);
}
"""


@pytest.fixture(name="tidy")
def fixture_tidy():
    """Runs it on one file in this tree, whose rules hold for it, and builds in a directory of its own."""
    (ROOT / "build").mkdir(exist_ok=True)
    variables = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}
    with tempfile.TemporaryDirectory(dir=ROOT / "build", prefix="planted-") as directory:
        build = Path(directory).relative_to(ROOT)

        def run(text):
            (ROOT / build / "planted.c").write_text(text)
            done = subprocess.run(["make", "--no-print-directory", "tidy", f"BUILD={build}", f"OWN_C={build}/planted.c"],
                                  cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                  timeout=SECONDS, check=False)
            return done.returncode, done.stdout

        yield run


def test_a_value_is_used_only_after_success(tidy):
    """That error_input returns -1, which clang-tidy cannot see, it is told."""
    code, said = tidy(SOUND)
    assert code == 0, said


def test_clang_tidy_finds_a_value_that_was_not_set(tidy):
    code, said = tidy(SOUND.replace("if (read_one(text, &one, error))", "if (read_one(text, &one, error) > 0)"))
    assert code != 0 and "clang-analyzer-core.CallAndMessage" in said, said


def test_cppcheck_finds_an_index_out_of_bounds(tidy):
    code, said = tidy(SOUND.replace("return strlen(one);", "char four[4] = {0};\n\n    return four[4] + strlen(one);"))
    assert code != 0 and "[arrayIndexOutOfBounds]" in said, said
