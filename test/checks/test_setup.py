"""scripts/setup, with substitutes for apt-get and its kind that say what they were asked for; and its
table of packages, against what the tests call."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = [line.split() for line in (ROOT / "scripts/packages").read_text().splitlines() if line and line[0] != "#"]

SUBSTITUTES = {
    "apt-get": r"""
echo "apt-get $*" >> "$ASKED"
case " $* " in
*" --assume-no "*)
    echo "0 upgraded, 2 newly installed, 0 to remove and 0 not upgraded."
    echo "Need to get 5554 kB/6000 kB of archives."
    echo "After this operation, 17.7 MB of additional disk space will be used."
    exit 1 ;;
*" download "*) touch node-llhttp_8_all.deb ;;
*" install "*)
    for place; do case $place in Dir::Cache::Archives=*) touch "${place#*=}/libuv1_1.deb" ;; esac; done
    [ -z "${BROKEN-}" ] || { echo "E: no space left"; exit 100; }
    echo "Get:1 somewhere libuv1"; echo "Get:2 somewhere libuv1-dev"
    echo "Unpacking libuv1"; echo "Setting up libuv1"; echo "Unpacking libuv1-dev"; echo "Setting up libuv1-dev" ;;
esac""",
    "apt-cache": r"""
for name; do :; done
case $name in $LACKS) exit 100 ;; esac""",
    "dpkg-query": r"""
for name in $INSTALLED; do echo "installed $name"; done""",
    "dpkg-deb": r"""
echo "dpkg-deb $*" >> "$ASKED"
case $1 in
--fsys-tarfile) tar -c --files-from /dev/null; exit ;;
-W) echo "package libuv1 1 libuv1 1"; exit ;;
esac
mkdir -p "$3/usr/share/llhttp" "$3/usr/lib/some-linux-gnu"
ln -sf libuv.so.1 "$3/usr/lib/some-linux-gnu/libuv.so" """,
    "sudo": r"""
