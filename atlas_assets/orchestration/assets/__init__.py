"""The software-defined assets, one module for each step of the pipeline.

No work is done here: an asset calls a function of a domain package.
"""
