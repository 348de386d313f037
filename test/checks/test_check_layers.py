"""scripts/check-layers on small trees: each breaks one rule, and is told where and how to mend it."""
import pytest

from house import SCRIPT


def test_a_tree_that_keeps_the_rules_passes(house):
    house.unit("sim/base/hex", "enum hex_error { HEX_OK };\n#define HEX_CHARS 2\nint hex_encode(int n);",
               "int hex_encode(int n) { return n; }")
    house.unit("sim/http/http_head", "struct http_response { int status; };\nint http_head_write(void);",
               '#include "sim/base/hex.h"\nstatic const char *const names[] = {"assert("};\n'
               "/* malloc(1) */ int http_head_write(void) { return hex_encode(names[0][0]); }")
    assert house.findings() == []


# --- rooms ---

def test_a_room_may_include_only_what_its_row_says(house):
    house.header("sim/http/exchange.h")
    house.unit("sim/base/hex", "", '#include "sim/http/exchange.h"')
    line = house.finding()
    assert line.startswith("sim/base/hex.c:2: sim/base/ may not include sim/http/exchange.h; it may include sim/base/")
    assert "move the code to the room that may, or pass in what it needs" in line


@pytest.mark.parametrize("header", ["uv.h", "uv/version.h"])
def test_the_protocol_does_no_io(house, header):
    house.unit("sim/http/http_head", "", f"#include <{header}>")
    assert house.finding().startswith(
        f"sim/http/http_head.c:2: sim/http/ may not use libuv ({header}); its libraries: llhttp")


def test_a_room_that_is_not_in_the_table_is_refused(house):
    house.unit("sim/attic/trunk")
    assert [line.split(" [")[0] for line in house.findings()] == [
        f"sim/attic/trunk.{end}:1: sim/attic/ is not in the table of rooms: add it, with what it may include"
        for end in "ch"]


def test_the_table_of_rooms_has_no_cycle(house):
    house.unit("sim/base/hex")
    lines = house.with_own_rules(('"sim/base": ("', '"sim/base": ("format '))
    assert any(line.startswith("scripts/check-layers:1: the table of rooms has a cycle: sim/base, sim/format may "
                               "include one another; decide which is below") for line in lines)


def test_a_permission_that_nothing_needs_is_taken_out(house):
    house.unit("sim/watch/stats")
    assert ("scripts/check-layers: ROOMS: sim/watch/ includes nothing of sim/base/: no longer needed, "
            "remove it") in house.with_own_rules()


def test_a_plain_assert_is_refused(house):
    house.unit("sim/base/hex", "", "#include <assert.h>\nvoid hex_encode(int n)\n{\n    assert(n > 0);\n}\n")
    assert house.finding().startswith("sim/base/hex.c:5: assert: NDEBUG removes a plain assert")


def test_what_only_linux_has_is_kept_to_two_rooms(house):
    house.unit("sim/base/hex", "", "#include <sys/eventfd.h>\n")
    assert house.finding().startswith("sim/base/hex.c:2: eventfd: other systems lack it: sim/host/ and sim/net/ may use it")


def test_proc_is_read_in_one_room(house):
    house.unit("sim/base/hex", "", 'const char *hex_place(void) { return "/proc/self/stat"; }\n')
    assert house.finding().startswith("sim/base/hex.c:2: /proc/: other systems lack it: sim/host/ may read it")


def test_crypto_allocates_nothing(house):
    house.unit("crypto/pem", "", "#include <stdlib.h>\nvoid *pem_room(void) { return malloc(9); }\n")
    assert house.finding().startswith("crypto/pem.c:3: malloc: crypto/ takes its memory from the caller")


def test_rpc_names_no_field(house):
    house.write("sim/proto/x.proto", "message X {\n  string report_data = 1; // quote = 2;\n}\n")
    house.unit("sim/rpc/call", "", 'const char *call_name(void) { return "report_data"; }\n'
                                   'const char *call_other(void) { return "quote"; }\n')
    assert house.finding().startswith("sim/rpc/call.c:2: sim/rpc/ names the field report_data")


@pytest.mark.parametrize("code", ["int hex_count;", "static int count;\nint *hex_f(void) { return &count; }",
                                  "int *hex_f(void) { static int count = 1; return &count; }"])
def test_a_writable_global_is_refused(house, code):
    house.unit("sim/base/hex", "", code)
    line = house.finding()
    assert line.startswith("sim/base/hex.c:2: ") and "count is a writable global" in line
    assert "make it const, or a field of a struct that is passed in" in line


