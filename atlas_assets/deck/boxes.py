"""Where the parts of a slide are, in inches, in the template that comes with Atlas.

In another template they may be elsewhere, but not smaller.
"""

from __future__ import annotations

from atlas_assets.deck.shapes import Box

WIDTH, HEIGHT = 13.333, 7.5

MESSAGE = Box(0.5, 0.36, 12.333, 0.74)
TABLE = Box(0.5, 1.68, 12.333, 5.02)
TABLE_ABOVE_COMMENTS = Box(0.5, 1.68, 12.333, 4.24)
TABLE_COMMENTS = Box(0.5, 6.04, 12.333, 0.66)
EXHIBIT = Box(0.5, 1.68, 8.55, 5.02)
COMMENTS = Box(9.35, 4.42, 3.483, 2.28)
SUMMARY = Box(0.5, 1.68, 12.333, 1.8)
STATEMENTS = Box(0.5, 3.66, 12.333, 3.04)
OWNER = Box(9.5, 6.93, 2.85, 0.24)
SLIDE_NUMBER = Box(12.4, 6.93, 0.433, 0.24)
