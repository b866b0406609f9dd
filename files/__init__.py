"""The ground that everything stands on: atomic files, digests, contact sheets, even choices."""

from .atomic import atomic_file
from .contact_sheet import contact_sheet
from .digest import digest, package_versions
from .pick import pick_evenly
