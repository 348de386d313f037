"""The code map of docs/architecture.md: what it names is defined in the file that it names."""
import re

import pytest
from documents import ROOT, documents

QUESTIONS = 20  # at least


def rows():
    text = documents()["docs/architecture.md"].text
    table = re.search(r"^\| looking for .*\n\|[ -|]*\n((?:\|.*\n)+)", text, re.M).group(1)
    return [[cell.strip().strip("`") for cell in line.strip("|").split(" | ")] for line in table.splitlines()]


MAP = rows()


def is_defined(name, text):
    """As a function whose body follows, a table, a macro or a constant."""
    return any(re.search(pattern, text, re.M) for pattern in (
        rf"^[a-z][^;{{}}#]*\b{name}\((?:[^;{{}}]|\n)*\)\n?\{{", rf"^[a-z][^;()]*\b{name}\[.*\] = \{{",
        rf"^#define {name}\b", rf"^\s*{name} = "))


def test_it_answers_enough():
    assert len(MAP) >= QUESTIONS and len({question for question, *_ in MAP}) == len(MAP)


@pytest.mark.parametrize("question, name, path", MAP, ids=[row[1] for row in MAP])
def test_what_is_named_is_defined_there(question, name, path):
    path = path.rstrip("| `")
    assert is_defined(name, (ROOT / path).read_text()), f"{question}: {path} defines no {name}"


@pytest.mark.parametrize("text", ["int f(void);\n", "static int g(void)\n{\n    return f();\n}\n", "/* f() is not here */\n"])
def test_what_is_only_called_or_declared_is_not_enough(text):
    assert not is_defined("f", text)
