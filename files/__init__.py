"""The ground that everything stands on: atomic files, digests, contact sheets, even choices, luma."""

from .atomic import atomic_file
from .bilinear import interpolate_bilinear
from .contact_sheet import contact_sheet
from .digest import digest, package_versions
from .luma import luma
from .pick import pick_evenly
