"""What a person does to messages and views of the app: press, choose, submit, close."""

from __future__ import annotations

from sandbox.controls import clickables, must_be_offered
from sandbox.delivery import Acknowledgement
from sandbox.inputs import filled, inputs_in
from sandbox.interactions import Interactions
from sandbox.modals import View
from sandbox.people import Person
from sandbox.playground.fields import entered, name_of
from sandbox.playground.place import Place
from sandbox.playground.requests import MalformedError, Sent
from sandbox.playground.stage import Stage
from sandbox.workspace import JSON, InstalledApp, Message, RefusedError

_WHY = {
    "http_timeout": "did not answer within three seconds",
    "timeout": "did not answer within three seconds",
    "connection_failed": "could not be reached",
    "http_error": "answered with an error",
}


class Gestures:
    """Turns fields of the page into gestures of people."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._interactions: Interactions = stage.sandbox.interactions

    async def press(self, sent: Sent) -> str:
        """Press a button or an entry of a menu; says nothing unless the app failed."""
        surface = self._surface(sent)
        wanted = (sent.text("block"), sent.text("action"))
        value = sent.text("value", "") or None
        for one in clickables(_blocks_of(surface)):
            if (one.action["block_id"], one.action_id) == wanted and value in (None, one.value):
                answer = await self._act(sent.viewer, surface, one.action)
                return self._told(answer)
        raise RefusedError("That button is no longer there.")

    async def choose(self, sent: Sent) -> str:
        """Put something into an input that the app is told of at once."""
        surface = self._surface(sent)
        key = (sent.text("block"), sent.text("action"))
        for block, element in inputs_in(_blocks_of(surface)):
            if (block["block_id"], element["action_id"]) == key:
                state = self._put(sent, surface, block, element)
                if block["type"] == "input" and not block.get("dispatch_action"):
                    return ""
                action = state | {"action_id": key[1], "block_id": key[0]}
                return self._told(await self._act(sent.viewer, surface, action))
        raise RefusedError("That field is no longer there.")

    async def submit(self, sent: Sent) -> str:
        """Send a modal's form. What is wrong in it is shown in the form."""
        view = self._modal(sent)
        view.errors = {}
        for block, element in inputs_in(view.blocks):
            try:
                self._put(sent, view, block, element)
            except RefusedError as refused:
                view.errors[block["block_id"]] = _kindly(refused, element)
        if view.errors:
            return "Something in the form needs your attention."
        await self._interactions.submit(sent.viewer.user, view)
        return "Something in the form needs your attention." if view.errors else ""

    async def close(self, sent: Sent) -> str:
        """Close a modal, or all of them."""
        view = self._modal(sent)
        everything = sent.text("everything", "") == "yes"
        await self._interactions.close(sent.viewer.user, view, everything=everything)
        return ""

    async def open_home(self, sent: Sent) -> str:
        """Come to the app's Home."""
        if "app_home_opened" in self._stage.app.spec.events:
            await sent.viewer.opens_home(self._stage.app)
        return ""

    def _put(self, sent: Sent, surface: Message | View, block: JSON, element: JSON) -> JSON:
        zone = Place(sent.viewer, self._stage.channel).zone
        state = filled(element, entered(element, sent.every(name_of(block, element)), zone))
        must_be_offered(element, state, self._stage.sandbox.workspace)
        held = self._interactions.held(sent.viewer.user, surface)
        held[(block["block_id"], element["action_id"])] = state
        return state

    async def _act(self, viewer: Person, surface: Message | View, action: JSON) -> Acknowledgement:
        app: InstalledApp | None = surface.app
        if app is None:
            raise RefusedError("No app answers for that message.")
        return await self._interactions.act(viewer.user, app, surface, action)

    def _told(self, answer: Acknowledgement) -> str:
        if answer.ok:
            return ""
        why = _WHY.get(answer.reason or "", "did not take it")
        raise RefusedError(f"{self._stage.app.spec.name.title()} {why}. Please try again.")

    def _surface(self, sent: Sent) -> Message | View:
        kind = sent.text("surface")
        if kind == "message":
            return sent.message()
        if kind == "view":
            return self._modal(sent)
        if kind == "home":
            home = self._stage.sandbox.platform.modals.home(sent.viewer.id, self._stage.app)
            if home is not None:
                return home
        raise MalformedError("There is nothing of that kind to act on.")

    def _modal(self, sent: Sent) -> View:
        stack = self._stage.sandbox.platform.modals.stack(sent.viewer.id)
        if not stack or stack[-1].id != sent.text("view"):
            raise RefusedError("That window is closed already.")
        return stack[-1]


def _kindly(refused: RefusedError, element: JSON) -> str:
    if "does not offer" in str(refused):
        return "Choose one of the entries in the list."
    if element["type"] == "number_input":
        return "Please enter a number."
    return "Please check this field."


def _blocks_of(surface: Message | View) -> list[JSON]:
    if isinstance(surface, View):
        return surface.blocks
    attached = [block for one in surface.attachments for block in one.get("blocks", [])]
    return [*surface.blocks, *attached]
