"""Where the parts of a slide are, in inches, for the template and for what is drawn on it."""

from __future__ import annotations

from atlas_assets.deck.shapes import Box

WIDTH, HEIGHT = 13.333, 7.5

MESSAGE = Box(0.5, 0.36, 12.333, 0.74)
TABLE = Box(0.5, 1.68, 12.333, 5.02)
TABLE_ABOVE_COMMENTS = Box(0.5, 1.68, 12.333, 4.24)
TABLE_COMMENTS = Box(0.5, 6.04, 12.333, 0.66)
EXHIBIT = Box(0.5, 1.68, 8.55, 5.02)
RAIL = Box(9.35, 1.68, 3.483, 5.02)
COMMENTS = Box(9.35, 4.42, 3.483, 2.28)
OWNER = Box(9.5, 6.93, 2.85, 0.24)
