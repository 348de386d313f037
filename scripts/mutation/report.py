"""What is kept of a run: test/mutation.json, with a reason for each survivor, and test/mutation.md."""
import json

HEAD = """# Mutations

`scripts/mutate` changes the program in one place at a time and runs the tests that should notice: it flips
comparisons, drops checks and shifts constants. It tried {places} places, drawn by the seed `{seed}`, at least five in
each room. {killed} changes were noticed. Those that were not are below, each with the reason;
[mutation.json](mutation.json) has all of them, and the test that noticed each.

| room | changes | noticed | survived |
| --- | --- | --- | --- |
"""


def read(root):
    path = root / "test/mutation.json"
    return json.loads(path.read_text()) if path.exists() else {"reasons": {}, "changes": []}


def look_of(one):
    """What tells a change from others: lines may move."""
    return name_of(one), one["text"]


def reasons(root):
    """By look, of what has survived."""
    kept = read(root)
    return {(change["change"], change["line"]): kept["reasons"].get(change["change"], "")
            for change in kept["changes"] if change["outcome"] == "survived"}


def still_true(root, places, done):
    """What test/mutation.json says of places that are there, and not among those done."""
    there = {look_of(place): place for place in places}
    for one in done:
        there.pop(look_of(one), None)
    return [{**there[look], "outcome": change["outcome"], "by": change["by"]} for change in read(root)["changes"]
            if (look := (change["change"], change["line"])) in there]


def write(root, seed, done):
    path, given = root / "test/mutation.json", reasons(root)
    done = sorted(done, key=lambda one: one["room"])
    rooms = {}
    for one in done:
        rooms.setdefault(one["room"], []).append(one)
    survivors = {name_of(one): one for one in done if one["outcome"] == "survived"}
    kept = {name: given.get(look_of(survivors[name]), "") for name in sorted(survivors)}
    changes = [{"change": name_of(one), "line": one["text"], "outcome": one["outcome"], "by": one["by"]} for one in done]
    path.write_text(json.dumps({"seed": seed, "reasons": kept, "changes": changes}, indent=1, ensure_ascii=False) + "\n")
    lines = [HEAD.format(places=len(done), seed=seed, killed=len(done) - len(survivors))]
    for room, ones in rooms.items():
        left = sum(1 for one in ones if one["outcome"] == "survived")
        lines.append(f"| `{room if room != 'sim' else 'sim/main.c'}` | {len(ones)} | {len(ones) - left} | {left} |\n")
    lines.append("\n## What survived\n\n| change | reason |\n| --- | --- |\n")
    for name, one in survivors.items():
        lines.append(f"| {cell(name)} | {kept[name] or 'none yet'} |\n")
    (root / "test/mutation.md").write_text("".join(lines))


def name_of(one):
    after = "dropped" if one["kind"] == "check" else f"{one['before']} -> {one['after']}"
    nth = f" ({one['nth'] + 1})" if one["nth"] else ""
    text = " ".join(one["before"].split()) if one["kind"] == "check" else ""
    return f"{one['path']} {one['function']}: {text + ' ' if text else ''}{after}{nth}"


def cell(name):
    """In a table, and so that what is decremented is not taken for an option."""
    return "`" + name.replace("|", "\\|").replace("--", "-- ") + "`"
