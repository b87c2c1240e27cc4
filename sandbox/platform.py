"""The parts of the sandbox that its methods and its people work with."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.agenda import Agenda
from sandbox.conversations import Conversations
from sandbox.delivery import Courier
from sandbox.events import EventRouter
from sandbox.faults import Faults
from sandbox.feed import Feed
from sandbox.ledger import Ledger
from sandbox.limits import RateLimits
from sandbox.membership import Membership
from sandbox.modals import Modals
from sandbox.sockets import Sockets
from sandbox.triggers import KeyRing
from sandbox.workspace import Workspace


@dataclass
class Platform:
    """One of each part, made together by ``make_platform``."""

    workspace: Workspace
    agenda: Agenda
    feed: Feed
    faults: Faults
    ledger: Ledger
    limits: RateLimits
    sockets: Sockets
    courier: Courier
    events: EventRouter
    conversations: Conversations
    membership: Membership
    modals: Modals
    keys: KeyRing
    root_url: str = ""
    """``http://127.0.0.1:PORT`` once the server listens."""


def make_platform(workspace: Workspace) -> Platform:
    """Wire the parts around a workspace."""
    agenda, feed, faults, ledger = Agenda(), Feed(), Faults(), Ledger()
    sockets = Sockets(workspace, faults)
    courier = Courier(workspace, agenda, faults, ledger, sockets)
    events = EventRouter(workspace, courier.send_event)
    conversations = Conversations(workspace, events, feed)
    return Platform(
        workspace=workspace,
        agenda=agenda,
        feed=feed,
        faults=faults,
        ledger=ledger,
        limits=RateLimits(),
        sockets=sockets,
        courier=courier,
        events=events,
        conversations=conversations,
        membership=Membership(workspace, events, conversations, feed),
        modals=Modals(workspace, feed),
        keys=KeyRing(workspace),
    )
