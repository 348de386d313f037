"""How the blocks of each language are run, and what they have to print.

A block that begins with a comment that is a file's name is that file: it is written, and a later
block has to use it; tests for pytest are run. Every other block is run as it is.

What a block says of its output is held against it:
  sh      a comment that begins with { is printed, but {"error" says that the command fails; so does
          `# refused: REASON`; `prints TEXT` at the end of a comment is printed
  others  `print(...)  # TEXT` or `// TEXT` is printed, and may go on with ": explanation"
  text    is what the block before has printed
In all of them "..." stands for anything.
"""

import json
import re

import packages
import yaml
from story import Failed

COMMENT = re.compile(r"^(.*\S)\s+# (.*)$")
PRINTED = re.compile(r"^\s*(?:print|console\.log|fmt\.Println)\(.*\s(?:#|//) (.*)$", re.M)
USERS = {"conftest.py": r"\btest_\w+\.py\b"}  # what uses a file without naming it


def pattern(expected):
    return ".*?".join(map(re.escape, expected.split("...")))


def expect(patterns, output):
    """Each pattern is found in the output, after what the one before has found."""
    place = 0
    for one in patterns:
        found = re.compile(one, re.M).search(output, place)
        if not found:
            raise Failed(f"it does not print {one}, but\n{output}")
        place = found.end()


# --- sh ---

def fails_as_said(command, reason):
    """Succeeds when the command fails and says this."""
    seen = f"{{ {command}; }} > .refusal 2>&1"
    return (f"if {seen}; then echo 'this should have failed: '; cat .refusal; exit 1; fi >&2\n"
            f"cat .refusal; grep -qF -- {shell_quoted(reason.split('...')[0])} .refusal")


def shell_quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


def read_shell(text):
    """The script to run, and patterns of what it should print."""
    script, expected, is_continued = [], [], False
    for line in text.splitlines():
        command, comment = COMMENT.match(line).groups() if COMMENT.match(line) else (line, "")
        reason = comment.removeprefix("refused: ") if comment.startswith("refused: ") else None
        reason = comment if comment.startswith('{"error"') else reason
        if reason is not None:
            if is_continued:
                raise Failed("only a command of one line can be said to fail")
            line = fails_as_said(command, reason)
        elif comment.startswith("{"):
            expected.append(pattern(comment))
        elif re.search(r"\bprints ", comment):
            expected.append(f"^{pattern(comment.partition('prints ')[2])}$")
        script.append(line)
        is_continued = command.endswith(("\\", "|", "&&"))
    return "\n".join(script), expected


def run_sh(block, story):
    for program, provide in packages.PROVIDERS.items():
        if re.search(rf"^{program} ", block.text, re.M):
            story.variables.update(provide())
    script, expected = read_shell(block.text)
    story.run_shell(script)
    for name in [name for name in story.promises if name in script]:
        expected += story.promises.pop(name)
    expect(expected, story.output)


# --- others ---

def expected_of(text):
    return [f"^{pattern(comment.partition(': ')[0].strip())}$" for comment in PRINTED.findall(text)]


def run_python(block, story):
    story.write(".block.py", block.text)
    expect(expected_of(block.text), story.run("python3", ".block.py"))


def run_yaml(block, story):
    if not isinstance(yaml.safe_load(block.text), dict):
        raise Failed("it is not a mapping")


def run_json(block, story):
    json.loads(block.text)


def run_text(block, story):
    if not re.fullmatch(pattern(block.text.strip()), story.output.strip()):
        raise Failed(f"the block before prints\n{story.output}")


def run_file(block, story, later):
    """Writes the file. A later block has to use it, and prints what the file says."""
    name = block.file_name
    user = USERS.get(name, rf"\b{re.escape(name)}\b")
    story.write(name, block.text)
    story.promises[name] = expected_of(block.text)
    if re.fullmatch(r"test_\w+\.py", name):
        story.run("python3", "-m", "pytest", "-q", "-p", "no:cacheprovider", name)
    elif not any(re.search(user, other.text) for other in later):
        raise Failed(f"no later block uses {name}")


RUNNERS = {"sh": run_sh, "python": run_python, "yaml": run_yaml, "json": run_json, "text": run_text}
FILES = {"python": run_python, "js": None, "go": None, "toml": None, "yaml": run_yaml}


def run(block, story, document):
    later = document.blocks[block.place + 1:]
    if block.file_name and block.language in FILES:
        run_file(block, story, later)
    elif block.language in RUNNERS:
        RUNNERS[block.language](block, story)
    else:
        raise Failed(f"a block in {block.language or 'no language'} that is not a file: there are runners for "
                     f"{', '.join(RUNNERS)}; files may be in {', '.join(FILES)}")
