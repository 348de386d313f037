"""Cycles of includes and of calls between files."""
from checks.source import Finding


def reachable(graph, start):
    """All nodes that can be reached from start in at least one step."""
    seen, waiting = set(), [start]
    while waiting:
        for node in graph.get(waiting.pop(), ()):
            if node not in seen:
                seen.add(node)
                waiting.append(node)
    return seen


def components(graph):
    """The sets of two or more nodes that reach one another, each as a sorted list."""
    reach = {node: reachable(graph, node) for node in graph}
    sets = {tuple(sorted({node} | {other for other in reach[node] if node in reach.get(other, ())})) for node in graph}
    return [list(nodes) for nodes in sorted(sets) if len(nodes) > 1]


def shortest_cycle(graph, nodes):
    """A shortest path from the first node back to itself that stays within the nodes."""
    start, ways = nodes[0], [[nodes[0]]]
    seen = set()
    for way in ways:
        for node in sorted(graph[way[-1]]):
            if node == start:
                return [*way, start]
            if node in nodes and node not in seen:
                seen.add(node)
                ways.append([*way, node])
    return [start]


def check_includes(tree, _rules):
    graph, lines = {}, {}
    for source in tree.sources.values():
        graph.setdefault(source.unit, set())
        for line, header, _ in source.includes:
            unit = header.rsplit(".", 1)[0]
            if header in tree.sources and unit != source.unit:
                graph[source.unit].add(unit)
                lines.setdefault((source.unit, unit), (source.path, line, header))
    for nodes in components(graph):
        cycle = shortest_cycle(graph, nodes)
        steps = [lines[pair] for pair in zip(cycle, cycle[1:])]
        spelled = ", ".join(f"{path}:{line} includes {header}" for path, line, header in steps)
        yield Finding(steps[0][0], steps[0][1], f"include cycle {' '.join(nodes)}",
                      f"an include cycle of {', '.join(nodes)}: {spelled}; "
                      "give one of them only what it reads, or move what both need to a file below")


def check_calls(tree, _rules):
    owner = {symbol.name: path for path, symbols in tree.symbols.items() for symbol in symbols if symbol.is_exported}
    graph, uses = {path: set() for path in tree.symbols}, {}
    for path, symbols in tree.symbols.items():
        for symbol in symbols:
            other = owner.get(symbol.name)
            if symbol.kind == "U" and other and other != path:
                graph[path].add(other)
                uses.setdefault((path, other), []).append(symbol.name)
    for nodes in components(graph):
        edges = [(path, other) for path in nodes for other in sorted(graph[path] & set(nodes))]
        spelled = "; ".join(f"{path} uses {', '.join(sorted(uses[path, other]))} of {other}" for path, other in edges)
        first, name = nodes[0], sorted(uses[edges[0]])[0]
        yield Finding(first, tree.sources[first].find(name), f"call cycle {' '.join(nodes)}",
                      f"a call cycle of {', '.join(nodes)}: {spelled}; "
                      "pass in a function, or move what both need to a file below")
