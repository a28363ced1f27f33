"""Honest measuring: named protocols and their reports."""

from tfgan_zoo.evaluation.protocols import PROTOCOLS, Protocol, published
from tfgan_zoo.evaluation.report import Result, evaluate, means, save_json, table

__all__ = ["PROTOCOLS", "Protocol", "Result", "evaluate", "means", "published", "save_json", "table"]
