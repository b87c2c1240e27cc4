"""Histories as files and as lines to read, so that one that did harm can be played again."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, time
from pathlib import Path
from typing import Any

from proof.chaos.history import Appointment, Beat, History, Kind, Mishap, Utterance


def save(history: History, file: Path) -> None:
    """Write a history into a file."""
    file.parent.mkdir(exist_ok=True, parents=True)
    file.write_text(json.dumps(asdict(history), default=str, indent=1) + "\n", encoding="utf-8")


def load(file: Path) -> History:
    """Read a history that `save` wrote."""
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return History(
        seed=told["seed"],
        appointments=tuple(
            Appointment(one["number"], one["zone"], time.fromisoformat(one["at"]))
            for one in told["appointments"]
        ),
        beats=tuple(_beat(one) for one in told["beats"]),
        mishaps=tuple(Mishap(**one | {"kind": Kind(one["kind"])}) for one in told["mishaps"]),
        by_socket_from=told["by_socket_from"],
        replicas=told["replicas"],
    )


def _beat(told: dict[str, Any]) -> Beat:
    return Beat(
        number=told["number"],
        moment=datetime.fromisoformat(told["moment"]),
        stage=told["stage"],
        due=tuple(told["due"]),
        utterances=tuple(Utterance(**one) for one in told["utterances"]),
    )


def lines(history: History) -> Iterator[str]:
    """Tell a history, beat by beat; beats in which nothing happens but time are left out."""
    struck: dict[int, list[Mishap]] = {}
    for mishap in history.mishaps:
        struck.setdefault(mishap.beat, []).append(mishap)
    for beat in history.beats:
        told = [f"{len(beat.due)} due"] if beat.due else []
        told += [f"{len(beat.utterances)} replies"] if beat.utterances else []
        told += map(str, struck.get(beat.number, []))
        if told:
            yield f"{beat.moment:%d %b %H:%M:%S}  {'; '.join(told)}"
