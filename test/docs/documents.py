"""The documents of the tree, as a reader of Markdown sees them: blocks, headings, links, code."""

import functools
import re
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).resolve().parents[2]
PLACES = ("*.md", "docs/**/*.md", "sim/**/*.md", "crypto/**/*.md", "fixtures/**/*.md", "scripts/**/*.md",
          "test/**/*.md")

# The first line of a block that is a file: "# conftest.py" or "// verify.mjs".
FILE_NAME = re.compile(r"(?:#|//) ([\w.-]+\.\w+)$")


@dataclass
class Block:
    """A fenced block; its line is that of the fence."""

    document: str
    line: int
    language: str
    text: str
    place: int  # in its document

    @property
    def first_line(self):
        return self.text.partition("\n")[0]

    @property
    def file_name(self):
        found = FILE_NAME.match(self.first_line)
        return found.group(1) if found else None

    def __str__(self):
        return f"{self.document}:{self.line}"


@dataclass
class Document:
    name: str
    text: str
    blocks: list = field(default_factory=list)
    anchors: set = field(default_factory=set)
    links: list = field(default_factory=list)  # of targets, those of images too
    codes: list = field(default_factory=list)  # what is in backticks


def anchor_of(heading, taken):
    """The anchor that GitHub gives a heading."""
    slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    anchor, count = slug, 0
    while anchor in taken:
        count += 1
        anchor = f"{slug}-{count}"
    return anchor


def read(path):
    document = Document(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
    tokens = MarkdownIt("commonmark").enable("table").parse(document.text)
    for i, token in enumerate(tokens):
        if token.type in ("fence", "code_block"):
            language = token.info.partition(" ")[0]
            document.blocks.append(Block(document.name, token.map[0] + 1, language, token.content,
                                         len(document.blocks)))
        if token.type == "heading_open":
            plain = "".join(part.content for part in tokens[i + 1].children)
            document.anchors.add(anchor_of(plain, document.anchors))
        for part in token.children or []:
            document.links += [target for key, target in part.attrs.items() if key in ("href", "src")]
            document.codes += [part.content] if part.type == "code_inline" else []
    return document


@functools.cache
def documents():
    paths = {path for place in PLACES for path in ROOT.glob(place)}
    return {document.name: document for document in map(read, sorted(paths))}
