"""What an app says through a ``response_url`` or in the ack of a command."""

from __future__ import annotations

from sandbox.block_rules import faults_in_message
from sandbox.conversations import Draft
from sandbox.platform import Platform
from sandbox.triggers import ResponseUrl
from sandbox.workspace import JSON


class Responses:
    """Shows answers in the place of the interaction they belong to."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def url(self, response: ResponseUrl) -> str:
        """A fresh webhook into the place of an interaction."""
        return f"{self._platform.root_url}/respond/{self._platform.keys.new_response(response)}"

    def show(self, response: ResponseUrl, said: JSON) -> list[str]:
        """Show an answer; returns the faults that kept it back.

        Ephemeral unless ``response_type`` says ``in_channel``. ``replace_original`` and
        ``delete_original`` act on the message of the interaction; after a slash command there is
        none, so they change nothing but where the answer goes.
        """
        talk, original = self._platform.conversations, response.original
        if original is not None and original.deleted:
            original = None
        if said.get("delete_original"):
            if original is not None:
                talk.delete(original)
            return []
        faults = _faults(said)
        if faults:
            return faults
        text, blocks = said.get("text") or "", said.get("blocks") or []
        if said.get("replace_original") and original is not None:
            talk.edit(original, response.app.bot_user_id, {"text": text, "blocks": blocks})
            return []
        in_channel = said.get("response_type") == "in_channel"
        draft = Draft(
            response.app.bot_user_id,
            text,
            blocks,
            thread_ts=said.get("thread_ts"),
            app=response.app,
            only_for=None if in_channel else response.user_id,
        )
        talk.post(response.channel, draft)
        return []


def _faults(said: JSON) -> list[str]:
    text, blocks = said.get("text") or "", said.get("blocks") or []
    if not text and not blocks:
        return ["no_text"]
    return faults_in_message({"text": text, "blocks": blocks})
