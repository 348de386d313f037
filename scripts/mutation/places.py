"""Places in C sources where a small change should make a test fail, and which of them are tried."""
import dataclasses
import itertools
import random
import re

from checks import source

COMPARISONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
COMPARISON = re.compile(r"(?<= )(<=|>=|==|!=|<|>)(?= )")
CONSTANT = re.compile(r"(?<![\w.])(0[xX][0-9a-fA-F]+|[1-9]\d*|0)(?=[uUlL]*(?![\w.]))")
CHECK = re.compile(r"(?<=\bif )\(")
DEFINED = re.compile(r"^ *#\s*define\s+\w+ +(?=[\d(])", re.M)
STOPS = re.compile(r"\s*(?:return|goto|continue|break)\b")
NEVER = "(0 && "  # keeps what it mentions in use


@dataclasses.dataclass(frozen=True)
class Place:
    """at and end are offsets in the file, before is what is there, after what comes in its place."""
    path: str
    line: int
    function: str
    kind: str
    text: str
    at: int
    end: int
    before: str
    after: str

    @property
    def room(self):
        return self.path.rsplit("/", 1)[0]

    def apply(self, text):
        assert text[self.at:self.end] == self.before
        return text[:self.at] + self.after + text[self.end:]


def closing(code, start):
    depth = 0
    for at in range(start, len(code)):
        depth += {"(": 1, ")": -1}.get(code[at], 0)
        if depth == 0:
            return at
    return None


def bodies(code):
    """(name, start, end) of each function's body, as clang-format leaves them."""
    for opening in re.finditer(r"^\{\n", code, re.M):
        end = code.find("\n}", opening.start())
        head = code[:opening.start()].rstrip()
        start = head.rfind("\n\n") + 1
        name = re.search(r"(\w+)\(", head[start:])
        if name and end > 0:
            yield name.group(1), opening.end(), end


def changes(code, start, end):
    """(kind, at, end, what comes in its place) of each change of a part of the code."""
    for found in COMPARISON.finditer(code, start, end):
        yield "comparison", found.start(), found.end(), COMPARISONS[found.group()]
    for found in CONSTANT.finditer(code, start, end):
        before, digits = code[:found.start()], found.group()
        if before.endswith(("{", "[static ")) or re.search(r"\bcase $|\berror_\w+\([^;]*$", before[-60:]):
            continue
        value = int(digits, 0) + 1
        yield "constant", found.start(1), found.end(1), hex(value) if digits[:2] in ("0x", "0X") else str(value)
    for found in CHECK.finditer(code, start, end):
        last = closing(code, found.start())
        if last and STOPS.match(code, last + 1):
            yield "check", found.start(), last + 1, NEVER + code[found.start():last + 1] + ")"


def places_in(path, text):
    code = source.without_strings(text)
    parts = [*bodies(code)]
    parts += [("a definition", found.end(), code.index("\n", found.end())) for found in DEFINED.finditer(code)]
    for name, start, end in parts:
        for kind, at, last, after in changes(code, start, end):
            if kind == "check":  # with its strings
                after = NEVER + text[at:last] + ")"
            line = code.count("\n", 0, at) + 1
            yield Place(path, line, name, kind, text.splitlines()[line - 1].strip(), at, last, text[at:last], after)


def orders(places, seed):
    """For each room its places in the order in which they are tried: drawn at random, one kind after the
    other, and of one line only one until all lines have had their turn."""
    rooms = {}
    for room in sorted({place.room for place in places}):
        mine = sorted((p for p in places if p.room == room), key=lambda p: (p.path, p.at, p.kind))
        random.Random(f"{seed}/{room}").shuffle(mine)
        kinds = [[p for p in mine if p.kind == kind] for kind in ("comparison", "check", "constant")]
        mixed = [p for turn in itertools.zip_longest(*kinds) for p in turn if p]
        seen = set()
        firsts = [p for p in mixed if (p.path, p.line) not in seen and not seen.add((p.path, p.line))]
        rooms[room] = firsts + [p for p in mixed if p not in set(firsts)]
    return rooms


def shares(rooms, total, least):
    """How many places of each room: at least that many, and else by the number it has."""
    every = sum(len(places) for places in rooms.values())
    counts = {room: min(len(places), max(least, total * len(places) // every)) for room, places in rooms.items()}
    for room in itertools.cycle(sorted(rooms, key=lambda room: -len(rooms[room]))):
        if sum(counts.values()) >= min(total, every):
            return counts
        counts[room] = min(len(rooms[room]), counts[room] + 1)
