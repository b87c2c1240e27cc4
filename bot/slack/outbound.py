"""Everything we ask of Slack. One method per thing, each with its outcome told apart.

Two rules from the platform shape it. A post that may have gone out is never repeated: it leaves
by `bot.slack.sending`, past the SDK's retry handlers, which send a POST again after a broken
connection. And nothing sleeps: a rate limit is an outcome, and whoever asked decides when to try
again. Until then `bot.slack.pace` gives the same outcome without a call.
"""

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncConnectionErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.domain.ids import ChannelId, InstallationId, MemberId, MessageTs, RoundId
from bot.domain.installations import Identity
from bot.domain.rounds import (
    SLACK_TIMEOUT,
    Accepted,
    Declined,
    NobodyKnows,
    NotNow,
    PostOutcome,
)
from bot.slack.blocks import Home, Message, Modal
from bot.slack.failures import (
    MALFORMED_REPLIES,
    NETWORK_ERRORS,
    RETRY_AFTER_UNSAID,
    ScopeMissingError,
    SlackBusyError,
    SlackRefusedError,
    SlackUnreachableError,
    outcome_of,
    ungranted,
    word_of,
)
from bot.slack.names import ROUND_METADATA, SCOPES, Scope
from bot.slack.pace import Pace
from bot.slack.sending import send

log = logging.getLogger(__name__)

DEFAULT_API_URL = "https://slack.com/api/"
POST, UPDATE, HISTORY = "chat.postMessage", "chat.update", "conversations.history"
WHISPER = "chat.postEphemeral"
REACT = "reactions.add"
RATE_LIMITED = "ratelimited"
HISTORY_PAGE = 15
"""What the strictest plan gives at once."""
MOST_HISTORY_PAGES = 20
NAMES_TIMEOUT_S = 2.0
"""Names are a nicety: what is shown with them does not wait long for one."""
CHANNELS_PAGE = 200
MOST_CHANNEL_PAGES = 10

TokenOf = Callable[[InstallationId], str]


@dataclass(frozen=True, slots=True)
class Found:
    """The message of a round is there."""

    ts: MessageTs


@dataclass(frozen=True, slots=True)
class Absent:
    """All of the channel's messages of that time were read, and the round's is not among them."""


@dataclass(frozen=True, slots=True)
class NotSure:
    """It could not be looked up; try again after `retry_after`.

    Everything from `searched_from` on was read, and it was not there; None if nothing was read.
    """

    retry_after: timedelta
    reason: str
    searched_from: MessageTs | None = None


Search = Found | Absent | NotSure


@dataclass(frozen=True, slots=True)
class Place:
    """A channel as the app sees it."""

    channel_id: ChannelId
    is_member: bool
    is_private: bool
    is_archived: bool
    is_conversation: bool
    """Whether it is a direct message, with one person or several."""
    lacks: tuple[str, ...]
    """The scopes without which we cannot post there or hear replies, as far as Slack says."""


