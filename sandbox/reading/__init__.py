"""Messages and views as plain text that a person enjoys reading.

For test snapshots, for the transcript of the demo in a terminal, and for checks of what someone
hears who cannot see the layout. Nothing is left out in silence: a block, an element or a piece of
rich text of an unknown type raises ValueError.
"""

from sandbox.reading.surfaces import blocks_as_text, message_as_text, view_as_text

__all__ = ["blocks_as_text", "message_as_text", "view_as_text"]
