"""Which recipes there are: every model on every data set it is meant for."""

import importlib
from dataclasses import dataclass
from types import ModuleType

FORECASTS = ("naive", "dense", "rnn", "gru")
DATA_NAMES = ("weather", "jena")
EXPLORE = "jena-explore"


@dataclass(frozen=True)
class Recipe:
    """One recipe: `data` names the data set, `module` the file with its CONFIG and build."""

    name: str
    data: str
    module: str

    def load(self) -> ModuleType:
        """The recipe's module; importing it imports Keras."""
        return importlib.import_module(f"recipes.{self.module}")


def catalogue() -> dict[str, Recipe]:
    """All recipes by name."""
    recipes = [Recipe(f"{data}-{model}", data, model) for data in DATA_NAMES for model in FORECASTS]
    recipes.append(Recipe(EXPLORE, "jena", "jena_explore"))
    return {recipe.name: recipe for recipe in recipes}


def find(name: str) -> Recipe:
    """The recipe of that name, or an error that lists those there are."""
    recipes = catalogue()
    if name not in recipes:
        raise SystemExit(f"no recipe {name!r}. There are: {', '.join(recipes)}")
    return recipes[name]