class Slack:
    """Slack's Web API, for every installation. `session` is shared and belongs to the caller.

    No call takes longer than `timeout`, which must be shorter than a round's lease.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        token_of: TokenOf,
        pace: Pace,
        api_url: str = DEFAULT_API_URL,
        timeout: timedelta = SLACK_TIMEOUT,
    ) -> None:
        # Set around each call: the SDK's own time-out does nothing for a session it is given.
        self._timeout_s = timeout.total_seconds()
        self._session = session
        self._token_of = token_of
        self._pace = pace
        self.client = AsyncWebClient(
            base_url=api_url, session=session, retry_handlers=[AsyncConnectionErrorRetryHandler()]
        )

    async def identify(self, token: str) -> Identity:
        """Ask Slack whose a bot token is.

        Raises SlackRefusedError if it is not a living bot token; SlackBusyError and
        SlackUnreachableError say nothing about the token.
        """
        try:
            async with asyncio.timeout(self._timeout_s):
                reply = await self.client.auth_test(token=token)
        except SlackApiError as error:
            match outcome_of(error):
                case NotNow(retry_after):
                    raise SlackBusyError(word_of(error), retry_after) from error
                case NobodyKnows(reason):
                    raise SlackUnreachableError(reason) from error
                case _:
                    raise SlackRefusedError(word_of(error)) from error
        except (*NETWORK_ERRORS, *MALFORMED_REPLIES) as error:
            raise SlackUnreachableError(type(error).__name__) from error
        if lacking := ungranted(reply, SCOPES):
            log.warning("scopes_missing", extra={"scopes": ",".join(lacking)})
        return Identity(
            team_id=str(reply["team_id"]),
            enterprise_id=reply.get("enterprise_id"),
            bot_user_id=MemberId(str(reply["user_id"])),
        )

    async def post_round(
        self, installation: InstallationId, channel: ChannelId, round_id: RoundId, message: Message
    ) -> PostOutcome:
        """Post a round's card, once, marked so that it can be found again. Never raises.

        It waits until its channel has been quiet for a second.
        """
        if wait := self._pace.wait_to_post(installation, POST, channel, patient=True):
            return NotNow(wait)
        metadata = {"event_type": ROUND_METADATA, "event_payload": {"round": round_id}}
        return await self._post(installation, channel, message, metadata=metadata)

    async def post(
        self, installation: InstallationId, channel: ChannelId | MemberId, message: Message
    ) -> PostOutcome:
        """Post a message in a channel, or in the direct messages with a member. Never raises."""
        if wait := self._pace.wait_to_post(installation, POST, channel, patient=False):
            return NotNow(wait)
        return await self._post(installation, channel, message)

    async def _post(
        self, installation: InstallationId, channel: str, message: Message, **marks: Any
    ) -> PostOutcome:
        try:
            async with asyncio.timeout(self._timeout_s):
                reply = await send(
                    self.client,
                    POST,
                    self._token_of(installation),
                    {
                        "channel": channel,
                        "unfurl_links": False,
                        "unfurl_media": False,
                        **marks,
                        **message.payload(),
                    },
                )
        except SlackApiError as error:
            return self._failure(installation, POST, error)
        except (*NETWORK_ERRORS, *MALFORMED_REPLIES) as error:
            return NobodyKnows(type(error).__name__)
        return Accepted(MessageTs(str(reply["ts"])))

    async def update(
        self, installation: InstallationId, channel: ChannelId, ts: MessageTs, message: Message
    ) -> PostOutcome:
        """Change a message of ours; doing it twice does no harm. Never raises."""
        if wait := self._pace.wait_for(installation, UPDATE):
            return NotNow(wait)
        try:
            async with asyncio.timeout(self._timeout_s):
                await send(
                    self.client,
                    UPDATE,
                    self._token_of(installation),
                    {"channel": channel, "ts": ts, **message.payload()},
                )
        except SlackApiError as error:
            return self._failure(installation, UPDATE, error)
        except (*NETWORK_ERRORS, *MALFORMED_REPLIES) as error:
            return NobodyKnows(type(error).__name__)
        return Accepted(ts)

    def may_whisper(self, installation: InstallationId) -> bool:
        """Tell whether Slack may be asked to show private messages now; else none need be made."""
        return not self._pace.wait_for(installation, WHISPER)

    async def whisper(
        self,
        installation: InstallationId,
        channel: ChannelId,
        member: MemberId,
        message: Message,
        thread_ts: MessageTs | None = None,
    ) -> None:
        """Show a message to one member only, if Slack can: it promises nothing.

        Raises SlackRefusedError, SlackUnreachableError.
        """
        await self._call(
            WHISPER,
            installation,
            channel=channel,
            user=member,
            thread_ts=thread_ts,
            **message.payload(),
        )

    async def respond(
        self, response_url: str, message: Message, *, replace: bool = False, delete: bool = False
    ) -> None:
        """Reply privately to a command or a button. Raises SlackUnreachableError.

        `replace`: in the place of the message the button was on. `delete`: take that away instead.
        Slack takes five replies within 30 minutes.
        """
        webhook = AsyncWebhookClient(response_url, session=self._session, retry_handlers=[])
        wish: dict[str, Any] = (
            {"delete_original": True}
            if delete
            else {
                "response_type": "ephemeral",
                "replace_original": replace,
                **message.payload(),
            }
        )
        try:
            async with asyncio.timeout(self._timeout_s):
                reply = await webhook.send(**wish)
        except (*NETWORK_ERRORS, *MALFORMED_REPLIES) as error:
            raise SlackUnreachableError(type(error).__name__) from error
        if reply.status_code != 200:
            raise SlackRefusedError(f"{reply.status_code}: {reply.body[:100]}")

    async def open_modal(self, installation: InstallationId, trigger_id: str, modal: Modal) -> None:
        """Open a modal for whoever just acted. Raises SlackRefusedError, SlackUnreachableError."""
        await self._call("views.open", installation, trigger_id=trigger_id, view=modal.payload())

    async def push_modal(self, installation: InstallationId, trigger_id: str, modal: Modal) -> None:
        """Put a modal on top of an open one. Raises SlackRefusedError, SlackUnreachableError."""
        await self._call("views.push", installation, trigger_id=trigger_id, view=modal.payload())

    async def update_modal(self, installation: InstallationId, view_id: str, modal: Modal) -> None:
        """Show something else in an open modal; twice does no harm.

        Raises SlackRefusedError (`not_found` for one that was closed), SlackUnreachableError.
        """
        await self._call("views.update", installation, view_id=view_id, view=modal.payload())

    async def publish_home(
        self, installation: InstallationId, member: MemberId, home: Home
    ) -> None:
        """Set what the app's Home shows a member; doing it twice does no harm.

        Raises SlackRefusedError, SlackUnreachableError.
        """
        await self._call("views.publish", installation, user_id=member, view=home.payload())

    async def channels_of(
        self, installation: InstallationId, member: MemberId
    ) -> frozenset[ChannelId] | None:
        """Name the channels a member is in: all public ones, and the private ones the app is in.

        None if Slack does not say now.
        """
        found: set[ChannelId] = set()
        cursor = ""
        try:
            for _ in range(MOST_CHANNEL_PAGES):
                page = await self._call(
                    "users.conversations",
                    installation,
                    http="GET",
                    user=member,
                    types="public_channel,private_channel",
                    limit=CHANNELS_PAGE,
                    cursor=cursor or None,
                )
                found.update(ChannelId(str(one["id"])) for one in page.get("channels") or [])
                cursor = str((page.get("response_metadata") or {}).get("next_cursor") or "")
                if not cursor:
                    return frozenset(found)
        except (SlackRefusedError, SlackUnreachableError) as error:
            log.warning("channels_unknown", extra={"reason": str(error)})
        return None

    def may_react(self, installation: InstallationId) -> bool:
        """Tell whether Slack may be asked to add reactions now; else it would only be too busy."""
        return not self._pace.wait_for(installation, REACT)

    async def react(
        self, installation: InstallationId, channel: ChannelId, ts: MessageTs, name: str
    ) -> None:
        """Add our reaction to a message; already there is fine.

        Raises SlackRefusedError, SlackUnreachableError.
        """
        await self._tolerant(
            {"already_reacted", "message_not_found"},
            REACT,
            installation,
            channel=channel,
            timestamp=ts,
            name=name,
        )

    async def unreact(
        self, installation: InstallationId, channel: ChannelId, ts: MessageTs, name: str
    ) -> None:
        """Take our reaction off a message; not there is fine.

        Raises SlackRefusedError, SlackUnreachableError.
        """
        await self._tolerant(
            {"no_reaction", "message_not_found"},
            "reactions.remove",
            installation,
            channel=channel,
            timestamp=ts,
            name=name,
        )

    async def permalink(
        self, installation: InstallationId, channel: ChannelId, ts: MessageTs
    ) -> str:
        """Return the address of a message. Raises SlackRefusedError, SlackUnreachableError."""
        reply = await self._call(
            "chat.getPermalink", installation, http="GET", channel=channel, message_ts=ts
        )
        return str(reply["permalink"])

    async def place(self, installation: InstallationId, channel: ChannelId) -> Place:
        """Describe a channel. Raises SlackRefusedError (`channel_not_found` for a private channel
        the app is not in), SlackUnreachableError.
        """
        reply = await self._call("conversations.info", installation, http="GET", channel=channel)
        found = reply["channel"]
        is_private = bool(found.get("is_private"))
        history = Scope.GROUPS_HISTORY if is_private else Scope.CHANNELS_HISTORY
        return Place(
            channel_id=ChannelId(str(found["id"])),
            is_member=bool(found.get("is_member")),
            is_private=is_private,
            is_archived=bool(found.get("is_archived")),
            is_conversation=bool(found.get("is_im") or found.get("is_mpim")),
            lacks=ungranted(reply, {Scope.CHAT_WRITE, history}),
        )

    async def join(self, installation: InstallationId, channel: ChannelId) -> None:
        """Join a public channel. Raises SlackRefusedError, SlackUnreachableError."""
        await self._call("conversations.join", installation, channel=channel)

    async def zone_of(self, installation: InstallationId, member: MemberId) -> ZoneInfo | None:
        """Return the time zone in a member's profile; None if there is none we know.

        Raises SlackRefusedError, SlackUnreachableError.
        """
        reply = await self._call("users.info", installation, http="GET", user=member)
        try:
            return ZoneInfo(str(reply["user"].get("tz") or ""))
        except (KeyError, ValueError, OSError):
            return None

    async def names_of(
        self, installation: InstallationId, members: Collection[MemberId]
    ) -> dict[MemberId, str]:
        """Return the names that members go by, as Slack tells them; asks for all side by side.

        Whoever Slack does not name within two seconds is left out. Never raises.
        """
        wanted = list(dict.fromkeys(members))
        names = await asyncio.gather(*(self._name_of(installation, member) for member in wanted))
        return {member: name for member, name in zip(wanted, names, strict=True) if name}

    async def _name_of(self, installation: InstallationId, member: MemberId) -> str:
        try:
            async with asyncio.timeout(NAMES_TIMEOUT_S):
                reply = await self._call("users.info", installation, http="GET", user=member)
        except (SlackRefusedError, SlackUnreachableError, TimeoutError) as error:
            log.warning("name_unknown", extra={"reason": str(error) or type(error).__name__})
            return ""
        return _name_in(reply.get("user"))

    async def find_round(
        self,
        installation: InstallationId,
        channel: ChannelId,
        round_id: RoundId,
        oldest: datetime,
        before: MessageTs,
    ) -> Search:
        """Look for a round's message among the channel's messages from `oldest` to `before`.

        The newest are read first, a page at a time. Never raises.
        """
        searched_from = None
        for _ in range(MOST_HISTORY_PAGES):
            page = await self._history(installation, channel, oldest, searched_from or before)
            if isinstance(page, NotSure):
                return replace(page, searched_from=searched_from)
            messages = page.get("messages") or []
            for message in messages:
                if _is_round(message, round_id):
                    return Found(MessageTs(str(message["ts"])))
            if not (messages and page.get("has_more")):
                return Absent()
            searched_from = MessageTs(str(messages[-1]["ts"]))
        return NotSure(RETRY_AFTER_UNSAID, "too many messages", searched_from)

    async def _history(
        self, installation: InstallationId, channel: ChannelId, oldest: datetime, before: MessageTs
    ) -> Any:
        if wait := self._pace.wait_for(installation, HISTORY):
            return NotSure(wait, RATE_LIMITED)
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self.client.conversations_history(
                    token=self._token_of(installation),
                    channel=channel,
                    oldest=f"{oldest.timestamp():.6f}",
                    latest=before,
                    include_all_metadata=True,
                    limit=HISTORY_PAGE,
                )
        except SlackApiError as error:
            failure = self._failure(installation, HISTORY, error)
            if isinstance(failure, NotNow):
                return NotSure(failure.retry_after, RATE_LIMITED)
            return NotSure(RETRY_AFTER_UNSAID, word_of(error))
        except (*NETWORK_ERRORS, *MALFORMED_REPLIES) as error:
            return NotSure(RETRY_AFTER_UNSAID, type(error).__name__)

    async def _tolerant(
        self, fine: set[str], method: str, installation: InstallationId, **arguments: Any
    ) -> None:
        try:
            await self._call(method, installation, **arguments)
        except SlackRefusedError as refused:
            if refused.error not in fine:
                raise

    async def _call(
        self, method: str, installation: InstallationId, http: str = "POST", **arguments: Any
    ) -> Any:
        if wait := self._pace.wait_for(installation, method):
            raise SlackBusyError(RATE_LIMITED, wait)
        given = {name: value for name, value in arguments.items() if value is not None}
        form = {"params": given} if http == "GET" else {"json": given}
        headers = {"Authorization": f"Bearer {self._token_of(installation)}"}
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self.client.api_call(method, http_verb=http, headers=headers, **form)
        except SlackApiError as error:
            failure = self._failure(installation, method, error)
            if isinstance(failure, NotNow):
                raise SlackBusyError(word_of(error), failure.retry_after) from error
            if isinstance(failure, Declined) and failure.scopes:
                raise ScopeMissingError(failure.scopes) from error
            raise SlackRefusedError(word_of(error)) from error
        except (*NETWORK_ERRORS, *MALFORMED_REPLIES) as error:
            raise SlackUnreachableError(type(error).__name__) from error

    def _failure(
        self, installation: InstallationId, method: str, error: SlackApiError
    ) -> PostOutcome:
        failure = outcome_of(error)
        if isinstance(failure, NotNow):
            self._pace.heed(installation, method, failure.retry_after)
        return failure


def _name_in(user: Any) -> str:
    """Read the name a member chose to show, else their full one; "" if there is neither."""
    if not isinstance(user, dict):
        return ""
    profile = user.get("profile")
    told = profile if isinstance(profile, dict) else {}
    chosen = told.get("display_name") or told.get("real_name") or user.get("real_name")
    return chosen if isinstance(chosen, str) else ""


def _is_round(message: Any, round_id: RoundId) -> bool:
    metadata = message.get("metadata") or {}
    payload = metadata.get("event_payload") or {}
    return metadata.get("event_type") == ROUND_METADATA and payload.get("round") == round_id
