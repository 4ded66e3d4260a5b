"""What `chairside report` writes: tidy tables, charts and the page that holds them."""

from __future__ import annotations

import logging

# it tells where it keeps its list of fonts, in several lines, which is no concern of whoever wants a report
logging.getLogger("matplotlib").setLevel(logging.ERROR)
