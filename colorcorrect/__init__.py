"""Colour correction: the drawn face gets the colours of the face that it replaces.

Where the face can be seen is found by `visible`; colours are taken only from there.

A transfer is a module with the two functions of `ColourTransfer`. To add one, write the module, and
add its name to TRANSFERS. The net of 2020, which colours faces in another way, is in `seed2020`.
"""

from importlib import import_module

from . import seed2020
from .transfer import ColourTransfer

TRANSFERS: dict[str, ColourTransfer] = {
    name: import_module("." + name.replace("-", "_"), __name__)
    for name in (
        "net",
        "light",
        "none",
        "reinhard",
        "monge-kantorovich",
    )
}
