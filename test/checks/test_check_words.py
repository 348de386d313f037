"""scripts/check-words: what it refuses, and what it leaves alone."""
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts/check-words"


def said(tmp_path, text):
    (tmp_path / "some.c").write_text(text)
    done = subprocess.run([sys.executable, SCRIPT, tmp_path / "some.c"], capture_output=True, text=True, check=False)
    assert done.returncode == (1 if done.stdout else 0) and done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("text, words, better", [
    ("it is no folder", "folder", "directory"), ("x is no socket", "is no s", "is not a"),
    ("bytes behind the quote", "behind", "after"), ("--listen wants an address", "wants", "needs"),
    ("a number is wanted", "wanted", "expected"), ("what stands there", "stands", "is"),
    ("nobody has called", "nobody", "a client"), ("a client is put off", "put off", "deferred"),
])
def test_these_words_are_refused_with_better_ones(tmp_path, text, words, better):
    report = said(tmp_path, f"/* fine\n * {text} */\n")
    assert f'some.c:2: "{words}": ' in report and better in report


@pytest.mark.parametrize("text", ["there is no quote", "TD stands for trust domain", "it is no longer needed",
                                  "an unwanted file", "a reverse proxy in front of it"])
def test_these_are_fine(tmp_path, text):
    assert said(tmp_path, f"{text}\n") == ""


def test_the_tree_is_clean():
    done = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""
