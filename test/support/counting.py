"""How many tests a directory has, for a suite that cannot run: those that its sources define. One
that runs counts more, since a table makes several tests of one."""

import re
from pathlib import Path

DEFINITIONS = {
    ".py": r"^ *(?:async )?def test_",
    ".c": r"^ +(?:WATCHED|cmocka_unit_test)\(",
    ".mjs": r"^ *(?:await )?(?:\w+\.)?(?:test|it)\(",
    ".rs": r"^ *#\[(?:\w+::)?test\b|^async fn \w+\(endpoint: |\bTrial::test\(",
    ".go": r"^func Test|\bt\.Run\(",
}


def tests_in(directory):
    return sum(len(re.findall(DEFINITIONS[path.suffix], path.read_text(), re.MULTILINE))
               for path in Path(directory).rglob("*") if path.suffix in DEFINITIONS)
