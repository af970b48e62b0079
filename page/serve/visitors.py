"""The state of one visitor: the conversation, and whether a model should continue to write for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass

from page.draw import conversation as draw
from page.draw.conversation import Turn
from page.draw.phrases import phrases
from qa.ask.types import Answer
from qa.conversation.follow_up import MOST_PAST_QUESTIONS, PastQuestion, past_question


@dataclass(frozen=True, slots=True, eq=False)
class Conversation:
    """A visitor's questions and answers. An Answer is not hashable, so conversations compare by identity."""

    turns: tuple[Turn, ...] = ()
    answered: tuple[PastQuestion, ...] = ()
    """What a follow-up may refer to. Resolving an answer's name reads its whole article, so it is done once, with the answer."""

    def with_turn(self, turn: Turn) -> Conversation:
        answered = (past_question(turn.outcome),) if isinstance(turn.outcome, Answer) else ()
        return Conversation((*self.turns, turn), (*self.answered, *answered)[-MOST_PAST_QUESTIONS:])


class Visitor:
    """A visitor's conversation, the turn in progress, and whether a model should continue to write."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        """Held while a question is answered: questions are answered sequentially, in order."""
        self.say = phrases("en")
        self.conversation = Conversation()
        self._pending: Turn | None = None
        self._is_stopped = False

    def show(self, turn: Turn) -> str:
        """The conversation with a turn, which is stored once it is complete."""
        if turn.waits:
            self._pending = turn
        else:
            self._pending, self.conversation = None, self.conversation.with_turn(turn)
        return self.drawn()

    def drawn(self) -> str:
        turns = self.conversation.turns
        return draw.conversation(self.say, turns if self._pending is None else (*turns, self._pending))

    def leave(self) -> None:
        """Abandons the turn in progress."""
        self._pending = None

    def begin(self) -> Callable[[], bool]:
        """Begins an answer; returns a function that says whether a model should continue to write it."""
        self._is_stopped = False
        return lambda: not self._is_stopped and threading.main_thread().is_alive()

    def stop(self) -> None:
        self._is_stopped = True
