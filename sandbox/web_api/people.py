"""``auth.test``, ``users.*``, ``bots.info``, ``team.info``, ``reactions.*``."""

from __future__ import annotations

import re

from sandbox.limits import Tier
from sandbox.payloads import message_json, team_json, user_json
from sandbox.web_api.arguments import ApiError
from sandbox.web_api.calls import Call, Method, message_in, page_of
from sandbox.workspace import JSON, Message, User

_EMOJI = re.compile(r"[\w+'-]+(::skin-tone-[2-6])?")


def auth_test(call: Call) -> JSON:
    """``auth.test``: whose token this is."""
    team = call.platform.workspace.teams[call.app.team_id]
    return {
        "ok": True,
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": call.user(call.app.bot_user_id).name,
        "team_id": team.id,
        "user_id": call.app.bot_user_id,
        "bot_id": call.app.bot_id,
        "is_enterprise_install": False,
    }


def user_info(call: Call) -> JSON:
    """``users.info``."""
    return {"ok": True, "user": _told(call, call.user(call.args.required("user")))}


def users_list(call: Call) -> JSON:
    """``users.list``: the people of the workspace, in pages."""
    users = call.platform.workspace.users.values()
    own = [user for user in users if user.team_id == call.app.team_id]
    page, cursor = page_of(own, call.args, 100, 1000)
    told = [_told(call, user) for user in page]
    return {"ok": True, "members": told, "response_metadata": {"next_cursor": cursor}}


def _told(call: Call, user: User) -> JSON:
    stranger = user.team_id != call.app.team_id
    return user_json(user, call.platform.workspace.now(), stranger=stranger)


def bot_info(call: Call) -> JSON:
    """``bots.info``."""
    bot_id = call.args.text("bot") or call.app.bot_id
    for app in call.platform.workspace.apps:
        if app.bot_id == bot_id:
            told = {
                "id": app.bot_id,
                "deleted": not app.installed,
                "name": app.spec.name,
                "app_id": app.app_id,
                "user_id": app.bot_user_id,
            }
            return {"ok": True, "bot": told}
    raise ApiError("bot_not_found")


def team_info(call: Call) -> JSON:
    """``team.info``."""
    return {"ok": True, "team": team_json(call.platform.workspace.teams[call.app.team_id])}


def add_reaction(call: Call) -> JSON:
    """``reactions.add``."""
    message, name = _item(call), _emoji(call)
    if message.channel.is_archived:
        raise ApiError("is_archived")
    if call.app.bot_user_id in message.reactions.get(name, []):
        raise ApiError("already_reacted")
    call.platform.conversations.react(message, call.app.bot_user_id, name)
    return {"ok": True}


def remove_reaction(call: Call) -> JSON:
    """``reactions.remove``."""
    message, name = _item(call), _emoji(call)
    if call.app.bot_user_id not in message.reactions.get(name, []):
        raise ApiError("no_reaction")
    call.platform.conversations.unreact(message, call.app.bot_user_id, name)
    return {"ok": True}


def get_reactions(call: Call) -> JSON:
    """``reactions.get``."""
    message = _item(call)
    told = message_json(message)
    return {"ok": True, "type": "message", "channel": message.channel.id, "message": told}


def _item(call: Call) -> Message:
    if not call.args.text("timestamp"):
        raise ApiError("no_item_specified")
    channel = call.channel()
    if not call.is_member(channel):
        raise ApiError("not_in_channel")
    return message_in(channel, call.args.text("timestamp"))


def _emoji(call: Call) -> str:
    name = call.args.text("name")
    if not _EMOJI.fullmatch(name):
        raise ApiError("invalid_name")
    return name


METHODS = {
    "auth.test": Method(auth_test, Tier.SPECIAL),
    "users.info": Method(user_info, Tier.FOUR, ("users:read",)),
    "users.list": Method(users_list, Tier.TWO, ("users:read",)),
    "bots.info": Method(bot_info, Tier.THREE, ("users:read",)),
    "team.info": Method(team_info, Tier.THREE, ("team:read",)),
    "reactions.add": Method(add_reaction, Tier.THREE, ("reactions:write",)),
    "reactions.remove": Method(remove_reaction, Tier.TWO, ("reactions:write",)),
    "reactions.get": Method(get_reactions, Tier.THREE, ("reactions:read",)),
}
