"""The shell: what one-liners print, how long they take, how they end."""

from __future__ import annotations

import pytest

from simcore.kubelet.runtime.shell.control import Endless
from simcore.kubelet.runtime.shell.interpreter import MAX_VALUE, Shell
from simcore.kubelet.runtime.shell.variables import environment


def shell(max_steps: int = 1000, **variables: str) -> Shell:
    return Shell(environment(variables, "web-0"), frozenset({"touch", "rm"}), max_steps=max_steps)


def run(script: str, **variables: str) -> tuple[list[str], int, int]:
    """(lines, status, milliseconds)"""
    machine = shell(**variables)
    lines = [line.text for line in machine.run(script)]
    return lines, machine.status, machine.now_ms


@pytest.mark.parametrize(
    ("script", "lines"),
    [
        ("echo hello world", ["hello world"]),
        ("echo 'a  b' \"c  d\"  e", ["a  b c  d e"]),
        ("echo a; echo b\necho c # no more", ["a", "b", "c"]),
        ("echo a \\\n b", ["a b"]),
        ("echo -e 'a\\nb'", ["a", "b"]),
        ("printf '%s is %d\\n' x 3", ["x is 3"]),
        ("true && echo yes || echo no", ["yes"]),
        ("false && echo yes || echo no", ["no"]),
        ("! false && echo yes", ["yes"]),
        ("if true; then echo a; else echo b; fi", ["a"]),
        ("if false; then echo a; elif true; then echo b; else echo c; fi", ["b"]),
        ("for i in 1 2 3; do echo $i; done", ["1", "2", "3"]),
        ("for i in $(seq 3); do echo -n $i; done", ["123"]),
        ("i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done", ["0", "1", "2"]),
        ("i=0; until [ $i = 2 ]; do i=$((i + 1)); echo $i; done", ["1", "2"]),
        ("for i in 1 2 3; do if [ $i = 2 ]; then break; fi; echo $i; done", ["1"]),
        ("for i in 1 2 3; do if [ $i = 2 ]; then continue; fi; echo $i; done", ["1", "3"]),
        ("{ echo a; echo b; }; (echo c; echo d)", ["a", "b", "c", "d"]),
        ("echo a > /tmp/x; echo b >> /tmp/x; echo c", ["c"]),
        ("ls missing || echo none", ["ls: missing: No such file or directory", "none"]),
        ("echo a > /tmp/x; echo b >> /tmp/x; cat /tmp/x", ["a", "b"]),
        ("echo a > /tmp/x; echo b > /tmp/x; cat /tmp/x; wc -l < /tmp/x", ["b", "1"]),
        ("touch /tmp/x; rm /tmp/x; cat /tmp/x", ["cat: can't open '/tmp/x': No such file or directory"]),
        ("rm -rf /tmp/none; rm /tmp/none", ["rm: can't remove '/tmp/none': No such file or directory"]),
        ("echo a | tee /tmp/x; ls /tmp/x", ["a", "/tmp/x"]),
        ("touch /tmp/d/x; rm -r /tmp/d; [ -e /tmp/d/x ] || echo gone", ["gone"]),
        ("[ ! -f /tmp/x ] && echo none; touch /tmp/x; test -f /tmp/x && echo there", ["none", "there"]),
        ("f=/tmp/y; date > $f; [ -s $f ] && echo written", ["written"]),
        ("cat /etc/hostname && echo read", ["read"]),
        ("echo lost > /dev/null; cat /dev/null", []),
        ("echo one; echo two | grep two", ["one", "two"]),
        ("printf 'a\\nb\\n' | wc -l", ["2"]),
        ("x=5; echo $x ${x} ${y:-none} $((x * 2 - 1))", ["5 5 none 9"]),
        ("echo $GREETING, `hostname`", ["hi, web-0"]),
        ("export A=1 B=2; echo $A$B", ["12"]),
        ("false; echo $?", ["1"]),
        ("touch /tmp/healthy && echo made", ["made"]),
        ("sh -c 'echo inner'", ["inner"]),
        ("exec echo gone", ["gone"]),
        ("echo $", ["$"]),
        ('echo "it\'s \\"quoted\\" for \\$5"', ['it\'s "quoted" for $5']),
        ("sleep 10 & echo on", ["on"]),
        ('words="a b c"; for w in $words; do echo $w; done', ["a", "b", "c"]),
        ('words="a b"; echo "$words  $words"', ["a b  a b"]),
        ("date +%Y", ["1970"]),
        ("test -n '' || echo empty", ["empty"]),
        ("printenv GREETING", ["hi"]),
    ],
)
def test_prints(script: str, lines: list[str]) -> None:
    assert run(script, GREETING="hi")[0] == lines


