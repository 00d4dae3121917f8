"""What several machines need in place of one: a warehouse that many write to, and locks that they share.

Everything here is chosen by `ATLAS_PROFILE=scale`; nothing of it is imported on a single machine.
"""
