"""Trainers: aligned faces -> trained nets, those of today or those of 2020."""

from .base import Step, Trainer
from .seed2020 import Seed2020Trainer
from .today import TodayTrainer

TRAINERS = {"today": TodayTrainer, "seed2020": Seed2020Trainer}  # by the name in Preset.net
