"""What a program has been told by the network: replies to its questions, and from when on each was true.

A script is followed as if every answer stayed as it is. When one changes, the kubelet notes the new answer with its
time and follows the script anew, so a program's course is a function of what is written here.
"""

from __future__ import annotations

from typing import Literal, NamedTuple
from zlib import crc32

import msgspec

MOST_QUESTIONS = 50
"""Different ones of one container; what it asks beyond gets no answer."""
NO_ANSWER = -1
"""The code of a reply that never came: its one line says why."""


class Question(NamedTuple):
    """`dns`: the name's records of a type; `http`: a GET of a path; `tcp`: a connection."""

    kind: Literal["dns", "http", "tcp"]
    host: str
    port: int = 0
    path: str = ""
    """Of http; of dns the record type."""

    def text(self) -> str:
        return f"{self.kind} {self.host} {self.port} {self.path}"


class Reply(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True):
    """dns: 0 and the records; http: the status and the body; tcp: 0. NO_ANSWER in all of them: why not."""

    code: int
    lines: tuple[str, ...] = ()
    source: str = ""
    """The pod that has answered."""

    @property
    def is_answer(self) -> bool:
        return self.code != NO_ANSWER


class Since(msgspec.Struct, frozen=True, array_like=True):
    """From a moment on (simulated milliseconds) one of these replies comes, each as likely as the others."""

    at: int
    replies: tuple[Reply, ...]


Answers = tuple[tuple[str, tuple[Since, ...]], ...]
"""By the question's text, oldest first. Times count from the container's start."""


class Unanswered(Exception):
    """The program asks something that nobody has found out yet."""

    def __init__(self, question: Question) -> None:
        super().__init__(question)
        self.question = question


def reply_at(answers: Answers, question: Question, at_ms: int, turn: int) -> Reply:
    """The reply to the program's `turn`-th question. Raises: Unanswered."""
    known = dict(answers).get(question.text())
    if known is None:
        if len(answers) >= MOST_QUESTIONS:
            return Reply(NO_ANSWER, ("Connection timed out",))
        raise Unanswered(question)
    replies = next((since.replies for since in reversed(known) if since.at <= at_ms), known[0].replies)
    return replies[crc32(f"{question.text()} {turn}".encode()) % len(replies)]


def relative(answers: dict[str, tuple[Since, ...]], started: int) -> Answers:
    """As they stand in a record, told in the container's own time."""
    return tuple(
        (text, tuple(Since(max(since.at - started, 0), since.replies) for since in known))
        for text, known in answers.items()
    )


def question_of(text: str) -> Question:
    """The inverse of Question.text()."""
    kind, host, port, path = text.split(" ", 3)
    assert kind in ("dns", "http", "tcp"), kind
    return Question(kind, host, int(port), path)  # type: ignore[arg-type]  # just checked
