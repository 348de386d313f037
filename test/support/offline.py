"""Whether anything may be downloaded: `test/run --offline`, which `make check` runs, says that nothing may."""

import os

REASON = "nothing is downloaded by make check; make test does"


def is_offline():
    return os.environ.get("TEST_OFFLINE") == "true"
