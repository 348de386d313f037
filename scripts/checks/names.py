"""Names: a name tells the file that declares it."""
import re

from checks.source import Finding

BOOL = re.compile(r"^[ \t]+bool (\w+(?:, \w+)*);", re.M)
ASSERTION = re.compile(r"(?:is|has|are|was|can|may)_|[a-z]+s(?:_|$)|\w+_(?:is|has)_")


def begins_with(name, stem):
    return name == stem or name.startswith(f"{stem}_")


def check_exports(tree, _rules):
    for path, symbols in tree.symbols.items():
        source = tree.sources[path]
        for symbol in symbols:
            if symbol.is_exported and symbol.name != "main" and not begins_with(symbol.name, source.stem):
                yield Finding(path, source.find(symbol.name), f"{path} exports {symbol.name}",
                              f"{source.name} exports {symbol.name}: what a file exports begins with the file's "
                              f"name ({source.stem}_...); rename it, or move it to a file of that name")


def check_declarations(tree, _rules):
    """A header declares what its own .c exports (see check_exports) or, without one, names that begin with its own."""
    for source in tree.sources.values():
        own = {symbol.name for symbol in tree.symbols.get(f"{source.unit}.c", ()) if symbol.is_exported}
        for function in source.functions if source.is_header else ():
            if function.name not in own and not begins_with(function.name, source.stem):
                yield Finding(source.path, function.line, f"{source.path} declares {function.name}",
                              f"{source.name} declares {function.name}: a header's functions begin with its name "
                              f"({source.stem}_...); declare it in the header of the file that defines it")


def is_service(tree, source):
    """Whether its only export is an object that sim/services/registry.c declares for its row."""
    exports = [symbol.name for symbol in tree.symbols.get(source.path, ()) if symbol.is_exported]
    names = {f"{source.stem}_service", source.stem}
    return source.path.startswith("sim/services/") and len(exports) == 1 and exports[0] in names


def check_headers(tree, _rules):
    for source in tree.sources.values():
        if source.is_header or f"{source.unit}.h" in tree.sources or is_service(tree, source):
            continue
        yield Finding(source.path, 1, f"{source.path} has no header",
                      f"there is no {source.stem}.h: what {source.name} exports must be declared in a header with "
                      "its name, so that a reader can find one from the other")


def word(name):
    """The first word of a name, in lower case and in the singular."""
    first = name.lower().split("_")[0]
    return first[:-1] if first.endswith("s") else first


def guard_of(source):
    return f"{source.room.rsplit('/', 1)[-1]}_{source.stem}_h".upper()


def check_guards(tree, _rules):
    for source in tree.sources.values():
        first = re.search(r"^[ \t]*#[ \t]*ifndef[ \t]+(\w+)", source.code, re.M)
        if source.is_header and (not first or first.group(1) != guard_of(source)):
            yield Finding(source.path, source.line(first.start()) if first else 1, f"{source.path} has another guard",
                          f"the guard of {source.name} is {guard_of(source)}: #ifndef and #define it at the top")


def check_types(tree, _rules):
    """Types and macros of a header begin with the first word of its name or with the room's name."""
    for source in tree.sources.values():
        if not source.is_header:
            continue
        room = source.room.rsplit("/", 1)[-1]
        names = [(line, name, f"{kind} {name}") for line, kind, name in source.tags]
        names += [(line, name, f"the type {name}") for line, name in source.typedefs]
        names += [(line, name, f"the macro {name}") for line, name in source.macros if name != guard_of(source)]
        for line, name, what in names:
            if word(name) not in (word(source.stem), word(room)):
                yield Finding(source.path, line, f"{source.path} defines {name}",
                              f"{source.name} defines {what}: types and macros of a header begin with the first word "
                              f"of its name or of its room ({source.stem.split('_')[0]}_..., {room}_...)")


def check_twins(tree, _rules):
    functions = {function.name for source in tree.sources.values() for function in source.functions}
    for source in tree.sources.values():
        for line, kind, name in source.tags:
            if name in functions:
                yield Finding(source.path, line, f"{source.path} has a twin {name}",
                              f"{kind} {name} and a function have one name, so a search finds both: rename one")


def members(source):
    """The bodies of structs, as (offset, text)."""
    for match in re.finditer(r"\bstruct(?: \w+)? \{", source.code):
        depth, at = 1, match.end()
        while depth and at < len(source.code):
            depth += {"{": 1, "}": -1}.get(source.code[at], 0)
            at += 1
        yield match.end(), source.code[match.end():at]


def check_booleans(tree, rules):
    """A boolean member reads as an assertion, unless it has the name of something outside."""
    for source in tree.sources.values():
        found = {}
        for start, body in members(source):
            for match in BOOL.finditer(body):
                found.update((name, start + match.start()) for name in match.group(1).split(", "))
        for name, at in found.items():
            if not ASSERTION.match(name) and name not in rules.outside_booleans:
                yield Finding(source.path, source.line(at), f"{source.path} has a boolean {name}",
                              f"the boolean {name} does not read as an assertion: begin it with is_, has_ or a verb "
                              f"(is_{name}, has_{name})")
