"""What all other packages may use: files, digests, locks, commands, and functions of images."""

from .atomic import atomic_file
from .bilinear import interpolate_bilinear
from .command import ignore_stop_signals, program_name, run_command, stopped_code
from .contact_sheet import contact_sheet
from .digest import digest, package_versions
from .lock import LockHeld, lock
from .luma import luma
from .pick import pick_evenly
