"""Log lines that people and programs can read: when, how grave, who, what, and its facts.

A line says an event and its facts, `round_skipped schedule=7 reason="too late"`. Nobody's words and
no tokens belong there; the formatter takes out what looks like a token all the same.
"""

import json
import logging
import re
import sys
import time

QUIET = ("alembic", "apscheduler", "sqlalchemy")
"""Libraries whose INFO tells every turn and every statement."""
TALKATIVE = ("aiohttp", "slack_bolt", "slack_sdk")
"""Libraries whose DEBUG tells whole payloads: they never go below INFO."""

_OWN = frozenset({*logging.makeLogRecord({}).__dict__, "asctime", "message", "taskName"})
_TOKEN = re.compile(r"\bx(?:ox[a-z]|app)(?:\.xox[a-z])?-[A-Za-z0-9-]+")
_BARE = re.compile(r"[\w.:/+-]+")


class Line(logging.Formatter):
    """Writes a record and the facts that came with it (`extra`) on one line, in UTC.

    A traceback follows below its line.
    """

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """Return the line without its traceback."""
        facts = (
            f"{name}={_written(value)}"
            for name, value in record.__dict__.items()
            if name not in _OWN
        )
        return " ".join([super().formatMessage(record).replace("\n", "\\n"), *facts])

    def format(self, record: logging.LogRecord) -> str:
        """Return the whole text of a record."""
        return _TOKEN.sub("[token]", super().format(record))


def set_up(level: str) -> None:
    """Send every log line of at least `level` (INFO, WARNING or ERROR) to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Line())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    chosen = logging.getLevelNamesMapping()[level]
    for name in QUIET:
        logging.getLogger(name).setLevel(max(chosen, logging.WARNING))
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(chosen, logging.INFO))


def _written(value: object) -> str:
    text = str(value)
    return text if _BARE.fullmatch(text) else json.dumps(text, ensure_ascii=False)
