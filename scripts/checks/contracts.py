"""Contracts: results must be checked, arguments have one order, const is not dropped."""
import re

from checks.source import Finding

CAST = re.compile(r"\*\s*(?:const\s*)?\)\s*\(\s*uintptr_t\s*\)")


def is_error(argument):
    return argument.startswith("struct error *")


def is_arena(argument):
    return argument.startswith("struct arena *")


def is_input(argument):
    return argument.startswith("const ") or not re.search(r"[*\[]", argument)


def exported(tree):
    """The functions in headers, except those for arenas and errors themselves."""
    for source in tree.sources.values():
        if source.is_header:
            yield from ((source, function) for function in source.functions
                        if not function.name.startswith(("arena_", "error_")))


def can_fail(function):
    """Whether it returns 0, or -1 with a reason."""
    return function.before.split()[-1:] == ["int"] and any(
        is_error(argument) or argument.startswith("const char **reason") for argument in function.arguments)


def check_results(tree, _rules):
    for source, function in exported(tree):
        if can_fail(function) and "MUST_CHECK" not in function.before.split():
            yield Finding(source.path, function.line, f"{source.path} leaves {function.name} unchecked",
                          f"{function.name} can fail: put MUST_CHECK (crypto/must_check.h) before it, "
                          "so that the compiler warns where its result is ignored")


def order_of(arguments):
    """What is wrong with the order of arguments, or None."""
    errors = [i for i, argument in enumerate(arguments) if is_error(argument)]
    arenas = [i for i, argument in enumerate(arguments) if is_arena(argument)]
    if errors and errors[0] != len(arguments) - 1:
        return "the error is not the last"
    if arenas and any(is_input(argument) for argument in arguments[arenas[0] + 1:]):
        return "an input follows the arena"
    return None


def check_order(tree, _rules):
    for source, function in exported(tree):
        if wrong := order_of(function.arguments):
            yield Finding(source.path, function.line, f"{source.path} orders {function.name}",
                          f"{function.name}: {wrong}; arguments come as context, inputs, arena, outputs, error")


def check_casts(tree, _rules):
    for source in tree.sources.values():
        for match in CAST.finditer(source.code):
            yield Finding(source.path, source.line(match.start()), f"{source.path} drops const",
                          "this cast drops const where the compiler cannot see it: make what it points to const, "
                          "or for a library that lacks the const use unconst() (sim/base/unconst.h)")
