"""The versions of a sample answer, side by side with nothing but their differences."""

from itertools import pairwise

from bot.domain.differences import compare
from bot.domain.library import History, Version
from bot.slack.blocks import (
    Json,
    Markup,
    Modal,
    actions,
    button,
    clip,
    context,
    divider,
    lines,
    local_moment,
    mention,
    mrkdwn,
    section,
)
from bot.slack.comparison import comparison
from bot.slack.credits import credit_line
from bot.slack.fitting import MODAL_BLOCKS, MODAL_BYTES, fitted
from bot.slack.names import Action, Callback
from bot.slack.rich_text import rich_text

OVERTAKEN = "Nothing was changed: another version stands since you opened this. Look again, please."
DONE = "Done. It stands as a new version, so this can be taken back in the same way."
FIRST = "The first one, as it came with Prep."


def history_modal(history: History, news: str = "") -> Modal:
    """Show the versions, newest first, each with what it changed; reviewers can bring one back."""
    title = mrkdwn("*{title}*", title=clip(history.question.title, 150))
    blocks: list[Json] = [section(lines(news, title) if news else title)]
    for newer, older in pairwise([*history.versions, None]):
        if newer is not None:
            blocks += [divider(), *_version(history, newer, older)]
    if history.older:
        blocks.append(context(f"And {history.older} older ones."))
    return Modal(Callback.VERSIONS, "Earlier versions", fitted(blocks, MODAL_BLOCKS, MODAL_BYTES))


def _version(history: History, version: Version, before: Version | None) -> list[Json]:
    blocks = [section(_about(version, stands=version.number == history.question.version))]
    if before is not None:
        blocks += comparison(compare(before.answer, version.answer))
    else:
        blocks += rich_text(version.answer)[:3]
    if history.may_restore and version.number != history.question.version:
        value = f"{version.number} {history.question.version} {history.question.slug}"
        blocks.append(actions(button("Roll Back To This", Action.ROLL_BACK, value)))
    return blocks


def _about(version: Version, *, stands: bool) -> Markup:
    head = mrkdwn(
        "*Version {number}*{state}", number=version.number, state=" · stands now" if stands else ""
    )
    if version.at is None:
        return lines(head, FIRST)
    when = local_moment(version.at, f"{version.at:%-d %B at %H:%M} UTC")
    if version.restores is not None:
        by = mrkdwn("Brings version {number} back", number=version.restores)
        if version.accepted_by is not None:
            by += mrkdwn(", restored by {who}", who=mention(version.accepted_by))
    else:
        by = credit_line(version.credit) if version.credit else mrkdwn("Changed")
    return lines(head, mrkdwn("{by}, {when}.", by=by, when=when))