echo "sudo" >> "$ASKED"
exec "$@" """,
}
# What a system without anything has all the same.
GIVEN = ("sh", "awk", "sed", "grep", "tr", "cut", "id", "env", "mktemp", "cat", "rm", "mkdir", "touch", "dirname", "tee",
         "dpkg", "python3", "ln", "tar", "readlink", "basename")


class Setup:
    """A tree with scripts/setup alone, on a system of its own."""

    def __init__(self, directory):
        self.tree, self.asked, self.path = directory / "tree", directory / "asked", directory / "bin"
        self.asked.touch()
        self.path.mkdir()
        (self.tree / "scripts").mkdir(parents=True)
        (self.tree / "test/clients/rust").mkdir(parents=True)
        for name in ("scripts/setup", "scripts/packages", "test/clients/rust/Cargo.toml"):
            shutil.copy(ROOT / name, self.tree / name)
        for name, text in SUBSTITUTES.items():
            self.command(name, text)
        for name in GIVEN:
            (self.path / name).symlink_to(shutil.which(name))

    def command(self, name, text=""):
        (self.path / name).write_text(f"#!/bin/sh\n{text}\n")
        (self.path / name).chmod(0o755)

    def user(self, number):
        (self.path / "id").unlink()
        self.command("id", f"echo {number}")

    def run(self, *arguments, installed=(), lacks="nothing", **variables):
        self.asked.write_text("")
        return subprocess.run([self.tree / "scripts/setup", *arguments], capture_output=True, text=True, timeout=60,
                              check=False, env={"PATH": str(self.path), "ASKED": str(self.asked), "LACKS": lacks,
                                                "INSTALLED": " ".join(installed), **variables})

    def installs(self):
        """The packages of each `apt-get install`, without its trial."""
        lines = [line.split() for line in self.asked.read_text().splitlines() if " install " in line]
        return [[word for word in line[line.index("install"):] if word[0] != "-"][1:] for line in lines
                if "--assume-no" not in line]


@pytest.fixture
def setup(tmp_path):
    return Setup(tmp_path)


def names_of(use):
    """A package for each row, which is all that scripts/setup looks for."""
    return [row[2] for row in ROWS if row[0] == use]


def test_it_installs_what_is_missing_and_says_how_large_it_is(setup):
    done = setup.run(installed=[name for name in names_of("build") if name != "libuv1-dev"])
    assert done.returncode == 0, done.stderr
    assert setup.installs() == [["libuv1-dev"]]
    assert "2 packages with what they need: 5554 kB to download, 17.7 MB disk space" in done.stdout
    assert "of 2 packages: 2 downloaded, 2 unpacked, 2 installed" in done.stdout


def test_where_nothing_is_missing_it_does_nothing(setup):
    assert setup.run(installed=names_of("build")).stdout == ""
    assert setup.asked.read_text() == ""


def test_a_command_on_the_path_needs_no_package(setup):
    setup.command("protoc-c")
    assert setup.run(installed=[name for name in names_of("build") if name != "protobuf-c-compiler"]).stdout == ""


def test_sources_are_unpacked_without_the_node_that_they_depend_on(setup):
    done = setup.run(installed=[name for name in names_of("build") if name != "node-llhttp"], lacks="libllhttp-dev")
    assert done.returncode == 0, done.stderr
    assert setup.installs() == []
    assert "apt-get download -q node-llhttp" in setup.asked.read_text()
    assert (setup.tree / "build/deps/usr/share/llhttp").is_dir()
    again = setup.run(installed=[name for name in names_of("build") if name != "node-llhttp"])
    assert (again.stdout, setup.asked.read_text()) == ("", "")


def test_a_release_needs_the_package_itself(setup):
    mine = [name for use in ("build", "test", "cross", "release") for name in names_of(use) if name != "node-llhttp"]
    setup.run(installed=mine, lacks="libllhttp-dev")  # unpacks it
    done = setup.run("release", installed=mine, lacks="libllhttp-dev")
    assert done.returncode == 0, done.stderr
    assert [packages for packages in setup.installs() if "node-llhttp" in packages]


def test_no_package_is_removed_for_another(setup):
    setup.run()
    assert all("--no-remove" in line for line in setup.asked.read_text().splitlines()
               if " install " in line and "--assume-no" not in line)


def test_what_fails_is_shown(setup):
    done = setup.run(BROKEN="yes")
    assert done.returncode != 0 and "E: no space left" in done.stderr


def test_a_name_that_no_release_has_is_said(setup):
    done = setup.run(installed=[name for name in names_of("build") if name != "libuv1-dev"], lacks="libuv1-dev")
    assert done.returncode != 0 and "this release has no package libuv1-dev" in done.stderr


# --- without root ---

def test_without_root_packages_are_unpacked(setup):
    setup.command("cc")
    setup.command("sudo", "exit 1")
    done = setup.run("local", installed=[name for name in names_of("build") if name not in ("libuv1-dev", "gcc", "make")])
    assert done.returncode == 0, done.stderr
    lines = setup.asked.read_text().splitlines()
    assert all("Dir::State::Lists=" in line for line in lines if line.startswith("apt-get"))
    assert [line for line in lines if "--download-only" in line and line.endswith(" libuv1-dev")]
    assert [line for line in lines if line.startswith("dpkg-deb -x ") and line.endswith(" build/deps")]
    assert not (setup.tree / "build/apt").exists()
    # A library that is installed was not unpacked, so the link to it has to lead out.
    link = setup.tree / "build/deps/usr/lib/some-linux-gnu/libuv.so"
    assert str(link.readlink()) == "/usr/lib/some-linux-gnu/libuv.so.1"
    setup.run("local", installed=[name for name in names_of("build") if name not in ("libuv1-dev", "gcc", "make")])
    assert setup.asked.read_text() == ""


def test_without_root_a_compiler_has_to_be_there(setup):
    done = setup.run("local")
    assert done.returncode == 1 and "not a C compiler: ask for the packages gcc and libc6-dev" in done.stderr


def test_without_root_sudo_installs(setup):
    setup.user(1000)
    setup.run()
    assert "sudo" in setup.asked.read_text().splitlines() and setup.installs()


def test_without_sudo_another_way_is_named(setup):
    setup.user(1000)
    (setup.path / "sudo").unlink()
    done = setup.run()
    assert done.returncode == 1 and "make deps-local" in done.stderr and setup.installs() == []


# --- Rust, which an older one excludes ---

@pytest.mark.parametrize("manager, words, column", [("dnf", "install -y", 5), ("apk", "add", 6)])
def test_other_package_managers_get_their_names(setup, manager, words, column):
    for name in ("apt-get", "dpkg-query"):
        (setup.path / name).unlink()
    setup.command(manager, f'echo "{manager} $*" >> "$ASKED"')
    setup.user(0)
    setup.run()
    assert f"{manager} {words} {' '.join(row[column] for row in ROWS if row[0] == 'build')}" in setup.asked.read_text()


def test_an_older_rust_of_debian_stays(setup):
    setup.command("cargo", "echo cargo 1.66.0")
    setup.command("rustc")
    done = setup.run("test", installed=["cargo", "rustc"])
    assert "it would remove the packages cargo, rustc or rustup" in done.stderr
    assert not {"cargo-web", "rustc-web"} & set(setup.installs()[0])


def test_an_older_rust_from_elsewhere_gets_company(setup):
    setup.command("cargo", "echo cargo 1.66.0")
    setup.run("test")
    assert {"cargo-web", "rustc-web"} <= set(setup.installs()[0])


def test_a_recent_rust_needs_no_package(setup):
    setup.command("cargo", "echo cargo 1.99.0")
    setup.run("test")
    assert not {"cargo-web", "rustc-web"} & set(setup.installs()[0])


# --- the table ---

# What tests call but do without, and what comes from elsewhere.
WITHOUT_ROW = {
    "mvn": "one example is compiled where it is",
    "podman": "buildah runs the image where it is not",
    "docker": "documents name it; its options are checked where it is",
    "systemd-analyze": "it comes with systemd",
    "bash": "every Debian has it",
    "npm": "test/support/toolchains.py installs it", "go": "as npm",
    "nm": "it comes with gcc", "readelf": "as nm", "gcov": "as nm", "dpkg-buildpackage": "it comes with debhelper",
    "nginx": "make bench compares with it where it is",
    "clang": "only where warnings are errors", "clang-tidy": "as clang", "cppcheck": "as clang",
}


def test_each_row_has_a_name_for_each_release():
    assert {len(row) for row in ROWS} == {7} and {row[0] for row in ROWS} == {"build", "test", "cross", "release"}
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", name) for row in ROWS for name in row[2:] if name != "-")
    assert all("-" not in row[2:5] and (row[0] != "build" or "-" not in row) or row[1] == "-" for row in ROWS)


def test_what_tests_call_has_a_row():
    texts = [path.read_text() for path in [ROOT / "test/run", *ROOT.glob("test/**/*.py")]]
    called = {tool for text in texts for tool in re.findall(r"\b(?:which|need)\(\"([\w-]+)\"\)", text)}
    called |= {tool for text in texts for tools in re.findall(r"\b(?:need|against_program)\((\"[^)]*)\)", text)
               for tool in re.findall(r"\"([\w-]+)\"", tools)} - {path.name for path in ROOT.glob("test/*")}
    assert {"zsh", "curl", "chromium"} <= called
    assert called - {row[1] for row in ROWS} - set(WITHOUT_ROW) == set()


def test_the_image_is_built_with_all_that_setup_reads():
    (copied,) = re.findall(r"^COPY (scripts/.*) scripts/$", (ROOT / "Dockerfile").read_text(), re.M)
    assert set(copied.split()) == {"scripts/setup", "scripts/packages"}
