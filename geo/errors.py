"""The errors of this package. Every message is Chinese and says what to do.

GeoError
├── UnknownCrsError        a coordinate system that nobody knows
├── UnknownLevelError      a level or code scheme that does not exist
├── UnknownAreaError       a code that the atlas does not hold (also a KeyError)
├── AtlasError             a frame that is no tree of areas
└── BoundaryFileError      a boundary file that cannot be read
    ├── FileTypeError      not one of the formats that are read
    ├── FileDamagedError   empty, truncated or inconsistent
    ├── FileTooLargeError  larger than the limits, packed or unpacked
    └── LayerChoiceError   several layers, or none, where one is needed
"""

_NAMED = 10


class GeoError(Exception):
    """Base of every error of this package; ``str(error)`` is meant for people."""


class UnknownCrsError(GeoError):
    """The name of a coordinate system is not understood."""


class UnknownLevelError(GeoError):
    """A level or a code scheme that does not exist."""


class UnknownAreaError(GeoError, KeyError):
    """A code that the atlas does not hold."""

    def __str__(self) -> str:
        # KeyError would show the message in quotation marks.
        return str(self.args[0]) if self.args else ""


class AtlasError(GeoError):
    """A frame cannot be a tree of areas."""


class BoundaryFileError(GeoError):
    """A boundary file cannot be read."""


class FileTypeError(BoundaryFileError):
    """The content is none of the supported formats."""


class FileDamagedError(BoundaryFileError):
    """The file is empty, cut off or contradicts itself."""


class FileTooLargeError(BoundaryFileError):
    """The file, or what is packed in it, exceeds the limits."""


class LayerChoiceError(BoundaryFileError):
    """The file holds several layers (or none) where exactly one is needed.

    ``layers`` has the names to choose from.
    """

    def __init__(self, message: str, layers: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.layers = layers

    @classmethod
    def several(cls, layers: tuple[str, ...]) -> "LayerChoiceError":
        """Several layers, and none of them was named."""
        return cls(
            f"文件里有 {len(layers)} 个图层：{_listed(layers)}。请指明要载入哪一个。", layers
        )

    @classmethod
    def unknown(cls, layer: str, layers: tuple[str, ...]) -> "LayerChoiceError":
        """The layer that was named is not there."""
        return cls(f"文件里没有图层“{layer[:40]}”，只有：{_listed(layers)}。", layers)


def _listed(layers: tuple[str, ...]) -> str:
    more = " 等" if len(layers) > _NAMED else ""
    return "、".join(layers[:_NAMED]) + more
