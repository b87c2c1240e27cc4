"""Asking the daily question: reserve a round, post it once, close the one before."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from bot.clock import AgreedClock
from bot.domain.answering import AnswerOutcome, Judgement, consequences
from bot.domain.decks import Draw
from bot.domain.ids import ChannelId, InstallationId, MessageTs, RoundId
from bot.domain.local_time import Due
from bot.domain.questions import Question
from bot.domain.rounds import (
    CARD_INTERVAL,
    LEASE,
    Card,
    Claim,
    DueCard,
    LeasedRound,
    LowDeck,
    ReadyRound,
    RoundState,
    SkippedRound,
    Timeliness,
    timeliness,
)
from bot.domain.schedules import Schedule
from bot.domain.streaks import is_answered
from bot.domain.today import OpenRound, Today
from bot.store import (
    answers,
    cards,
    decks,
    heartbeats,
    library,
    posting,
    rounds,
    schedules,
    standings,
)
from bot.store.database import Connection, Database
from bot.store.posting import PendingRound
from bot.store.standings import Scope
from content.bank import Bank

log = logging.getLogger(__name__)

ROUNDS_AT_ONCE = 100
"""How many rounds are posted side by side; few enough that no lease runs out in the queue."""
SETTLED_AT_ONCE = 20
CARDS_AT_ONCE = 50
LOOKS_GROW_RARER_BY = 10
"""The pause before the next look is at least this part of the time since the attempt."""
FEW_LEFT = 10
"""Fewer unasked questions than this, and the schedule's owner is told."""
TICK = "tick"
NO_QUESTIONS = "no questions"

BankOf = Callable[[InstallationId], Bank]


@dataclass(frozen=True, slots=True)
class DailyQuestion:
    """The use cases of the daily question, each one transaction."""

    database: Database
    clock: AgreedClock
    bank: Callable[[], Bank]
    lateness: timedelta

    async def claim(self) -> Claim:
        """Reserve what is due and lease what may be posted now."""
        now = await self.clock.agreed()
        if not await self.database.read(lambda tx: anything_due(tx, now)):
            return Claim((), ())
        return await self.database.write(lambda tx: claim(tx, self.bank(), now, self.lateness))

    async def not_told(self, low: LowDeck) -> None:
        """Note that an owner could not be told that few questions are left: try another day."""
        await self.database.write(lambda tx: schedules.told_low(tx, low.schedule, is_told=False))

    async def confirm(
        self, installation: InstallationId, round_id: RoundId, ts: MessageTs
    ) -> list[AnswerOutcome]:
        """Note that a round's message exists; return the answers that came before."""
        now = self.clock.now()
        return await self.database.write(lambda tx: confirm(tx, installation, round_id, ts, now))

    async def postpone(self, leased: LeasedRound, by: timedelta) -> None:
        """Post a round later: Slack refused for now, and nothing was sent."""
        at = self.clock.now() + by
        await self.database.write(lambda tx: posting.put_back(tx, leased, RoundState.RESERVED, at))

    async def doubt(self, leased: LeasedRound) -> None:
        """Note that nobody knows whether a round's message went out.

        It is looked for once the attempt can no longer be under way.
        """
        at = leased.attempted_at + LEASE
        await self.database.write(lambda tx: posting.put_back(tx, leased, RoundState.UNKNOWN, at))

    async def abandon(self, leased: LeasedRound, reason: str) -> None:
        """Give a round up: Slack refused it for good."""
        await self.database.write(lambda tx: posting.skip(tx, leased, reason))

    async def claim_unknown(self) -> list[LeasedRound]:
        """Lease the rounds whose outcome may be looked up now."""
        now = await self.clock.agreed()
        return await self.database.write(lambda tx: claim_unknown(tx, now))

    async def prove_absent(self, leased: LeasedRound) -> None:
        """Note that a round's message is not there: it may be posted again."""
        now = self.clock.now()
        await self.database.write(lambda tx: posting.put_back(tx, leased, RoundState.RESERVED, now))

    async def look_again(self, leased: LeasedRound, after: timedelta) -> None:
        """Look for a round's message later: the older the attempt, the less it matters when."""
        now = self.clock.now()
        at = now + max(after, (now - leased.attempted_at) / LOOKS_GROW_RARER_BY)
        await self.database.write(lambda tx: posting.put_back(tx, leased, RoundState.UNKNOWN, at))

    async def settle(self) -> bool:
        """Write what closed rounds mean for standings; False if more remain."""
        if not await self.database.read(lambda tx: rounds.unsettled(tx, 1)):
            return True
        return await self.database.write(settle)

    async def due_cards(self) -> list[DueCard]:
        """Take the cards that show an outdated number and have rested long enough."""
        now = self.clock.now()
        return await self.database.write(lambda tx: due_cards(tx, self.bank(), now))

    async def card_updated(self, due: DueCard) -> None:
        """Note what a card shows now."""
        await self.database.write(
            lambda tx: cards.show(tx, due.installation_id, due.card.round_id, due.card.answered)
        )

    async def card_failed(self, due: DueCard, retry_after: timedelta) -> None:
        """Update a card later."""
        at = self.clock.now() + max(retry_after, CARD_INTERVAL)
        await self.database.write(
            lambda tx: cards.retry(tx, due.installation_id, due.card.round_id, at)
        )

    async def void(self, channel: ChannelId, ts: MessageTs, at: MessageTs) -> None:
        """Note that a message that may be a round's was deleted."""
        await self.database.write(lambda tx: void(tx, channel, ts, at))

    async def today(self, installation: InstallationId, channel: ChannelId) -> Today:
        """Tell what is open in a channel, and what comes next."""
        return await self.database.read(lambda tx: today(tx, self.bank(), installation, channel))

    async def beat(self) -> None:
        """Note that the clockwork is alive."""
        now = self.clock.now()
        await self.database.write(lambda tx: heartbeats.beat(tx, TICK, now))