@pytest.mark.parametrize(
    ("script", "status"),
    [
        ("true", 0),
        ("false", 1),
        ("exit 3", 3),
        ("exit 256", 0),
        ("false; exit", 1),
        ("nosuch", 127),
        ("echo a | grep b", 1),
        ("for i in 1 2; do exit 9; done", 9),
        ("(exit 4)", 4),
        ("(exit 4); echo after", 0),
        ("$(exit 5)", 5),
        ("sleep abc", 1),
        ("echo $((1 / 0))", 2),
        ("[ a = b ]", 1),
        ("[ 3 -ge 2 ]", 0),
        ("seq x", 1),
        ("echo 'open", 2),
        ("sh -c 'if true'", 2),
        ("echo $(if)", 2),
        ("if true; then echo", 2),
        ("| echo", 2),
        ("done", 2),
    ],
)
def test_ends_with(script: str, status: int) -> None:
    assert run(script)[1] == status


@pytest.mark.parametrize(
    ("script", "ms"),
    [
        ("sleep 5", 5_000),
        ("sleep 0.5; sleep 2s; sleep 1m", 62_500),
        ("sleep 1 2", 3_000),
        ("for i in 1 2 3; do sleep 10; done", 30_000),
        ("false && sleep 5", 0),
        ("sleep 5 & true", 0),
    ],
)
def test_takes(script: str, ms: int) -> None:
    assert run(script)[2] == ms


def test_each_line_has_its_time() -> None:
    assert [*shell().run("echo a; sleep 2; echo b")] == [(0, "a"), (2000, "b")]


@pytest.mark.parametrize(
    "script",
    [
        "while true; do sleep 1; done",
        "while :; do :; done",
        "sleep infinity",
        "tail -f /dev/null",
        "sleep 99999999999999999999",
        "trap : TERM INT; sleep 9999999999999d & wait",
        "until false; do echo x; done",
    ],
)
def test_never_ends(script: str) -> None:
    with pytest.raises(Endless):
        for _ in shell().run(script):
            pass


@pytest.mark.parametrize(
    "script",
    [
        "(" * 500 + "echo deep" + ")" * 500,
        "echo $(" * 200 + "echo deep" + ")" * 200,
        "sh -c \"sh -c 'sh -c true'\"",
        "x=$((99999999999999999 * 99999999999999999))",
        "echo $((" + "(" * 400 + "1" + ")" * 400 + "))",
        "$" * 1000,
        "\\",
        "a=; $a",
        "for i in; do echo never; done",
    ],
    ids=[
        "brackets",
        "substitutions",
        "shells",
        "large numbers",
        "sums",
        "dollars",
        "backslash",
        "nothing",
        "no values",
    ],
)
def test_odd_scripts_end_with_a_status_and_not_with_a_crash(script: str) -> None:
    assert run(script)[1] in range(256)


@pytest.mark.parametrize("inner", ["$((" + "(" * 28 + "1" + ")" * 28 + "))", "`sh -c 'echo $(date)'`"])
def test_the_deepest_script_that_is_read_is_also_run(inner: str) -> None:
    """Bounded by count, not by the interpreter's stack, so it ends in the same way wherever it runs."""
    script = f"echo {inner}"
    for _ in range(20):
        script = f"if true; then for i in 1; do {{ echo $({script}); }}; done; fi"
    assert run(script)[1] in (0, 2)


def test_values_do_not_grow_without_bound() -> None:
    machine = shell(max_steps=100)
    with pytest.raises(Endless):
        for _ in machine.run("x=aaaaaaaa; while true; do x=$x$x$x$x; done"):
            pass
    assert len(machine.variables["x"]) <= MAX_VALUE


def test_a_trap_for_sigterm_is_known_afterwards() -> None:
    machine = shell()
    assert [*machine.run("trap 'echo bye; exit 3' SIGTERM INT")] == []
    assert machine.term_status == 3


def test_a_trap_for_something_else_is_none() -> None:
    machine = shell()
    assert [*machine.run("trap 'exit 3' EXIT")] == []
    assert machine.term_status is None


def test_in_an_image_nobody_knows_other_commands_exist_and_never_end() -> None:
    machine = Shell({}, open_world=True)
    with pytest.raises(Endless):
        for _ in machine.run("python3 app.py"):
            pass
