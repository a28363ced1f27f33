"""Networks as files that servers and phones run, each proved equal to the network it came from."""

from tfgan_zoo.export.proof import ExportError
from tfgan_zoo.export.report import LEGEND, measured, table, write_readme
from tfgan_zoo.export.requests import example_requests, photo_requests
from tfgan_zoo.export.saved_model import to_saved_model
from tfgan_zoo.export.serving import serving_kit
from tfgan_zoo.export.tflite import CALIBRATED, VARIANTS, to_tflite

__all__ = [
    "CALIBRATED",
    "LEGEND",
    "VARIANTS",
    "ExportError",
    "example_requests",
    "measured",
    "photo_requests",
    "serving_kit",
    "table",
    "to_saved_model",
    "to_tflite",
    "write_readme",
]
