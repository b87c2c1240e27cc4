"""Take up question files that somebody changed, without a restart."""

import asyncio
import logging
from dataclasses import dataclass

from content.shelf import Shelf

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RefreshQuestions:
    """Looks at the files off the event loop, and names each new fault in the log once."""

    shelf: Shelf

    async def run(self) -> None:
        """Refresh the bank. A broken file keeps the last good version of its question."""
        for fault in await asyncio.to_thread(self.shelf.refresh):
            log.error("question_file_broken", extra={"fault": str(fault)})
