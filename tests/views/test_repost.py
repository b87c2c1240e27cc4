"""What an operator reads who wants a round posted after all."""

from datetime import date
from textwrap import wrap

from inline_snapshot import snapshot

from bot.domain.ids import ChannelId, RoundId
from bot.domain.reposting import Reposted, Reposting
from bot.features.repost.view import told


def test_each_answer_says_what_was_done_and_what_to_do() -> None:
    known = ChannelId("C1"), date(2026, 3, 2)
    answers = [
        told(
            Reposted(RoundId(41), outcome)
            if outcome is Reposting.NO_SUCH_ROUND
            else Reposted(RoundId(41), outcome, *known, "not_in_channel")
        )
        for outcome in Reposting
    ]
    assert "\n".join(wrapped for one in answers for wrapped in wrap(one, 80)) == snapshot("""\
Round 41 (2026-03-02, channel C1) had been given up: not_in_channel. It waits to
be posted again, and the running app takes it up within seconds.
There is no round 41. `prep doctor` lists those given up.
Round 41 (2026-03-02, channel C1) is posted already, so nothing was done.
Round 41 (2026-03-02, channel C1) is on its way already, so nothing was done.
It is too late for round 41 (2026-03-02, channel C1), so nothing was done. A
date without a question breaks no streak; the next question comes as planned.
Round 41 (2026-03-02, channel C1) belongs to a schedule that does not run, so
nothing was done. /prep setup in its channel starts it; then run this again.\
""")
