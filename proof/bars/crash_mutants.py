"""What a crash must not do, made possible: one safeguard of a round or an answer taken out each."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Connection, update

from bot.domain.rounds import RoundState
from bot.features.answers.listener import AnswersListener
from bot.slack.inbound import ReplyNews
from bot.slack.outbound import Absent, Slack
from bot.store import answers, posting, standings
from bot.store.tables import IS_PENDING, rounds
from proof.bars.bar import Mutant, replaced


def _takes_an_expired_lease_for_a_free_one(tx: Connection, now: datetime) -> Sequence[Any]:
    tx.execute(
        update(rounds)
        .where(IS_PENDING, rounds.c.state == RoundState.RESERVED, rounds.c.lease_until <= now)
        .values(lease_until=None, retry_at=now)
    )
    return ()


async def _believes_it_absent(*_: Any) -> Absent:
    return Absent()


async def _acknowledges_first(self: AnswersListener, news: ReplyNews) -> None:
    async def store() -> None:
        outcome = await self.service.record(news.reply)
        if outcome is not None:
            await self.follow_up(outcome)

    self.guard.follow_up("answer", store)


_refresh = standings.refresh


def _never_goes_back(tx: Connection, scope: Any, members: Any, _changed: Any = None) -> Any:
    return _refresh(tx, scope, members, None)


def _adopts_nothing(*_: Any) -> list[Any]:
    return []


def _leaves_leases(*_: Any) -> Sequence[Any]:
    return ()


def _believes_the_last(_known: Any, news: Any) -> Any:
    return news


BELIEVES_THE_LAST = Mutant(
    "of two versions of a reply the one that came last is believed",
    partial(replaced, answers, "newest", _believes_the_last),
)
NEVER_GOES_BACK = Mutant(
    "news of a closed round folds nobody anew",
    partial(replaced, standings, "refresh", _never_goes_back),
)
MUTANTS = (
    Mutant(
        "a lease that ran out is taken for a free round",
        partial(replaced, posting, "expire_leases", _takes_an_expired_lease_for_a_free_one),
    ),
    Mutant(
        "an unknown round is posted again without a look",
        partial(replaced, Slack, "find_round", _believes_it_absent),
    ),
    Mutant(
        "a lease is for ever",
        partial(replaced, posting, "expire_leases", _leaves_leases),
    ),
    Mutant(
        "a reply is acknowledged before it is stored",
        partial(replaced, AnswersListener, "on_reply", _acknowledges_first),
    ),
    Mutant(
        "a reply that came before its round was known is not taken in",
        partial(replaced, answers, "adopt", _adopts_nothing),
    ),
    BELIEVES_THE_LAST,
    NEVER_GOES_BACK,
)
