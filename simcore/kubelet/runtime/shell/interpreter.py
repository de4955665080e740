"""Runs a parsed script: time passes only while it sleeps, and every loop has an end.

A script that is still going after `max_steps` commands counts as endless. What it prints comes as a lazy
iterator, so that nobody pays for output that nobody reads.

Left out: see docs/deviations.md, kubelet.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from simcore.kubelet.runtime.files import Files
from simcore.kubelet.runtime.identity import ROOT, Identity
from simcore.kubelet.runtime.program import Line
from simcore.kubelet.runtime.replies import Answers, Question, Reply, reply_at
from simcore.kubelet.runtime.shell.arithmetic import ArithmeticFault, evaluate
from simcore.kubelet.runtime.shell.builtins import BUILTINS
from simcore.kubelet.runtime.shell.byte_commands import BYTE_COMMANDS
from simcore.kubelet.runtime.shell.control import Endless, Err, Exit, Jump, Return, Tick
from simcore.kubelet.runtime.shell.grammar import (
    AndOr,
    Background,
    Case,
    For,
    Function,
    If,
    Loop,
    Node,
    Pipeline,
    Redirected,
    Sequence,
    Simple,
    Streams,
    Subshell,
    parse,
)
from simcore.kubelet.runtime.shell.output import whole
from simcore.kubelet.runtime.shell.variables import modified
from simcore.kubelet.runtime.shell.words import ShellSyntaxError, Word
from simcore.kubelet.runtime.text import closed, joined

MAX_DEPTH = 50
"""Of blocks, substitutions and shells within each other."""
MAX_VALUE = 4096
"""Characters in a variable or an expanded word; what is longer is cut."""
MAX_JOBS = 20
MOST_STEPS = 20_000
"""Commands of one script, however long it waits for something that comes."""
SHELL_NAMES = ("sh", "bash", "ash", "dash")
_MINDS_ENDS = frozenset((*BYTE_COMMANDS, "cat", "tee"))
"""Commands to which it matters whether the last line that they are fed has an end."""

Steps = Generator[str, None, int]
"""Yields printed lines, those for standard error as Err; returns the status."""


@dataclass
class Job:
    """A command that goes on in the background, in a shell of its own."""

    shell: Shell
    lines: Iterator[Line]
    is_over: bool = False
    serves: bool = False
    is_endless: bool = False

    def lines_until(self, at_ms: int) -> Iterator[str]:
        """Lets it go on until it sleeps beyond the moment. Raises: Unanswered."""
        while not self.is_over and self.shell.now_ms <= at_ms:
            try:
                yield next(self.lines).text
            except StopIteration:
                self.is_over = True
            except Endless as endless:
                self.is_over, self.is_endless, self.serves = True, True, endless.serves


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
    steps_in_all: int = 0
    horizon_ms: int = 0
    """Until then files come and answers change; only commands after that count."""
    depth: int = 0
    term_status: int | None = None
    """The exit code that a trap for SIGTERM asks for."""
    identity: Identity = ROOT
    is_guest: bool = False
    """It has been sent into a running container: what it doesn't know counts as done."""
    processes: tuple[str, ...] = ()
    """The command lines of what runs beside it."""
    name: str = "sh"
    """What it calls itself when it complains."""
    answers: Answers = ()
    """What the network has told it."""
    questions: int = 0
    """How often it has asked."""
    listens: set[int] = field(default_factory=set)
    arguments: tuple[str, ...] = ()
    """$1, $2 and on."""
    functions: dict[str, Node] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    substituted: int = 0
    """The status of the last command whose output was put into a word."""
    feed: list[str] = field(default_factory=list)
    """What `read` takes from: the lines that are fed to the loop around it."""

    def run(self, script: str, arguments: tuple[str, ...] = ()) -> Iterator[Line]:
        """`arguments` begin with $0. Ends with `status` set. Raises: Endless, Unanswered."""
        self.arguments = arguments[1:]
        try:
            tree = parse(script)
        except ShellSyntaxError as error:
            yield Line(0, f"sh: {error}")
            self.status = 2
            return
        yield from self.execute(tree)

    def run_command(self, argv: tuple[str, ...]) -> Iterator[Line]:
        """One command without a shell around it. Raises: Endless, Unanswered."""
        return self._visible(self._call(argv, []))

    def execute(self, tree: Node) -> Iterator[Line]:
        return self._visible(self._run(tree))

    def _visible(self, steps: Steps) -> Iterator[Line]:
        return whole(line for line in self._lines(steps) if not isinstance(line.text, Tick))

    def ask(self, question: Question) -> Reply:
        """Raises: Unanswered."""
        self.questions += 1
        return reply_at(self.answers, question, self.now_ms, self.questions)

    def sleep(self, ms: int) -> None:
        self.now_ms += ms

    def wait_for_jobs(self) -> Steps:
        """Until all that runs in the background has ended. Raises: Endless."""
        while going := [job for job in self.jobs if not job.is_over]:
            job = min(going, key=lambda job: job.shell.now_ms)
            self.now_ms = max(self.now_ms, job.shell.now_ms)
            yield from job.lines_until(self.now_ms)
            self._step()
        if any(job.is_endless for job in self.jobs):
            raise Endless(serves=any(job.serves for job in self.jobs))
        return self.jobs[-1].shell.status if self.jobs else 0

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
            except Endless:
                if any(job.serves for job in self.jobs):
                    raise Endless(serves=True) from None
                raise
            for job in self.jobs:
                for beside in job.lines_until(self.now_ms):
                    yield Line(min(job.shell.now_ms, self.now_ms), beside)
            yield Line(self.now_ms, text)

    def _run(self, node: Node) -> Steps:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Exit(2)
        try:
            return (yield from self._do(node, []))
        finally:
            self.depth -= 1

    def _do(self, node: Node, fed: list[str]) -> Steps:
        match node:
            case Simple():
                return (yield from self._simple(node, fed))
            case Redirected(command, streams):
                return (yield from self._redirected(command, streams, fed))
            case Sequence(items):
                self.feed = closed(fed) or self.feed
                for item in items:
                    self.status = yield from self._run(item)
                return self.status
            case AndOr(first, rest):
                return (yield from self._and_or(first, rest))
            case Pipeline():
                return (yield from self._pipeline(node))
            case Subshell(body):
                return (yield from self._subshell(body))
            case Loop():
                return (yield from self._loop(node, fed))
            case For():
                return (yield from self._for(node))
            case If(condition, body, otherwise):
                if (yield from self._run(condition)) == 0:
                    return (yield from self._run(body))
                return (yield from self._run(otherwise)) if otherwise is not None else 0
            case Case():
                return (yield from self._case(node))
            case Function(name, body):
                self.functions[name] = body
                return 0
            case Background(command):
                return self._begin_job(command)

    def _and_or(self, first: Node, rest: tuple[tuple[str, Node], ...]) -> Steps:
        self.status = yield from self._run(first)
        for operator, node in rest:
            if (self.status == 0) == (operator == "&&"):
                self.status = yield from self._run(node)
        return self.status

    def _pipeline(self, node: Pipeline) -> Steps:
        fed: list[str] = []
        for command in node.commands[:-1]:
            fed = yield from self._captured(self._do(command, fed))
        status = yield from self._do(node.commands[-1], fed)
        return int(not status) if node.negated else status

    def _captured(self, steps: Steps) -> Generator[str, None, list[str]]:
        """What a command prints; its errors go on to where they went."""
        lines: list[str] = []
        while True:
            try:
                text = next(steps)
            except StopIteration as done:
                self.status = done.value
                return joined(lines[:MAX_VALUE])
            if isinstance(text, Err):
                yield text
            else:
                lines.append(text)

    def _redirected(self, command: Node, streams: Streams, fed: list[str]) -> Steps:
        if streams.document is not None:
            fed = " ".join(self._expand(streams.document)).split("\n")
        elif streams.source is not None:
            path = " ".join(self._expand(streams.source))
            if not self.files.exists(path, self.now_ms):
                yield Err(f"{self.name}: can't open {path}: no such file")
                return 1
            fed = [*self.files.raw(path, self.now_ms)]
        outlets = {r.stream: (" ".join(self._expand(r.path)), r.append) for r in streams.redirections}
        for stream, (path, append) in outlets.items():
            if not append and path not in ("/dev/stdout", "/dev/stderr"):
                if self.files.is_read_only(path):
                    yield Err(f"{self.name}: can't create {path}: Read-only file system")
                    return 1
                outlets[stream] = (path, True)
                self.files.write(path, (), self.now_ms)
        steps = self._do(command, fed)
        while True:
            try:
                text = next(steps)
            except StopIteration as done:
                return int(done.value)
            if isinstance(text, Tick):
                yield text
                continue
            yield from self._sent(text, streams.joins, outlets)

    def _sent(self, text: str, joins: str, outlets: Mapping[int, tuple[str, bool]]) -> Iterator[str]:
        """A line goes to its file, or on in the stream that it belongs to."""
        stream = 2 if isinstance(text, Err) else 1
        if joins == "2>&1":
            stream = 1
        elif joins:
            stream = 2
        path, _ = outlets.get(stream) or outlets.get(3) or ("", False)
        if not path:
            yield str(text) if stream == 1 else Err(text)
        elif path in ("/dev/stdout", "/proc/1/fd/1"):
            yield str(text)
        elif path in ("/dev/stderr", "/proc/1/fd/2"):
            yield Err(text)
        else:
            self.files.write(path, (str(text),), self.now_ms, append=True)

    def _subshell(self, body: Node) -> Steps:
        kept, folder = dict(self.variables), self.files.folder
        try:
            return (yield from self._run(body))
        except Exit as exit_:
            return exit_.code
        finally:
            self.variables, self.files.folder = kept, folder

    def _loop(self, node: Loop, fed: list[str]) -> Steps:
        status = 0
        if fed:
            self.feed = closed(fed)
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

    def _case(self, node: Case) -> Steps:
        value = " ".join(self._expand(node.word))
        for patterns, body in node.branches:
            if any(fnmatchcase(value, " ".join(self._expand(pattern))) for pattern in patterns):
                return (yield from self._run(body))
        return 0

    def _begin_job(self, command: Node) -> int:
        if len(self.jobs) >= MAX_JOBS:
            raise Exit(2)
        beside = Shell(
            dict(self.variables), self.tools, self.open_world, self.max_steps, self.files, self.epoch_ms, self.now_ms,
            answers=self.answers, horizon_ms=self.horizon_ms, listens=self.listens, arguments=self.arguments,
            functions=dict(self.functions), identity=self.identity, name=self.name,
        )  # fmt: skip
        self.jobs.append(Job(beside, beside._lines(beside._run(command))))
        return 0

    def _step(self) -> None:
        self.steps += 1
        self.steps_in_all += 1
        if self.now_ms < self.horizon_ms:
            self.steps = 0  # something is still to come that the script may wait for
        if self.steps > self.max_steps or self.steps_in_all > max(MOST_STEPS, self.max_steps):
            raise Endless

    def _simple(self, node: Simple, fed: list[str]) -> Steps:
        self._step()
        self.substituted = 0
        for name, word in node.assignments:
            self.variables[name] = " ".join(self._expand(word))[:MAX_VALUE]
        argv = tuple(text for word in node.words for text in self._expand(word))
        return (yield from self._call(argv, fed)) if argv else self.substituted

    def _call(self, argv: tuple[str, ...], fed: list[str]) -> Steps:
        name = argv[0].removeprefix("/bin/").removeprefix("/usr/bin/")
        if name in self.functions:
            return (yield from self._function(name, argv[1:]))
        if name in ("exec", "command", "nohup", "time") and len(argv) > 1:
            return (yield from self._call(argv[1:], fed))
        if name in SHELL_NAMES and len(argv) > 2 and argv[1].startswith("-"):
            return (yield from self._nested(argv[2]))
        if name in SHELL_NAMES and len(argv) > 1 and self.files.exists(argv[1], self.now_ms):
            return (yield from self._nested("\n".join(self.files.read(argv[1], self.now_ms))))
        if name == "read":
            return self._read(argv)
        if name == "wait":
            return (yield from self.wait_for_jobs())
        builtin = BUILTINS.get(name)
        if builtin is not None:
            return (yield from builtin(self, argv, fed if name in _MINDS_ENDS else closed(fed)))
        return (yield from self._other(argv))

    def _other(self, argv: tuple[str, ...]) -> Steps:
        """A command that the shell doesn't simulate: a script among the files, a tool, or nobody knows what."""
        script = self.files.read(argv[0], self.now_ms) if "/" in argv[0] else ()
        if script:
            return (yield from self._nested("\n".join(script)))
        if argv[0].rpartition("/")[2] in self.tools:
            return 0
        if self.open_world and not self.is_guest:
            raise Endless(serves=True)
        if self.open_world:
            self.files.guessed = True
            return 0
        yield Err(f"{self.name}: {argv[0]}: not found")
        return 127

    def _function(self, name: str, arguments: tuple[str, ...]) -> Steps:
        kept, self.arguments = self.arguments, arguments
        try:
            return (yield from self._run(self.functions[name]))
        except Return as back:
            return back.code
        finally:
            self.arguments = kept

    def _nested(self, script: str) -> Steps:
        try:
            tree = parse(script)
        except ShellSyntaxError as error:
            yield Err(f"sh: {error}")
            return 2
        return (yield from self._subshell(tree))

    def _read(self, argv: tuple[str, ...]) -> int:
        """`read NAME`: the next line of what feeds the loop around it."""
        if not self.feed:
            return 1
        names = [word for word in argv[1:] if not word.startswith("-")] or ["REPLY"]
        line = self.feed.pop(0)
        words = line.split(None, len(names) - 1) if len(names) > 1 else [line]
        for number, name in enumerate(names):
            self.variables[name] = words[number] if number < len(words) else ""
        return 0

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
        match text:
            case "?":
                return str(self.status)
            case "#":
                return str(len(self.arguments))
            case "@" | "*":
                return " ".join(self.arguments)
            case "$":
                return "1"
        if text.startswith("#"):
            return str(len(self._variable(text[1:])))
        for mark in (":-", "-", ":=", "%%", "%", "##", "#"):
            name, found, rest = text.partition(mark)
            if found:
                return modified(self._value(name), mark, rest)
        return self._value(text)

    def _value(self, name: str) -> str:
        if name.isdigit():
            number = int(name[:4])
            return self.arguments[number - 1] if 0 < number <= len(self.arguments) else ""
        return self.variables.get(name, "")

    def _arithmetic(self, text: str) -> str:
        try:
            return str(evaluate(text, self.variables))
        except ArithmeticFault:
            raise Exit(2) from None

    def _substituted(self, script: str) -> list[str]:
        try:
            tree = parse(script)
        except ShellSyntaxError:
            raise Exit(2) from None
        steps = self._captured(self._subshell(tree))
        while True:
            try:
                next(steps)  # errors of a substitution are not shown
            except StopIteration as done:
                self.substituted = self.status
                return closed(done.value)
