"""A first configuration, guessed from workbooks: what `atlas init` writes for people to correct.

Only that command uses it; nothing that a build does is guessed.
"""
