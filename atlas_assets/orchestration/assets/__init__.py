"""The software-defined assets, one module for each step of the flow.

No work is done here: what an asset does is a function of a domain room.
"""
