"""What all other packages may use: files, digests, locks, commands, and functions of images."""

from . import quiet_start  # isort: skip  # first: Ctrl-C may come at any time
from .atomic import atomic_file
from .bilinear import interpolate_bilinear
from .claim import Claim
from .command import (
    FILE_ERROR_CODE,
    hold_stop_signals,
    ignore_stop_signals,
    program_name,
    run_command,
    stopped_code,
)
from .contact_sheet import contact_sheet
from .digest import digest, package_versions
from .lock import LockHeld, lock
from .luma import luma
from .parser import Parser
from .paths import real_path
from .pick import pick_evenly
from .pictures import IMAGE_SUFFIXES, is_left_by_system, list_by_number
