"""scripts/proto-docs: what it takes from the comments of a .proto file, and what it cannot read."""

import re
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "proto-docs"

PROTO = r'''// The file's own words.
syntax = "proto3";
package some.where;

import "other.proto";

// Detached, so of no field.

service First {
  // Does "this" \ that.
  // Then more.
  // May answer 501.
  rpc Do(In) returns (Out);
  rpc Undocumented(In) returns (Out);
}

// Its own.
service Second {}

message In {
  // Text.
  // Required.
  // Length: 1 to 20
  // Pattern: ^\d"$
  // Example: "a \"b\""
  string text = 1;
  // Values: one, two
  repeated string words = 2;
  // Count: 0 to 3
  // Range: -5 to 7
  repeated int32 numbers = 3;

  // Of its member.
  oneof optional_late { uint64 late = 4; }
  // Inside.
  message Inner {
    // Length: 20
    bytes id = 1;
    // Any.
    // May contain U+0000.
    string any = 2;
  }
  Inner inner = 5;
  // After it.
  bool after = 6;
}
message Out {}
'''

ROWS = [
    r'{"some.where.First", "The file' "'" r's own words.", NULL, NULL, NULL, NULL, NULL, NULL, false, false, false},',
    r'{"some.where.First.Do", "Does \"this\" \\ that. Then more.", NULL, NULL, NULL, NULL, NULL, NULL, false, false, true},',
    r'{"some.where.In.Inner", "Inside.", NULL, NULL, NULL, NULL, NULL, NULL, false, false, false},',
    r'{"some.where.In.Inner.any", "Any. May contain U+0000.", NULL, NULL, NULL, NULL, NULL, NULL, false, true, false},',
    r'{"some.where.In.Inner.id", NULL, NULL, NULL, NULL, "20", "20", NULL, false, false, false},',
    r'{"some.where.In.after", "After it.", NULL, NULL, NULL, NULL, NULL, NULL, false, false, false},',
    r'{"some.where.In.late", "Of its member.", NULL, NULL, NULL, NULL, NULL, NULL, false, false, false},',
    r'{"some.where.In.numbers", NULL, NULL, NULL, NULL, "-5", "7", "3", false, false, false},',
    r'{"some.where.In.text", "Text.", "\"a \\\"b\\\"\"", NULL, "^\\d\"$", "1", "20", NULL, true, false, false},',
    r'{"some.where.In.words", NULL, NULL, "\"one\",\"two\"", NULL, NULL, NULL, NULL, false, false, false},',
    r'{"some.where.Second", "Its own.", NULL, NULL, NULL, NULL, NULL, NULL, false, false, false},',
]


def run(directory, text):
    file = directory / "some.proto"
    file.write_text(text)
    return subprocess.run([SCRIPT, file], capture_output=True, text=True)


def test_comments_become_rows(tmp_path):
    done = run(tmp_path, PROTO)
    assert done.returncode == 0 and done.stderr == ""
    assert re.findall(r"^    (\{.*\},)$", done.stdout, re.M) == ROWS


@pytest.mark.parametrize("line, says", [
    ("string a = 1; // after it", "above it"),
    ("string a = 1", "one line"),
    ("/* Another way to comment. */", "cannot read"),
    ("// Length: 1 bis 20", "not a range"),
    ("message Open {", "not closed"),
])
def test_what_it_cannot_read_is_an_error(tmp_path, line, says):
    done = run(tmp_path, f'syntax = "proto3";\npackage p;\nmessage M {{\n  {line}\n}}\n')
    assert done.returncode != 0 and says in done.stderr
    assert "some.proto" in done.stderr and "proto_docs[]" not in done.stdout


def test_a_file_that_is_not_there(tmp_path):
    done = subprocess.run([SCRIPT, tmp_path / "none"], capture_output=True, text=True)
    assert done.returncode != 0 and "cannot read" in done.stderr
