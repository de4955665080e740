"""A command line that the shell follows: once to see how it goes, and again whenever somebody reads its output."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from simcore.kubelet.runtime.catalogue import TOOLS
from simcore.kubelet.runtime.files import BARE, Change, Files, Tree
from simcore.kubelet.runtime.identity import ROOT, Identity
from simcore.kubelet.runtime.program import Line
from simcore.kubelet.runtime.replies import Answers, Question, Unanswered
from simcore.kubelet.runtime.shell.control import Endless
from simcore.kubelet.runtime.shell.interpreter import Shell
from simcore.kubelet.runtime.shell.variables import environment

PLAN_STEPS, OUTPUT_STEPS = 1_000, 30_000
"""How many commands of a script are followed to see whether it ends, and to read what it prints."""
SHELLS = ("sh", "bash", "ash", "dash")


class Plan(NamedTuple):
    """How a script goes."""

    ends: bool
    took_ms: int
    code: int
    term_code: int | None
    """The exit code after SIGTERM, if it has a trap for it."""
    serves: bool
    """It has become a program that listens."""
    changes: tuple[Change, ...]
    """To files."""
    listens: frozenset[int] = frozenset()
    """Ports that the script itself has opened (`nc -l`)."""
    asks: Question | None = None
    """What it must be told by the network before it can be followed further."""


class Script(NamedTuple):
    """A command line that the shell runs anew whenever somebody reads its output."""

    argv: tuple[str, ...]
    variables: tuple[tuple[str, str], ...]
    host: str
    epoch_ms: int
    open_world: bool
    tree: Tree = BARE
    answers: Answers = ()
    identity: Identity = ROOT

    def shell(self, max_steps: int, files: Files | None = None) -> Shell:
        variables = environment(dict(self.variables), self.host)
        files = files or Files(self.tree)
        return Shell(
            variables, TOOLS, self.open_world, max_steps, files, self.epoch_ms, answers=self.answers,
            horizon_ms=self.horizon_ms, identity=self.identity, name=self.argv[0] if is_shell(self.argv) else "sh",
        )  # fmt: skip

    @property
    def horizon_ms(self) -> int:
        """The last moment at which something comes from outside."""
        files = (change.at_ms for change in self.tree.arriving)
        return max((*files, *(known[-1].at for _, known in self.answers)), default=0)

    def start(self, shell: Shell) -> Iterator[Line]:
        if is_shell(self.argv):
            return shell.run(self.argv[2], self.argv[3:])
        return shell.run_command(self.argv)

    def lines(self) -> Iterator[Line]:
        try:
            yield from self.start(self.shell(OUTPUT_STEPS))
        except (Endless, Unanswered):
            return  # it goes on and says nothing more


@lru_cache(maxsize=4096)
def plan(script: Script) -> Plan:
    """Runs the script once."""
    shell = script.shell(PLAN_STEPS)
    ends, serves, asks = True, False, None
    try:
        for _ in script.start(shell):
            pass
    except Endless as endless:
        ends, serves = False, endless.serves
    except Unanswered as unanswered:
        ends, asks = False, unanswered.question
    return Plan(
        ends, shell.now_ms, shell.status if ends else 0, shell.term_status, serves,
        tuple(shell.files.changes), frozenset(shell.listens), asks,
    )  # fmt: skip


def is_shell(argv: tuple[str, ...]) -> bool:
    return (
        len(argv) > 2
        and argv[0].rpartition("/")[2] in SHELLS
        and argv[1].startswith("-")
        and argv[1].endswith("c")
    )
