"""`python -m proof.bench.one_route run`: the app, but nothing is routed except messages."""

import sys
from dataclasses import replace

from bot import wiring
from bot.__main__ import main
from bot.routes import Rooms, routes
from bot.slack.dispatch import Routes
from bot.slack.outbound import Slack


def only_messages(rooms: Rooms, slack: Slack) -> Routes:
    """Route messages, and nothing else."""
    return replace(routes(rooms, slack), commands={}, actions={}, submissions={}, events={})


if __name__ == "__main__":
    vars(wiring)["routes"] = only_messages
    sys.exit(main())
