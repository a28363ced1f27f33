"""Recipes: how each preset was trained, to the letter."""

import difflib
import importlib
import pkgutil

from tfgan_zoo.recipes.adversarial import AdversarialRecipe
from tfgan_zoo.recipes.classification import ClassificationRecipe
from tfgan_zoo.recipes.generation import GenerationRecipe
from tfgan_zoo.recipes.recipe import Recipe, Stage
from tfgan_zoo.recipes.restoration import Phase, RestorationRecipe
from tfgan_zoo.recipes.training import train

_OWN = ("adversarial", "card", "classification", "generation", "recipe", "restoration", "training")

__all__ = [
    "AdversarialRecipe",
    "ClassificationRecipe",
    "GenerationRecipe",
    "Phase",
    "Recipe",
    "RestorationRecipe",
    "Stage",
    "get",
    "names",
    "train",
]


def names() -> list[str]:
    """Names of all recipes: those of their files."""
    return [module.name for module in pkgutil.iter_modules(__path__) if module.name not in _OWN]


def get(name: str) -> Recipe:
    """The recipe of a preset.

    Raises:
        ValueError: if there is none; the message names the nearest.
    """
    if name not in names():
        near = difflib.get_close_matches(name, names(), n=1, cutoff=0.3)
        hint = f"; did you mean {near[0]}?" if near else ""
        raise ValueError(f"there is no recipe {name}{hint or '.'} Known: {', '.join(names())}")
    return importlib.import_module(f"tfgan_zoo.recipes.{name}").RECIPE
