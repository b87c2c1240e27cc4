"""Asking the daily question: reserve a round, post it once, close the one before."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.clock import AgreedClock
from bot.domain.answering import MARK_AGAIN_AFTER, AnswerOutcome, Judgement, consequences
from bot.domain.decks import Draw
from bot.domain.ids import (
    ChannelId,
    InstallationId,
    MessageTs,
    RoundId,
    ScheduleId,
)
from bot.domain.local_time import Due
from bot.domain.questions import Question
from bot.domain.rounds import (
    CARD_INTERVAL,
    LEASE,
    Card,
    Claim,
    DatesDue,
    DueCard,
    Evidence,
    LeasedRound,
    LowDeck,
    ReadyRound,
    RoundState,
    Timeliness,
    dates_due,
    timeliness,
)
from bot.domain.schedules import Schedule, Timing
from bot.domain.streaks import is_answered
from bot.domain.today import OpenRound, Today
from bot.store import (
    answers,
    cards,
    confirming,
    decks,
    heartbeats,
    library,
    posting,
    rounds,
    schedules,
    standings,
)
from bot.store.database import Connection, Database
from bot.store.posting import PendingRound, Reservation
from bot.store.rounds import RoundRow
from bot.store.standings import Scope
from bot.store.together import Company, Together
from content.bank import Bank

log = logging.getLogger(__name__)

ROUNDS_AT_ONCE = 100
"""How many rounds are looked for at once; and claimed, where nobody says how many."""
SETTLED_AT_ONCE = 20
CARDS_AT_ONCE = 50
OF_CONFIRMATIONS = Company(most=200, rest_s=0.05)
"""They follow calls to Slack, beside which nobody notices a rest."""
LOOKS_GROW_RARER_BY = 10
"""The pause before the next look is at least this part of the time since the attempt."""
FEW_LEFT = 10
"""Fewer unasked questions than this, and the schedule's owner is told."""
TICK = "tick"
NO_QUESTIONS = "no questions"

Banks = Mapping[InstallationId, Bank]


