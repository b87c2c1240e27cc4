"""The table of targets."""

from typing import Any

from proof.fuzz import knocks, pages, payloads, talk, texts
from proof.fuzz.engine import Target

TARGETS: tuple[Target[Any], ...] = (
    Target("knocks", "the HTTP door, by bare connections", knocks.cases, knocks.bring, 1.0),
    Target("payloads", "signed payloads, by HTTP", payloads.cases, payloads.by_http, 3.0),
    Target(
        "envelopes",
        "the same, by Socket Mode",
        payloads.cases,
        payloads.by_socket,
        by_socket=True,
    ),
    Target("commands", "what follows /prep", talk.commands, talk.types, 1.0),
    Target("names", "what members call themselves", talk.names, talk.is_called, 0.5),
    Target("forms", "every modal, and all who see what was entered", talk.forms, talk.fills, 0.3),
    Target("questions", "question files", texts.questions, texts.reads, 2.0, in_pieces=True),
    Target("imports", "files to import", texts.imports, texts.imports_it, 2.0),
    Target("pages", "the playground's forms and page", pages.cases, pages.bring, 0.5),
)
BY_NAME = {target.name: target for target in TARGETS}