def test_a_source_without_an_object_is_reported(house):
    house.unit("sim/base/hex")
    assert [line.split(" [")[0] for line in house.run(SCRIPT, "--root", house.root)] == [
        "sim/base/hex.c:1: it has no object in build/: run make first"]


# --- cycles ---

def test_headers_that_include_one_another_are_refused(house):
    house.header("sim/td/view.h", '#include "sim/td/td.h"')
    house.header("sim/td/td.h", '#include "sim/td/view.h"')
    line = house.finding()
    assert line.startswith("sim/td/td.h:3: an include cycle of sim/td/td, sim/td/view: "
                           "sim/td/td.h:3 includes sim/td/view.h, sim/td/view.h:3 includes sim/td/td.h; ")
    assert "give one of them only what it reads, or move what both need to a file below" in line


def test_a_header_and_its_c_are_one_in_an_include_cycle(house):
    house.unit("sim/td/a", "", '#include "sim/td/b.h"')
    house.unit("sim/td/b", "", '#include "sim/td/c.h"')
    house.unit("sim/td/c", '#include "sim/td/a.h"')
    assert ("sim/td/a.c:2 includes sim/td/b.h, sim/td/b.c:2 includes sim/td/c.h, sim/td/c.h:3 includes sim/td/a.h"
            in house.finding())


@pytest.mark.parametrize("use", ["int pool_f(void) { return connection_f(); }",
                                 "void *pool_f(void) { return connection_f; }",
                                 "typedef int f(void);\nf *const pool_table[] = {connection_f};"])
def test_files_that_call_one_another_are_refused(house, use):
    house.unit("sim/net/connection", "int connection_f(void);",
               "extern int pool_f(void), pool_table;\nint connection_f(void) { return pool_f() + pool_table; }")
    house.unit("sim/net/pool", "", "int connection_f(void);\n" + use)
    line = house.finding()
    assert line.startswith("sim/net/connection.c:2: a call cycle of sim/net/connection.c, sim/net/pool.c: ")
    assert "sim/net/pool.c uses connection_f of sim/net/connection.c" in line
    assert "pass in a function, or move what both need to a file below" in line


def test_a_call_cycle_may_be_long(house):
    for name, other in ("ab", "bc", "cd", "da"):
        house.unit(f"sim/td/{name}", "", f"int {other}(int);\nint {name}(int n) {{ return {other}(n); }}")
    house.unit("sim/td/e", "", "int a(int);\nint e(int n) { return a(n); }")
    assert "a call cycle of sim/td/a.c, sim/td/b.c, sim/td/c.c, sim/td/d.c: sim/td/a.c uses b of sim/td/b.c; " in \
        house.finding()


# --- names ---

@pytest.mark.parametrize("code, name", [("void rpc_text(void) {}", "rpc_text"), ("const int callers = 3;", "callers")])
def test_what_a_file_exports_begins_with_its_name(house, code, name):
    house.unit("sim/rpc/call", "", code)
    assert house.finding().startswith(
        f"sim/rpc/call.c:2: call.c exports {name}: what a file exports begins with the file's name (call_...); ")


def test_a_header_declares_what_has_its_name(house):
    house.header("sim/rpc/codec.h", "int codec_encode(void);\nint call_text(int,\n              int);")
    assert house.finding().startswith("sim/rpc/codec.h:4: codec.h declares call_text: a header's functions begin with "
                                      "its name (codec_...); declare it in the header of the file that defines it")


def test_a_source_has_a_header_of_its_name(house):
    house.write("sim/net/pool.c", "void pool_free(void) {}\n")
    assert house.finding().startswith("sim/net/pool.c:1: there is no pool.h: ")


@pytest.mark.parametrize("declaration, what", [
    ("struct machine { int n; };", "struct machine"), ("enum tcb { ONE };", "enum tcb"),
    ("typedef int number;", "the type number"), ("typedef int f(int a);", "the type f"),
    ("typedef int (*visitor)(int a);", "the type visitor"), ("#define NO_SPAN 0", "the macro NO_SPAN"),
])
def test_types_and_macros_of_a_header_begin_with_its_first_word_or_its_rooms(house, declaration, what):
    house.header("sim/image/os_image.h", f"struct os_image {{ int n; }};\n#define IMAGE_MAX 9\n{declaration}")
    assert house.finding().startswith(f"sim/image/os_image.h:5: os_image.h defines {what}: ")