def anything_due(tx: Connection, now: datetime) -> bool:
    """Tell whether `claim` would find anything, without taking a lock."""
    return posting.anything_pending(tx, now) or schedules.anything_due(tx, now)


def claim(tx: Connection, bank: Bank, now: datetime, lateness: timedelta) -> Claim:
    """Reserve due rounds, moving their schedules on, and lease those that may be posted now."""
    for round_id in posting.expire_leases(tx, now):
        log.warning("round_lost_its_holder", extra={"round": round_id})
    skipped: list[SkippedRound] = []
    moves: list[tuple[Schedule, Due]] = []
    low: list[LowDeck] = []
    seen_by = _banks(tx, bank)
    for schedule in schedules.due(tx, now, ROUNDS_AT_ONCE):
        due, missed, left = _reserve_due(tx, schedule, seen_by, now, lateness)
        moves.append((schedule, due))
        skipped += missed
        low += _running_low(tx, schedule, left)
    schedules.move_on(tx, moves)
    ready, given_up = _lease_ready(tx, seen_by, now, lateness)
    return Claim(tuple(ready), tuple(skipped + given_up), tuple(low))


def _banks(tx: Connection, bank: Bank) -> BankOf:
    """Return the bank as each workspace sees it, looked up once for each."""
    return cache(lambda installation: library.seen_by(tx, bank, installation))


def _running_low(tx: Connection, schedule: Schedule, left: int | None) -> list[LowDeck]:
    """Note that few unasked questions are left, or enough again; say so the first time only.

    `left` is None where nothing was drawn, so that nothing new is known.
    """
    if left is None or (left < FEW_LEFT) is schedule.told_low:
        return []
    is_low = left < FEW_LEFT
    schedules.told_low(tx, schedule, is_told=is_low)
    return [LowDeck(schedule, left)] if is_low else []


def _reserve_due(
    tx: Connection, schedule: Schedule, seen_by: BankOf, now: datetime, lateness: timedelta
) -> tuple[Due, list[SkippedRound], int | None]:
    """Deal with each date that has come due; return the first that has not.

    Beside it: the dates without a question, and how many unasked questions are left, if known.
    """
    due = schedule.next_due
    skipped: list[SkippedRound] = []
    left: int | None = None
    while due is not None and due.at <= now:
        verdict = timeliness(
            due.at, due.local_date, schedule.timing.zone, now=now, lateness=lateness
        )
        drawn = _draw(tx, schedule, seen_by) if verdict is Timeliness.ON_TIME else None
        if drawn is not None:
            if posting.reserve(tx, schedule, due, drawn.question, now):
                decks.keep(tx, [(schedule, drawn)])
                left = drawn.bookmark.unasked
        else:
            left = 0 if verdict is Timeliness.ON_TIME else left
            reason = verdict.value if verdict is not Timeliness.ON_TIME else NO_QUESTIONS
            if posting.skip_date(tx, schedule, due, reason):
                skipped.append(
                    SkippedRound(schedule.installation_id, schedule.id, due.local_date, reason)
                )
        due = schedule.timing.next_due(due.at, due.local_date)
    assert due is not None  # noqa: S101 - `schedules.due` returns only schedules that have one
    return due, skipped, left


def _draw(tx: Connection, schedule: Schedule, seen_by: BankOf) -> Draw | None:
    drawn = decks.draw(tx, [schedule], lambda whose: seen_by(whose).deck)
    return drawn.get(schedule.id)


def _lease_ready(
    tx: Connection, seen_by: BankOf, now: datetime, lateness: timedelta
) -> tuple[list[ReadyRound], list[SkippedRound]]:
    ready: list[ReadyRound] = []
    given_up: list[SkippedRound] = []
    for waiting in posting.ready_to_post(tx, now, ROUNDS_AT_ONCE):
        row = waiting.round
        bank = seen_by(row.installation_id)
        reason = _why_not(waiting, now, lateness)
        question = None if reason else bank.get(row.question) or _replace(tx, waiting, bank)
        if question is not None:
            ready.append(ReadyRound(posting.lease(tx, row, now), question))
        else:
            reason = reason or NO_QUESTIONS
            posting.give_up(tx, row, reason)
            given_up.append(
                SkippedRound(row.installation_id, row.schedule_id, row.local_date, reason)
            )
    return ready, given_up


