"""Aligned faces -> trained nets: today's way, and that of 2020."""

from .base import Step, Trainer
from .seed2020 import Seed2020Trainer
from .today import TodayTrainer

TRAINERS = {"coder": TodayTrainer, "intracoder": Seed2020Trainer}
