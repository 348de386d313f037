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


def reasons(root):
    path = root / "test/mutation.json"
    return json.loads(path.read_text())["reasons"] if path.exists() else {}


def write(root, seed, done):
    path, given = root / "test/mutation.json", reasons(root)
    rooms = {}
    for one in done:
        rooms.setdefault(one["room"], []).append(one)
    survivors = {name_of(one): one for one in done if one["outcome"] == "survived"}
    kept = {name: given.get(name, "") for name in sorted(survivors)}
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
