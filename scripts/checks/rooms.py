"""Rooms: what their files may include, use and call."""
import re

from checks.cycles import components
from checks.source import Finding, without_comments


def beginning(name):
    """The prefix of the includes that an entry of the table allows: a room, a directory or one file."""
    if "/" in name or "." in name:
        return name
    return f"{name}/" if name == "crypto" else f"sim/{name}/"


def allowed(rules, room):
    """The prefixes of what a room's files may include besides their own room, and the libraries."""
    includes, libraries = rules.rooms[room]
    return [beginning(name) for name in includes.split()], libraries.split()


def library_of(rules, header):
    return next((name for start, name in rules.libraries.items() if header.startswith(start)), None)


def check_table(_tree, rules):
    graph = {room: {name.rsplit("/", 1)[0] for name in allowed(rules, room)[0]} for room in rules.rooms}
    for cycle in components(graph):
        yield Finding("scripts/check-layers", 1, f"rooms {' '.join(cycle)}",
                      f"the table of rooms has a cycle: {', '.join(cycle)} may include one another; "
                      "decide which is below")


def check_includes(tree, rules):
    for source in tree.sources.values():
        if source.room not in rules.rooms:
            yield Finding(source.path, 1, f"{source.room} is not a room",
                          f"{source.room}/ is not in the table of rooms: add it, with what it may include")
            continue
        rooms, libraries = allowed(rules, source.room)
        own = [] if source.room == "sim" else [f"{source.room}/"]
        for line, header, is_quoted in source.includes:
            library = library_of(rules, header)
            if library and library not in libraries:
                yield Finding(source.path, line, f"{source.path} uses {library}",
                              f"{source.room}/ may not use {library} ({header}); its libraries: "
                              f"{', '.join(libraries) or 'none'}")
            elif is_quoted and not library and not header.startswith((*own, *rooms)):
                yield Finding(source.path, line, f"{source.path} includes {header}",
                              f"{source.room}/ may not include {header}; it may include {', '.join([*own, *rooms])}: "
                              "move the code to the room that may, or pass in what it needs")


def unused_permissions(tree, rules):
    """Entries of the table that no file needs."""
    for room in rules.rooms:
        headers = {header for source in tree.sources.values() if source.room == room
                   for _, header, _ in source.includes}
        if not headers:
            yield f"{room}/ has no files"
            continue
        rooms, libraries = allowed(rules, room)
        used = {library_of(rules, header) for header in headers}
        yield from (f"{room}/ includes nothing of {start}" for start in rooms
                    if not any(header.startswith(start) for header in headers))
        yield from (f"{room}/ does not use {library}" for library in libraries if library not in used)


def check_words(tree, rules):
    for rooms, pattern, advice in rules.banned:
        for source in tree.sources.values():
            if not source.path.startswith(tuple(f"{room}/" for room in rooms)):
                continue
            for match in re.finditer(pattern, source.text if '"' in pattern else source.code):
                word = match.group().strip('"( ')
                yield Finding(source.path, source.line(match.start()), f"{source.path} says {word}",
                              f"{word}: {advice}")


def field_names(tree):
    for proto in sorted((tree.root / "sim/proto").glob("*.proto")):
        yield from re.findall(r"(\w+)\s*=\s*\d+\s*[;\[]", without_comments(proto.read_text()))


def check_field_names(tree, rules):
    fields = set(field_names(tree)) - rules.rpc_words
    for source in tree.sources.values():
        if source.room != "sim/rpc":
            continue
        for match in re.finditer(r'"(\w+)"', source.text):
            if match.group(1) in fields:
                yield Finding(source.path, source.line(match.start()), f"{source.path} names {match.group(1)}",
                              f"sim/rpc/ names the field {match.group(1)}: it may access fields only through "
                              "their descriptors")


def is_writable(section):
    return re.match(r"\.(data|bss|tdata|tbss)\b|\*COM\*", section) and not section.startswith(".data.rel.ro")


def check_globals(tree, _rules):
    for path, symbols in tree.symbols.items():
        for symbol in symbols:
            if not is_writable(symbol.section):
                continue
            name = symbol.name.split(".")[0]
            yield Finding(path, tree.sources[path].find(name), f"{path} has the global {name}",
                          f"{name} is a writable global ({symbol.section}): make it const, "
                          "or a field of a struct that is passed in")
