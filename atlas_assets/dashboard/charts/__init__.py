"""Drawings of figures as SVG, in the notation of the decks: marks are links, colours are classes."""
