"""A small tree that scripts/check-layers can check."""
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts/check-layers"


class House:
    def __init__(self, root):
        self.root = root

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def header(self, path, text=""):
        """A header with its guard, which takes the first two lines."""
        room, name = path.split("/")[-2:]
        guard = f"{room}_{name.replace('.', '_')}".upper()
        self.write(path, f"#ifndef {guard}\n#define {guard}\n{text}\n#endif\n")

    def unit(self, unit, declarations="", code=""):
        """A .c and its header, which it includes in its first line."""
        self.header(f"{unit}.h", declarations)
        self.write(f"{unit}.c", f'#include "{unit}.h"\n{code}')

    def compile(self):
        for source in self.root.rglob("*.c"):
            target = self.root / "build" / source.relative_to(self.root).with_suffix(".o")
            target.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(["cc", "-std=c11", "-D_GNU_SOURCE", "-w", f"-I{self.root}", "-c", "-o", target, source], check=True)

    def run(self, script, *arguments):
        done = subprocess.run([sys.executable, script, *arguments], capture_output=True, text=True)
        assert done.stderr == ""
        lines = done.stdout.splitlines()
        assert done.returncode == (1 if lines else 0)
        return lines

    def findings(self):
        """What the checks say of this tree once it is built."""
        self.compile()
        return self.run(SCRIPT, "--root", self.root)

    def finding(self):
        """The one thing that they say."""
        lines = self.findings()
        assert len(lines) == 1, lines
        return lines[0]

    def with_own_rules(self, *replacements):
        """The same, by a copy of the checks in this tree with other tables."""
        shutil.copytree(ROOT / "scripts/checks", self.root / "scripts/checks", dirs_exist_ok=True)
        script = self.root / "scripts/check-layers"
        text = SCRIPT.read_text()
        for old, new in replacements:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        script.write_text(text)
        self.compile()
        return self.run(script)
