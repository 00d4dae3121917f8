"""How numbers, periods, words and colours look to a reader, whatever they are shown on.

Nothing here knows slides or pages.
"""
