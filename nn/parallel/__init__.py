"""All cores at work: threads for independent jobs, a team of processes for training.

NumPy's ufuncs run on one core, its matrix products on all. So the work is cut into a slice for each
core, and BLAS uses one thread for each slice; then ufuncs and products both keep all cores busy.
Independent jobs run on threads (`threads.run`). A training step makes thousands of short calls, and
threads would wait for each other's interpreter lock a quarter of the time; so training runs in
several processes (`processes.team`). So do the detection of a clip (`processes.gather`) and its
conversion (`processes.start_producers`).
"""

from .cores import add_threads_option, keep_threads, parse_threads, usable_cores
from .memory import trim_memory
from .processes import (
    CAN_FORK,
    TeamError,
    all_reduce,
    alone,
    barrier,
    gather,
    rank,
    reduce_scatter,
    share,
    start_producers,
    team,
    team_mean,
    team_size,
)
from .threads import map_batches, run, set_threads, slices, thread_count
