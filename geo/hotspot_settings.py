"""How hotspots are looked for."""

from dataclasses import dataclass

from geo.hotspot_classes import Null


@dataclass(frozen=True)
class Settings:
    """How hotspots are looked for.

    ``minimum_cases``: an area is judged when it and its neighbours together have, or by their
    people should have, at least so many cases. ``minimum_neighbours``: and when it has so many
    neighbours with data. ``draws``: exactly so many; None lets every area have as many as it
    needs, up to ``most_draws``. ``seed``: the same seed gives the same result.
    """

    null: Null = Null.MEASURED
    alpha: float = 0.05
    minimum_cases: int = 5
    minimum_neighbours: int = 1
    seed: int = 20260101
    draws: int | None = None
    most_draws: int = 2_000_000

    def __post_init__(self) -> None:
        object.__setattr__(self, "null", Null(self.null))
        if not 0 < self.alpha < 1:
            raise ValueError(f"alpha is {self.alpha}; it lies between 0 and 1")
        if self.minimum_neighbours < 1:
            raise ValueError("a neighbourhood is an area and at least one neighbour")
        if self.most_draws < 1 or (self.draws is not None and self.draws < 1):
            raise ValueError("at least one draw is needed")
