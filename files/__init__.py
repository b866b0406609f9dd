"""The ground that everything stands on: files, digests, locks, and small functions of pictures."""

from .atomic import atomic_file
from .bilinear import interpolate_bilinear
from .contact_sheet import contact_sheet
from .digest import digest, package_versions
from .lock import LockHeld, lock
from .luma import luma
from .pick import pick_evenly
