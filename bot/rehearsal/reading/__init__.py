"""What a reader sees of a message: Discord's Markdown, with `<t:…>` drawn at a virtual moment in a zone.

`as_text` draws it for the terminal, `as_html` for the page; both go by the blocks and spans of `markup.read`.
There is no library to lean on: those for Discord's dialect are unmaintained or untyped, and CommonMark's rules for
emphasis, underscores and line breaks are others.
"""

from bot.rehearsal.reading.page_html import as_html
from bot.rehearsal.reading.reader import Names, Reader, clean, names_on, relative
from bot.rehearsal.reading.terminal_text import as_text

__all__ = ["Names", "Reader", "as_html", "as_text", "clean", "names_on", "relative"]
