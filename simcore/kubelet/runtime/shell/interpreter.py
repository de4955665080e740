"""Runs a script in simulated time: a stream of printed lines, then an exit code. Every run has bounds.

`sleep` is the only thing that takes time. A script that is still going after `max_steps` commands goes on for ever,
silently.

Left out: see docs/deviations.md, kubelet.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field

from simcore.kubelet.runtime.files import Files
from simcore.kubelet.runtime.program import Line
from simcore.kubelet.runtime.shell.arithmetic import ArithmeticFault, evaluate
from simcore.kubelet.runtime.shell.builtins import BUILTINS
from simcore.kubelet.runtime.shell.control import Endless, Exit, Jump
from simcore.kubelet.runtime.shell.grammar import (
    AndOr,
    Background,
    For,
    If,
    Loop,
    Node,
    Pipeline,
    Sequence,
    Simple,
    parse,
)
from simcore.kubelet.runtime.shell.words import ShellSyntaxError, Word

MAX_DEPTH = 50
"""Of blocks, substitutions and shells within each other."""
MAX_VALUE = 4096
"""Characters in a variable or an expanded word; what is longer is cut."""

Steps = Generator[str, None, int]
"""Yields printed lines, returns the status."""


@dataclass
class Shell:
    """One run. `now_ms` counts from its start."""

    variables: dict[str, str]
    tools: frozenset[str] = frozenset()
    """Commands that exist without being simulated."""
    open_world: bool = False
    """Commands nobody knows exist too, and never end."""
    max_steps: int = 1_000
    files: Files = field(default_factory=Files)
    epoch_ms: int = 0
    """Unix time of the start, for `date`."""
    now_ms: int = 0
    status: int = 0
    steps: int = 0
    depth: int = 0
    term_status: int | None = None
    """The exit code that a trap for SIGTERM asks for."""

    def run(self, script: str) -> Iterator[Line]:
        """Ends with `status` set. Raises: Endless."""
        try:
            tree = parse(script)
        except ShellSyntaxError as error:
            yield Line(0, f"sh: {error}")
            self.status = 2
            return
        yield from self.execute(tree)

    def run_command(self, argv: tuple[str, ...]) -> Iterator[Line]:
        """One command without a shell around it. Raises: Endless."""
        yield from self._lines(self._call(argv, []))

    def execute(self, tree: Node) -> Iterator[Line]:
        yield from self._lines(self._run(tree))

    def _lines(self, steps: Steps) -> Iterator[Line]:
        while True:
            try:
                text = next(steps)
            except StopIteration as done:
                self.status = done.value
                return
            except Exit as exit_:
                self.status = exit_.code
                return
            except Jump:
                return
            yield Line(self.now_ms, text)

    def _run(self, node: Node) -> Steps:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Exit(2)
        try:
            return (yield from self._do(node))
        finally:
            self.depth -= 1

    def _do(self, node: Node) -> Steps:
        match node:
            case Simple():
                return (yield from self._simple(node))
            case Sequence(items):
                for item in items:
                    self.status = yield from self._run(item)
                return self.status
            case AndOr(first, rest):
                return (yield from self._and_or(first, rest))
            case Pipeline():
                return (yield from self._pipeline(node))
            case Loop():
                return (yield from self._loop(node))
            case For():
                return (yield from self._for(node))
            case If(condition, body, otherwise):
                if (yield from self._run(condition)) == 0:
                    return (yield from self._run(body))
                return (yield from self._run(otherwise)) if otherwise is not None else 0
            case Background():
                return 0

    def _and_or(self, first: Node, rest: tuple[tuple[str, Node], ...]) -> Steps:
        self.status = yield from self._run(first)
        for operator, node in rest:
            if (self.status == 0) == (operator == "&&"):
                self.status = yield from self._run(node)
        return self.status

    def _pipeline(self, node: Pipeline) -> Steps:
        fed: list[str] = []
        for command in node.commands[:-1]:
            fed = yield from self._captured(command, fed)
        last = node.commands[-1]
        status = yield from self._simple(last, fed) if isinstance(last, Simple) else self._run(last)
        return int(not status) if node.negated else status

    def _captured(self, node: Node, fed: list[str]) -> Generator[str, None, list[str]]:
        """What a command prints. Nothing of it is printed, so this yields nothing."""
        lines = [*(self._simple(node, fed) if isinstance(node, Simple) else self._run(node))]
        yield from ()
        return lines[:MAX_VALUE]

    def _loop(self, node: Loop) -> Steps:
        status = 0
        while ((yield from self._run(node.condition)) != 0) == node.until:
            try:
                status = yield from self._run(node.body)
            except Jump as jump:
                if jump.leaves_loop:
                    break
            self._step()
        return status

    def _for(self, node: For) -> Steps:
        status = 0
        for value in [text for word in node.values for text in self._expand(word)]:
            self.variables[node.variable] = value
            try:
                status = yield from self._run(node.body)
            except Jump as jump:
                if jump.leaves_loop:
                    break
            self._step()
        return status

    def _step(self) -> None:
        self.steps += 1
        if self.steps > self.max_steps:
            raise Endless

    def _simple(self, node: Simple, fed: list[str] | None = None) -> Steps:
        self._step()
        for name, word in node.assignments:
            self.variables[name] = " ".join(self._expand(word))[:MAX_VALUE]
        argv = tuple(text for word in node.words for text in self._expand(word))
        steps = self._call(argv, fed or []) if argv else _nothing()
        if node.output is None:
            return (yield from steps)
        path, printed = " ".join(self._expand(node.output)), []
        while True:
            try:
                printed.append(next(steps))
            except StopIteration as done:
                self.files.write(path, printed, self.now_ms, append=node.append)
                return int(done.value)

    def _call(self, argv: tuple[str, ...], fed: list[str]) -> Steps:
        name = argv[0].removeprefix("/bin/").removeprefix("/usr/bin/")
        if name in ("exec", "command", "nohup", "time") and len(argv) > 1:
            return (yield from self._call(argv[1:], fed))
        if name in ("sh", "bash", "ash", "dash") and len(argv) > 2 and argv[1].startswith("-"):
            return (yield from self._nested(argv[2]))
        builtin = BUILTINS.get(name)
        if builtin is not None:
            return (yield from builtin(self, argv, fed))
        if name in self.tools:
            return 0
        if self.open_world:
            raise Endless(serves=True)
        yield f"sh: {argv[0]}: not found"
        return 127

    def _nested(self, script: str) -> Steps:
        try:
            tree = parse(script)
        except ShellSyntaxError as error:
            yield f"sh: {error}"
            return 2
        return (yield from self._run(tree))

    def sleep(self, ms: int) -> None:
        self.now_ms += ms

    def _expand(self, word: Word) -> list[str]:
        """The words that one word becomes: unquoted values are cut at blanks."""
        texts = [""]
        empty = True  # nothing but unquoted expansions that came to nothing
        for piece in word:
            match piece.kind:
                case "text":
                    value = piece.text
                case "variable":
                    value = self._variable(piece.text)
                case "arithmetic":
                    value = self._arithmetic(piece.text)
                case _:
                    value = "\n".join(self._substituted(piece.text))
            empty = empty and not value and not piece.quoted
            parts = [value] if piece.quoted or piece.kind == "text" else value.split()
            if parts:
                texts[-1] = (texts[-1] + parts[0])[:MAX_VALUE]
                texts.extend(parts[1:])
        return [] if empty else texts

    def _variable(self, text: str) -> str:
        if text == "?":
            return str(self.status)
        name, dash, default = text.partition(":-")
        return self.variables.get(name) or (default if dash else "")

    def _arithmetic(self, text: str) -> str:
        try:
            return str(evaluate(text, self.variables))
        except ArithmeticFault:
            raise Exit(2) from None

    def _substituted(self, script: str) -> list[str]:
        try:
            return [*self._run(parse(script))]
        except ShellSyntaxError:
            raise Exit(2) from None


def _nothing() -> Steps:
    yield from ()
    return 0


def environment(variables: Mapping[str, str], host: str) -> dict[str, str]:
    """The variables that a shell starts with."""
    return {"HOSTNAME": host, "HOME": "/root", "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "PWD": "/"} | dict(variables)  # fmt: skip
