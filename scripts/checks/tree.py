"""The sources in a directory tree, and the objects that were built from them."""
import pathlib
import re
import subprocess
from dataclasses import dataclass

from checks.source import Finding, Source

ROOMS = ("crypto", "sim")


@dataclass(frozen=True)
class Symbol:
    name: str
    kind: str  # nm's letter: lower case is local, U is undefined
    section: str

    @property
    def is_exported(self):
        return self.kind.isupper() and self.kind != "U"


class Tree:
    def __init__(self, root, build):
        self.root, self.build = pathlib.Path(root), pathlib.Path(root) / build
        paths = sorted(str(p.relative_to(self.root)) for room in ROOMS for p in (self.root / room).rglob("*.[ch]"))
        self.sources = {path: Source(path, (self.root / path).read_text()) for path in paths}
        self.symbols = self.read_symbols()

    def object_of(self, path):
        return (self.build / path).with_suffix(".o")

    def read_symbols(self):
        """The symbols of each .c that has been built, by path."""
        objects = {str(self.object_of(path)): path for path in self.sources if path.endswith(".c")
                   if self.object_of(path).exists()}
        symbols = {path: [] for path in objects.values()}
        if not objects:
            return symbols
        table = subprocess.run(["nm", "--format=sysv", *objects], capture_output=True, text=True, check=True).stdout
        current = next(iter(symbols.values()))
        for row in table.splitlines():
            if header := re.match(r"Symbols from (.+):$", row):
                current = symbols[objects[header.group(1)]]
            cells = [cell.strip() for cell in row.split("|")]
            if len(cells) == 7 and cells[0] != "Name":
                current.append(Symbol(cells[0], cells[2], cells[6]))
        return symbols


def check_built(tree, _rules):
    for path in tree.sources:
        if path.endswith(".c") and path not in tree.symbols:
            yield Finding(path, 1, f"{path} is not built", f"it has no object in {tree.build.name}/: run make first")
