"""Honest measuring: named protocols and their reports."""

from tfgan_zoo.evaluation.gan_train import gan_train
from tfgan_zoo.evaluation.generation import (
    evaluate_generator,
    judged_labels,
    save_scores,
    scores_text,
)
from tfgan_zoo.evaluation.generation_protocols import GENERATION_PROTOCOLS, GenerationProtocol
from tfgan_zoo.evaluation.literature import data_name, published
from tfgan_zoo.evaluation.protocols import PROTOCOLS, Protocol
from tfgan_zoo.evaluation.report import Result, evaluate, means, save_json, table

__all__ = [
    "GENERATION_PROTOCOLS",
    "PROTOCOLS",
    "GenerationProtocol",
    "Protocol",
    "Result",
    "data_name",
    "evaluate",
    "evaluate_generator",
    "gan_train",
    "judged_labels",
    "means",
    "published",
    "save_json",
    "save_scores",
    "scores_text",
    "table",
]
