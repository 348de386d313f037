"""A C file as the checks see it: without comments and strings, split into declarations."""
import re
from dataclasses import dataclass

TOKEN = re.compile(r'"(?:\\.|[^"\\\n])*"' + r"|'(?:\\.|[^'\\\n])*'" + r"|/\*.*?\*/|//[^\n]*", re.S)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"\n]+)[>"]', re.M)
DIRECTIVE = re.compile(r"^[ \t]*#(?:\\\n|[^\n])*", re.M)
DEFINE = re.compile(r"^[ \t]*#[ \t]*define[ \t]+(\w+)", re.M)
TAG = re.compile(r"\b(struct|union|enum)\s+(\w+)\s*\{")
TYPEDEF = re.compile(r"\s*typedef\b(?:[^;]*?\(\s*\*\s*(\w+)\s*\)|[^;(]*?(\w+)\s*(?:\[[^;]*|\([^;]*)?;)")
FUNCTION = re.compile(r"\s*(?!\s|typedef\b|_Static_assert\b)([\w\s*]*[\s*])(\w+)\s*\(")


def blank(match):
    """The match replaced by spaces, except for its line breaks."""
    return re.sub(r"[^\n]", " ", match.group())


def without_comments(text):
    return TOKEN.sub(lambda m: blank(m) if m.group().startswith("/") else m.group(), text)


def without_strings(text):
    return TOKEN.sub(blank, text)


@dataclass(frozen=True)
class Finding:
    path: str
    line: int
    key: str  # its name in EXCEPTIONS, which does not depend on the line
    text: str


@dataclass(frozen=True)
class Function:
    name: str
    line: int
    before: str  # storage class, attributes and return type
    arguments: tuple


def top_level(code):
    """The declarations and definitions outside all braces, as (offset, text), without function bodies."""
    depth, start, head = 0, 0, 0
    for match in re.finditer(r"[{};]", code):
        brace, at = match.group(), match.start()
        if brace == "{":
            head = at if depth == 0 else head
            depth += 1
        elif brace == "}":
            depth -= 1
            if depth == 0 and code[start:head].rstrip().endswith(")"):
                yield start, code[start:head]
                start = at + 1
        elif depth == 0:
            yield start, code[start:at + 1]
            start = at + 1


def arguments_of(text):
    """The arguments in the parentheses at the start of text."""
    depth, pieces, piece = 0, [], ""
    for character in text:
        depth += (character == "(") - (character == ")")
        if depth == 0:
            break
        if depth == 1 and character == ",":
            pieces, piece = [*pieces, piece], ""
        else:
            piece += character
    return tuple(" ".join(piece.lstrip("(").split()) for piece in [*pieces, piece])


class Source:
    def __init__(self, path, text):
        self.path = path
        self.text = without_comments(text)
        self.code = without_strings(self.text)
        self.room, self.name = path.rsplit("/", 1)
        self.stem = self.name.rsplit(".", 1)[0]
        self.unit = path.rsplit(".", 1)[0]  # the same for a header and its .c
        self.is_header = path.endswith(".h")
        plain = DIRECTIVE.sub(blank, self.code)
        self.declarations = list(top_level(plain))
        self.includes = [(self.line(m.start()), m.group(2), m.group(1) == '"') for m in INCLUDE.finditer(self.text)]
        self.macros = [(self.line(m.start(1)), m.group(1)) for m in DEFINE.finditer(self.code)]
        self.tags = [(self.line(m.start(2)), m.group(1), m.group(2)) for m in TAG.finditer(plain)]
        self.typedefs = [(self.line(offset + m.start(m.lastindex)), m.group(m.lastindex))
                         for offset, text in self.declarations if (m := TYPEDEF.match(text))]
        self.functions = [Function(m.group(2), self.line(offset + m.start(2)), " ".join(m.group(1).split()),
                                   arguments_of(text[m.end() - 1:]))
                          for offset, text in self.declarations if (m := FUNCTION.match(text))]

    def line(self, offset):
        return self.text.count("\n", 0, offset) + 1

    def find(self, word):
        """The line where a word first occurs, or 1."""
        match = re.search(rf"\b{re.escape(word)}\b", self.code)
        return self.line(match.start()) if match else 1
