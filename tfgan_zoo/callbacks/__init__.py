"""What happens between epochs."""

from tfgan_zoo.callbacks.diversity import CollapseMonitor, DistributionMetrics
from tfgan_zoo.callbacks.previews import PreviewGrid, SampleGrid
from tfgan_zoo.callbacks.training import Backup, KeepBest, Log, Minutes

__all__ = [
    "Backup",
    "CollapseMonitor",
    "DistributionMetrics",
    "KeepBest",
    "Log",
    "Minutes",
    "PreviewGrid",
    "SampleGrid",
]