def _why_not(waiting: PendingRound, now: datetime, lateness: timedelta) -> str | None:
    if not waiting.schedule_runs:
        return "schedule no longer runs"
    due = waiting.due
    verdict = timeliness(due.at, due.local_date, waiting.zone, now=now, lateness=lateness)
    return None if verdict is Timeliness.ON_TIME else verdict.value


def _replace(tx: Connection, waiting: PendingRound, bank: Bank) -> Question | None:
    """Give a round another question: the one it was reserved with has left the bank."""
    row = waiting.round
    schedule = schedules.get(tx, row.installation_id, row.schedule_id)
    drawn = _draw(tx, schedule, lambda _: bank) if schedule else None
    question = bank.get(drawn.question) if drawn else None
    if question is not None:
        posting.change_question(tx, row, question.slug)
    return question


def confirm(
    tx: Connection,
    installation: InstallationId,
    round_id: RoundId,
    ts: MessageTs,
    now: datetime,
) -> list[AnswerOutcome]:
    """Confirm a round, close the one before it, and take in the answers that waited for it."""
    confirmation = posting.confirm(tx, installation, round_id, ts, now)
    if confirmation is None:
        return []
    scope = Scope(installation, confirmation.round.schedule_id)
    if confirmation.closed is not None and confirmation.closed.message_ts is not None:
        # Answers taken while we did not know yet that the next question was out.
        late = answers.late_members(tx, confirmation.closed, ts)
        standings.refresh(tx, scope, late, confirmation.closed.message_ts)
        cards.touch(tx, installation, confirmation.closed.id)
    if confirmation.next is not None:
        # Found after a later round was posted: the order of rounds changed for everyone, and its
        # own card still invites people.
        standings.rebuild(tx, scope)
        cards.touch(tx, installation, round_id)
    adopted = answers.adopt(tx, confirmation.round)
    if not adopted:
        return []
    cards.touch(tx, installation, round_id)
    members = sorted({recorded.reply.member_id for recorded in adopted})
    streaks = standings.refresh(tx, scope, members, ts)
    first = {
        member: answers.earliest_in_round(tx, installation, round_id, member) for member in members
    }
    outcomes = []
    for recorded in adopted:
        reply = recorded.reply
        tick, told = consequences(
            Judgement(
                counted=recorded.counted,
                counted_before=False,
                in_time=is_answered(confirmation.round.posted, reply.ts),
                is_first=first[reply.member_id] == reply.ts,
            )
        )
        outcomes.append(
            AnswerOutcome(installation, round_id, reply, tick, told, streaks[reply.member_id])
        )
    return outcomes


def claim_unknown(tx: Connection, now: datetime) -> list[LeasedRound]:
    """Lease the rounds whose outcome may be looked up now."""
    return [
        posting.lease(tx, waiting.round, now)
        for waiting in posting.ready_to_resolve(tx, now, ROUNDS_AT_ONCE)
    ]


def settle(tx: Connection) -> bool:
    """Write what closed rounds mean for standings, some at a time; False if more remain."""
    members = standings.SETTLED_AT_ONCE
    closed = rounds.unsettled(tx, SETTLED_AT_ONCE)
    for row in closed:
        members -= standings.settle(tx, row, members)
        # Answers wait meanwhile: many rounds take no longer than one that concerns many.
        if not members:
            return False
    return len(closed) < SETTLED_AT_ONCE


def due_cards(tx: Connection, bank: Bank, now: datetime) -> list[DueCard]:
    """Take due cards, with what each should show."""
    due: list[DueCard] = []
    seen_by = _banks(tx, bank)
    for installation, round_id, _shown in cards.take_due(tx, now, CARDS_AT_ONCE, CARD_INTERVAL):
        row = rounds.get(tx, installation, round_id)
        question = seen_by(installation).get(row.question) if row else None
        if row is None or row.message_ts is None or question is None or row.voided_ts is not None:
            continue
        card = Card(
            round_id, question, answers.members_in_round(tx, row), row.closed_ts is not None
        )
        due.append(DueCard(installation, row.channel_id, row.message_ts, card))
    return due


def void(tx: Connection, channel: ChannelId, ts: MessageTs, at: MessageTs) -> None:
    """Void a round whose message was deleted; standings already folded over it are folded anew."""
    row = rounds.by_thread(tx, channel, ts)
    if row is None:
        return
    schedules.hold(tx, row.installation_id, row.schedule_id)
    voided = rounds.void(tx, row, at)
    if voided is not None and voided.closed_ts is not None and at < voided.closed_ts:
        standings.rebuild(tx, Scope(row.installation_id, row.schedule_id))


def today(tx: Connection, bank: Bank, installation: InstallationId, channel: ChannelId) -> Today:
    """Find a channel's schedule and open round."""
    schedule = schedules.in_channel(tx, installation, channel)
    row = rounds.open_round(tx, installation, schedule.id) if schedule else None
    if row is None or row.message_ts is None:
        return Today(schedule, None)
    question = library.seen_by(tx, bank, installation).get(row.question)
    return Today(schedule, OpenRound(channel, row.message_ts, question))
