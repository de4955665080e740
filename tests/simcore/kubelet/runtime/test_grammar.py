"""How scripts are cut into words and made into trees."""

from __future__ import annotations

import pytest

from simcore.kubelet.runtime.shell.arithmetic import ArithmeticFault, evaluate
from simcore.kubelet.runtime.shell.grammar import (
    AndOr,
    Background,
    For,
    If,
    Loop,
    Node,
    Pipeline,
    Redirected,
    Sequence,
    Simple,
    Subshell,
    parse,
)
from simcore.kubelet.runtime.shell.words import Operator, Piece, ShellSyntaxError, tokenize


def text(word: tuple[Piece, ...]) -> str:
    return "".join(piece.text for piece in word)


def command(*words: str) -> Simple:
    return Simple((), tuple((Piece(word),) for word in words))


@pytest.mark.parametrize(
    ("script", "tokens"),
    [
        ("a b", ["a", "b"]),
        ("a;b&&c||d|e&", ["a", ";", "b", "&&", "c", "||", "d", "|", "e", "&"]),
        ("a>b 2>c >>d <e 2>&1", ["a", ">", "b", "2>", "c", ">>", "d", "<", "e", "2>&1"]),
        ("a # comment\nb", ["a", "\n", "b"]),
        ("a#b", ["a#b"]),
        ("(a)", ["(", "a", ")"]),
        ("'a b'\"c d\"e", ["a bc de"]),
        ("a\\ b", ["a b"]),
    ],
)
def test_words_and_operators(script: str, tokens: list[str]) -> None:
    found = [token.text if isinstance(token, Operator) else text(token) for token in tokenize(script)]
    assert found == tokens


@pytest.mark.parametrize(
    ("word", "pieces"),
    [
        ("$a", [("a", "variable", False)]),
        ('"$a"', [("", "text", True), ("a", "variable", True)]),
        ("'$a'", [("$a", "text", True)]),
        ("${a:-b c}", [("a:-b c", "variable", False)]),
        ("$(a $(b))", [("a $(b)", "command", False)]),
        ("`a b`", [("a b", "command", False)]),
        ("$((1+(2)))", [("1+(2)", "arithmetic", False)]),
        ("x$?", [("x", "text", False), ("?", "variable", False)]),
    ],
)
def test_expansions_within_a_word(word: str, pieces: list[tuple[str, str, bool]]) -> None:
    (found,) = tokenize(word)
    assert isinstance(found, tuple)
    assert [(piece.text, piece.kind, piece.quoted) for piece in found] == pieces


@pytest.mark.parametrize(
    ("script", "tree"),
    [
        ("a b", command("a", "b")),
        ("a; b\n\nc", Sequence((command("a"), command("b"), command("c")))),
        ("a && b || c", AndOr(command("a"), (("&&", command("b")), ("||", command("c"))))),
        ("a | b", Pipeline((command("a"), command("b")))),
        ("! a", Pipeline((command("a"),), negated=True)),
        ("a & b", Sequence((Background(command("a")), command("b")))),
        ("while a; do b; done", Loop(command("a"), command("b"))),
        ("until a\ndo\nb\ndone", Loop(command("a"), command("b"), until=True)),
        ("for x in 1 2; do a; done", For("x", ((Piece("1"),), (Piece("2"),)), command("a"))),
        ("if a; then b; fi", If(command("a"), command("b"), None)),
        ("if a; then b; else c; fi", If(command("a"), command("b"), command("c"))),
        (
            "if a; then b; elif c; then d; fi",
            If(command("a"), command("b"), If(command("c"), command("d"), None)),
        ),
        ("{ a; b; }", Sequence((command("a"), command("b")))),
        ("(a)", Subshell(command("a"))),
        ("", Sequence(())),
    ],
)
def test_trees(script: str, tree: Node) -> None:
    assert parse(script) == tree


def test_assignments_stand_before_the_command_and_redirections_anywhere() -> None:
    tree = parse("A=1 B=$x run C=3 > out 2> err")
    assert isinstance(tree, Redirected) and isinstance(tree.command, Simple)
    assert [(name, text(value)) for name, value in tree.command.assignments] == [("A", "1"), ("B", "x")]
    assert [text(word) for word in tree.command.words] == ["run", "C=3"]
    streams = [(r.stream, text(r.path), r.append) for r in tree.streams.redirections]
    assert streams == [(1, "out", False), (2, "err", False)]


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("a &&", "syntax error: unexpected end of file"),
        ("; ; )", 'syntax error: unexpected ")"'),
        ("while a; do b", "syntax error: unexpected end of file"),
        ("if a; fi", 'syntax error: unexpected "fi"'),
        ("for 1 in a; do b; done", 'syntax error: unexpected "1"'),
        ("a >", "syntax error: unexpected end of file"),
        ("a > | b", 'syntax error: unexpected "|"'),
        ("'a", "syntax error: unterminated quoted string"),
        ('"a', "syntax error: unterminated quoted string"),
        ("$(a", 'syntax error: unexpected end of file (expecting ")")'),
        ("${a", 'syntax error: unexpected end of file (expecting "}")'),
        ("(" * 100, "syntax error: nested too deeply"),
    ],
)
def test_faults_are_named(script: str, message: str) -> None:
    with pytest.raises(ShellSyntaxError) as refused:
        parse(script)
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("-x + 1", -4),
        ("$x % 2", 1),
        ("7 / 2", 3),
        ("none", 0),
        ("- - 3", 3),
    ],
)
def test_arithmetic(expression: str, value: int) -> None:
    assert evaluate(expression, {"x": "5"}) == value


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "1 +",
        "(1",
        "1 / 0",
        "1 % 0",
        "x y",
        "word",
        "1" * 30,
        "9999999999 * 9999999999",
        "1 " + "+ 1 " * 50,
    ],
)
def test_what_cannot_be_computed(expression: str) -> None:
    with pytest.raises(ArithmeticFault):
        evaluate(expression, {"word": "abc"})
