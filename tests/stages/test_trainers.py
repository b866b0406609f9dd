from stages.presets import PRESETS
from stages.trainers import TRAINERS
from stages.trainers.base import Length


def test_the_length_of_training_by_epochs_minutes_or_an_earlier_schedule():
    assert Length(epochs=8, minutes=None).progress(3, 0.5, seconds=99) == 3.5 / 8
    assert Length(epochs=None, minutes=2).progress(3, 0.5, seconds=30) == 0.25
    repeated = Length(epochs=8, minutes=2, schedule=[0.0, 0.3])
    assert [repeated.progress(k, 0.9, seconds=1e6) for k in range(3)] == [0.0, 0.3, 1.0]


def test_every_trainer_has_a_preset_and_every_preset_a_trainer():
    assert {preset.net for preset in PRESETS.values()} == set(TRAINERS)