def test_the_singular_of_a_name_is_enough(house):
    house.header("sim/faults/faults.h", "struct fault { int n; };\nstruct faults { struct fault *all; };")
    house.header("sim/base/hex.h", "struct s;\nstruct buf *hex_of(struct buf *buf);")
    assert house.findings() == []


def test_a_guard_moves_with_its_file(house):
    house.write("sim/base/hex.h", "#ifndef BASE_OCT_H\n#define BASE_OCT_H\n#endif\n")
    assert house.finding().startswith("sim/base/hex.h:1: the guard of hex.h is BASE_HEX_H: ")


@pytest.mark.parametrize("name", ["overflow", "last", "replied"])
def test_a_boolean_reads_as_an_assertion(house, name):
    house.unit("sim/base/buf", f"struct buf {{\n    int size;\n    bool is_empty, {name};\n}};")
    house.write("sim/base/buf.c", '#include <stdbool.h>\n#include "sim/base/buf.h"\n')
    assert house.finding().startswith(f"sim/base/buf.h:5: the boolean {name} does not read as an assertion")


@pytest.mark.parametrize("name", ["is_last", "has_replied", "owns_short_paths", "fails", "name_has_space", "print_config"])
def test_a_boolean_that_does_is_fine(house, name):
    house.unit("sim/base/buf", f"#include <stdbool.h>\nstruct buf {{\n    bool {name};\n}};")
    assert house.findings() == []


def test_no_type_and_function_have_one_name(house):
    house.header("sim/td/td.h", "struct td_view { int n; };")
    house.unit("sim/td/view", "", "static int\ntd_view(int n)\n{\n    return n;\n}\nint view(void) { return td_view(1); }")
    line = house.finding()
    assert line.startswith("sim/td/td.h:3: struct td_view and a function have one name")
    assert "rename one" in line


# --- contracts ---

@pytest.mark.parametrize("argument", ["struct error *error", "const char **reason"])
def test_a_function_that_can_fail_is_must_check(house, argument):
    house.header("sim/base/file.h", f"MUST_CHECK int file_write(const char *path, {argument});\n"
                                    f"const char *file_find(struct error *error);\n"
                                    f"int file_read(const char *path,\n    {argument});")
    line = house.finding()
    assert line.startswith("sim/base/file.h:5: file_read can fail: put MUST_CHECK (crypto/must_check.h) before it")


@pytest.mark.parametrize("arguments, what", [
    ("struct error *error, int n", "the error is not the last"),
    ("struct arena *arena, int n", "an input follows the arena"),
    ("struct text *text, struct arena *arena, const char *name", "an input follows the arena"),
])
def test_arguments_have_one_order(house, arguments, what):
    house.header("sim/base/text.h", "struct arena;\n"
                 "void text_join(struct text *text, const char *name, struct arena *arena, char **out);\n"
                 f"void text_copy({arguments});")
    assert house.finding().startswith(f"sim/base/text.h:5: text_copy: {what}; "
                                      "arguments come as context, inputs, arena, outputs, error")


@pytest.mark.parametrize("cast", ["(char *)(uintptr_t)n", "(char **) (uintptr_t) n", "(char *const)(uintptr_t)n"])
def test_const_is_not_cast_away(house, cast):
    house.unit("sim/base/hex", "", f"#include <stdint.h>\nvoid *hex_of(const char *n) {{ return {cast}; }}")
    line = house.finding()
    assert line.startswith("sim/base/hex.c:3: this cast drops const where the compiler cannot see it: ")
    assert "use unconst() (sim/base/unconst.h)" in line


# --- exceptions ---

KEY = "sim/base/hex.c drops const"
CAST = "#include <stdint.h>\nvoid *hex_of(const char *n) { return (char *)(uintptr_t)n; }"


def test_an_exception_is_ignored_and_reported_once_nothing_needs_it(house):
    table = ("EXCEPTIONS = {\n", f'EXCEPTIONS = {{\n    "{KEY}": "a reason",\n')
    house.unit("sim/base/hex", "", CAST)
    assert not [line for line in house.with_own_rules(table) if KEY in line]
    house.unit("sim/base/hex")
    assert f"scripts/check-layers: EXCEPTIONS: {KEY}: no longer needed, remove it" in \
        house.with_own_rules(table)


def test_a_finding_tells_its_key(house):
    house.unit("sim/base/hex", "", CAST)
    assert house.finding().endswith(f" [{KEY}]")
