"""The front door: one table from what Slack tells us to the room that answers it.

A newcomer finds every feature here. The help that people read is made from the same table.
"""

from dataclasses import dataclass
from typing import assert_never

from bot.domain.help import HelpLine
from bot.features.answers.listener import AnswersListener
from bot.features.daily_question.listener import DailyQuestionListener
from bot.features.help.listener import HelpListener
from bot.features.home.listener import HomeListener
from bot.features.improve.listener import ImproveListener
from bot.features.installation.listener import InstallationListener
from bot.features.leaderboard.listener import LeaderboardListener
from bot.features.random_question.listener import RandomQuestionListener
from bot.features.reveal.listener import RevealListener
from bot.features.reviewers.listener import ReviewersListener
from bot.features.setup.listener import SetupListener
from bot.features.streak.listener import StreakListener
from bot.features.suggestions.listener import SuggestionsListener
from bot.features.versions.listener import VersionsListener
from bot.slack.dispatch import Command, Routes
from bot.slack.inbound import MessageNews, NotForUs, OwnRound, ReplyNews, RootDeleted
from bot.slack.names import Action, Callback, Event
from bot.slack.outbound import Slack

HELP = HelpLine("help", "shows this list")
ALIASES = {"board": "leaderboard"}
"""Another word → the word of the command it means."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """Everything a person can see or do."""

    answers: AnswersListener
    daily_question: DailyQuestionListener
    home: HomeListener
    improve: ImproveListener
    installation: InstallationListener
    leaderboard: LeaderboardListener
    random_question: RandomQuestionListener
    reveal: RevealListener
    reviewers: ReviewersListener
    setup: SetupListener
    streak: StreakListener
    suggestions: SuggestionsListener
    versions: VersionsListener


def routes(rooms: Rooms, slack: Slack) -> Routes:
    """Lay the table."""
    commands = _commands(rooms)
    help_room = HelpListener([*map(_help_line, commands), HELP], slack)
    by_word = {command.word: command for command in commands}
    by_word[HELP.word] = Command(HELP.word, HELP.usage, HELP.purpose, help_room.on_help)
    return Routes(
        commands=by_word | {alias: by_word[word] for alias, word in ALIASES.items()},
        otherwise=help_room.on_unknown,
        actions={
            Action.REVEAL_ROUND: rooms.reveal.on_reveal_round,
            Action.REVEAL_QUESTION: rooms.reveal.on_reveal_question,
            Action.WHY_ROUND: rooms.reveal.on_why_round,
            Action.ANOTHER: rooms.random_question.on_another,
            Action.POST_HERE: rooms.random_question.on_post_here,
            Action.SHOW_BOARD: rooms.leaderboard.on_show,
            Action.SUGGEST: rooms.improve.on_suggest,
            Action.REPORT: rooms.improve.on_report,
            Action.SEND_AGAIN: rooms.improve.on_send_again,
            Action.ACCEPT: rooms.suggestions.on_accept,
            Action.EDIT: rooms.suggestions.on_edit,
            Action.DECLINE: rooms.suggestions.on_decline,
            Action.VERSIONS: rooms.versions.on_versions,
            Action.ROLL_BACK: rooms.versions.on_roll_back,
        },
        submissions={
            Callback.SETUP: rooms.setup.on_submit,
            Callback.SUGGEST: rooms.improve.on_suggested,
            Callback.REPORT: rooms.improve.on_reported,
            Callback.ADD: rooms.improve.on_added,
            Callback.EDIT: rooms.suggestions.on_edited,
            Callback.DECLINE: rooms.suggestions.on_declined,
        },
        events={
            Event.APP_HOME_OPENED: rooms.home.on_opened,
            Event.CHANNEL_ARCHIVE: rooms.installation.on_channel_lost,
            Event.CHANNEL_DELETED: rooms.installation.on_channel_lost,
            Event.CHANNEL_LEFT: rooms.installation.on_channel_lost,
            Event.GROUP_ARCHIVE: rooms.installation.on_channel_lost,
            Event.GROUP_DELETED: rooms.installation.on_channel_lost,
            Event.GROUP_LEFT: rooms.installation.on_channel_lost,
            Event.CHANNEL_ID_CHANGED: rooms.installation.on_channel_renumbered,
            Event.APP_UNINSTALLED: rooms.installation.on_app_lost,
            Event.TOKENS_REVOKED: rooms.installation.on_app_lost,
        },
        message=_Messages(rooms).on_message,
    )


def _commands(rooms: Rooms) -> tuple[Command, ...]:
    return (
        Command(
            "today",
            "today",
            "links to the question that is open in this channel",
            rooms.daily_question.on_today,
        ),
        Command(
            "random",
            "random [topic] [level]",
            "gives you a question to practise, privately",
            rooms.random_question.on_random,
        ),
        Command(
            "streak",
            "streak [why]",
            "shows your streak; with `why`, how it came about",
            rooms.streak.on_streak,
        ),
        Command(
            "leaderboard",
            "leaderboard",
            "shows this channel's streaks",
            rooms.leaderboard.on_leaderboard,
        ),
        Command(
            "setup",
            "setup",
            "starts, changes or pauses a channel's daily question",
            rooms.setup.on_setup,
        ),
        Command(
            "add",
            "add",
            "lets you write a question for your workspace",
            rooms.improve.on_add,
        ),
        Command(
            "suggestions",
            "suggestions",
            "shows reviewers what members suggested",
            rooms.suggestions.on_suggestions,
        ),
        Command(
            "reviewers",
            "reviewers [@name]",
            "shows who looks at suggestions, or names more people",
            rooms.reviewers.on_reviewers,
        ),
    )


def _help_line(command: Command) -> HelpLine:
    also = tuple(alias for alias, word in ALIASES.items() if word == command.word)
    return HelpLine(command.usage, command.purpose, also)


@dataclass(frozen=True, slots=True)
class _Messages:
    """Every message event, by what it turned out to be."""

    rooms: Rooms

    async def on_message(self, news: MessageNews) -> None:
        match news:
            case ReplyNews():
                await self.rooms.answers.on_reply(news)
            case OwnRound():
                await self.rooms.daily_question.on_own_round(news)
            case RootDeleted():
                await self.rooms.daily_question.on_root_deleted(news)
            case NotForUs():
                pass
            case _ as unreachable:
                assert_never(unreachable)
