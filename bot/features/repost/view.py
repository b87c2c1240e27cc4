"""What an operator reads who wants a round posted after all."""

from typing import assert_never

from bot.domain.reposting import Reposted, Reposting


def told(answer: Reposted) -> str:
    """Say what became of the wish, and what to do where nothing did."""
    name = f"Round {answer.round_id}"
    if answer.local_date is not None:
        name += f" ({answer.local_date.isoformat()}, channel {answer.channel_id})"
    match answer.outcome:
        case Reposting.PUT_BACK:
            return (
                f"{name} had been given up: {answer.reason}. It waits to be posted again, and the "
                "running app takes it up within seconds."
            )
        case Reposting.NO_SUCH_ROUND:
            return f"There is no round {answer.round_id}. `prep doctor` lists those given up."
        case Reposting.POSTED:
            return f"{name} is posted already, so nothing was done."
        case Reposting.ON_ITS_WAY:
            return f"{name} is on its way already, so nothing was done."
        case Reposting.TOO_LATE:
            return (
                f"It is too late for {name[0].lower()}{name[1:]}, so nothing was done. A date "
                "without a question breaks no streak; the next question comes as planned."
            )
        case Reposting.NOT_RUNNING:
            return (
                f"{name} belongs to a schedule that does not run, so nothing was done. /prep setup "
                "in its channel starts it; then run this again."
            )
        case _:
            assert_never(answer.outcome)