@dataclass(frozen=True, slots=True)
class DailyQuestion:
    """The use cases of the daily question, each one transaction."""

    database: Database
    clock: AgreedClock
    bank: Callable[[], Bank]
    lateness: timedelta
    _confirmations: Together[Evidence, list[AnswerOutcome]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        together: Together[Evidence, list[AnswerOutcome]] = Together(
            self.database,
            lambda tx, evidence: confirm_all(tx, evidence, self.clock.now()),
            lambda tx, one: confirm_all(tx, [one], self.clock.now())[0],
            OF_CONFIRMATIONS,
        )
        object.__setattr__(self, "_confirmations", together)

    async def claim(self, most: int = ROUNDS_AT_ONCE) -> Claim:
        """Reserve what is due, and lease up to `most` rounds to be posted now."""
        now = await self.clock.agreed()
        if not await self.database.read(lambda tx: anything_due(tx, now)):
            return Claim()
        return await self.database.write(
            lambda tx: claim(tx, self.bank(), now, self.lateness, most)
        )

    async def not_told(self, low: LowDeck) -> None:
        """Note that an owner could not be told that few questions are left: try another day."""
        await self.database.write(lambda tx: schedules.told_low(tx, [low.schedule], is_told=False))

    async def confirm(
        self, installation: InstallationId, round_id: RoundId, ts: MessageTs
    ) -> list[AnswerOutcome]:
        """Note that a round's message exists; return the answers that came before.

        Confirmations that follow close upon each other are written together.
        """
        return await self._confirmations.write(Evidence(installation, round_id, ts))

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
        taken = await self.database.write(
            lambda tx: cards.take_due(tx, now, CARDS_AT_ONCE, CARD_INTERVAL)
        )
        if not taken:
            return []
        return await self.database.read(lambda tx: due_cards(tx, self.bank(), taken))

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


def claim(
    tx: Connection, bank: Bank, now: datetime, lateness: timedelta, most: int = ROUNDS_AT_ONCE
) -> Claim:
    """Lease up to `most` rounds to be posted now: those put back earlier, then those newly due.

    What is newly due is reserved, and its schedule moved on, in the same transaction.
    """
    for round_id in posting.expire_leases(tx, now):
        log.warning("round_lost_its_holder", extra={"round": round_id})
    waiting = posting.ready_to_post(tx, now, most)
    due = schedules.due(tx, now, most - len(waiting))
    whose = {row.round.installation_id for row in waiting} | {s.installation_id for s in due}
    banks = library.seen_by_each(tx, bank, whose)
    again = _take_up(tx, waiting, banks, now, lateness)
    new = _ask(tx, due, banks, now, lateness)
    return Claim(again.ready + new.ready, again.skipped + new.skipped, new.low)


def _take_up(
    tx: Connection,
    waiting: Sequence[PendingRound],
    banks: Banks,
    now: datetime,
    lateness: timedelta,
) -> Claim:
    """Lease rounds that were reserved before, unless it is too late for them by now."""
    questions: dict[RoundId, Question] = {}
    hopeless: list[tuple[RoundRow, str]] = []
    for one in waiting:
        row, bank = one.round, banks[one.round.installation_id]
        reason = _why_not(one, now, lateness)
        question = None if reason else bank.get(row.question) or _replace(tx, one, bank)
        if question is None:
            hopeless.append((row, reason or NO_QUESTIONS))
        else:
            questions[row.id] = question
    skipped = posting.give_up(tx, hopeless)
    rows = [one.round for one in waiting if one.round.id in questions]
    leased = posting.lease(tx, rows, now) if rows else []
    return Claim(tuple(ReadyRound(one, questions[one.id]) for one in leased), tuple(skipped))


def _ask(
    tx: Connection, due: Sequence[Schedule], banks: Banks, now: datetime, lateness: timedelta
) -> Claim:
    """Reserve and lease a round for each schedule that is due, and move the schedule on."""
    owed = _owed(due, now, lateness)
    drawn = _draw(tx, [schedule for schedule, dates in owed if dates.ask], banks)
    passed = [(schedule, *date) for schedule, dates in owed for date in dates.passed]
    wanted: list[Reservation] = []
    for schedule, dates in owed:
        if dates.ask is not None and schedule.id in drawn:
            wanted.append(Reservation(schedule, dates.ask, drawn[schedule.id].question))
        elif dates.ask is not None:
            passed.append((schedule, dates.ask, NO_QUESTIONS))
    leased = {one.schedule_id: one for one in posting.reserve(tx, wanted, now)}
    decks.keep(tx, [(one, drawn[one.id]) for one in due if one.id in leased])
    skipped = posting.skip_dates(tx, passed)
    schedules.move_on(tx, [(schedule, dates.next) for schedule, dates in owed])
    left = {one: drawn[one].bookmark.unasked for one in leased}
    left |= {schedule.id: 0 for schedule, _, reason in passed if reason == NO_QUESTIONS}
    low = _running_low(tx, [(one, left[one.id]) for one in due if one.id in left])
    ready = [
        ReadyRound(one, question)
        for one in leased.values()
        if (question := banks[one.installation_id].get(one.question))
    ]
    return Claim(tuple(ready), tuple(skipped), tuple(low))


def _owed(
    due: Sequence[Schedule], now: datetime, lateness: timedelta
) -> list[tuple[Schedule, DatesDue]]:
    """Judge the dates of each schedule; those that fall due alike, as most do, are judged once."""
    judged: dict[tuple[Timing, Due | None], DatesDue] = {}
    for one in due:
        alike = one.timing, one.next_due
        if alike not in judged:
            judged[alike] = dates_due(one, now, lateness)
    return [(one, judged[one.timing, one.next_due]) for one in due]


def _draw(tx: Connection, due: Sequence[Schedule], banks: Banks) -> dict[ScheduleId, Draw]:
    """Draw the next question of each schedule; one whose bank is empty has none."""
    return decks.draw(tx, due, lambda whose: banks[whose].deck) if due else {}


def _running_low(tx: Connection, left: Sequence[tuple[Schedule, int]]) -> list[LowDeck]:
    """Note where few unasked questions are left, or enough again; return where it is news."""
    news = [(one, few) for one, few in left if (few < FEW_LEFT) is not one.told_low]
    for is_told in (True, False):
        whose = [schedule for schedule, _ in news if schedule.told_low is not is_told]
        schedules.told_low(tx, whose, is_told=is_told)
    return [LowDeck(schedule, few) for schedule, few in news if not schedule.told_low]


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
    drawn = _draw(tx, [schedule], {row.installation_id: bank}) if schedule else {}
    question = bank.get(drawn[row.schedule_id].question) if drawn else None
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
    confirmation = confirming.confirm(tx, installation, round_id, ts, now)
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
        streak = streaks[reply.member_id]
        outcome = AnswerOutcome(installation, round_id, reply, tick, told, streak)
        answers.mark_later(tx, outcome, now + MARK_AGAIN_AFTER)
        outcomes.append(outcome)
    return outcomes


def confirm_all(
    tx: Connection, evidence: Sequence[Evidence], now: datetime
) -> list[list[AnswerOutcome]]:
    """Confirm many rounds: those without consequences all at once, the others one by one."""
    left = confirming.confirm_plain(tx, evidence, now)
    return [
        confirm(tx, one.installation_id, one.round_id, one.ts, now) if one in left else []
        for one in evidence
    ]


def claim_unknown(tx: Connection, now: datetime) -> list[LeasedRound]:
    """Lease the rounds whose outcome may be looked up now."""
    waiting = posting.ready_to_resolve(tx, now, ROUNDS_AT_ONCE)
    return posting.lease(tx, [one.round for one in waiting], now) if waiting else []


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


def due_cards(
    tx: Connection, bank: Bank, taken: Sequence[tuple[InstallationId, RoundId, int]]
) -> list[DueCard]:
    """Tell what each of the cards that were taken should show."""
    due: list[DueCard] = []
    banks = library.seen_by_each(tx, bank, {installation for installation, *_ in taken})
    for installation, round_id, _shown in taken:
        row = rounds.get(tx, installation, round_id)
        question = banks[installation].get(row.question) if row else None
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
