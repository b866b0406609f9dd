"""Colour correction: classic transfers of colour statistics, and light. The net of 2020 is in `seed2020`."""

from . import seed2020
