"""The site: `python -m sphinx -W -b html docs site` builds it. It asks nothing of the outside."""

import sys
from pathlib import Path

from sphinx_gallery.sorting import ExplicitOrder

DOCS = Path(__file__).parent
sys.path[:0] = [str(DOCS), str(DOCS.parent)]

project = "faceswap-np"
author = "the authors of faceswap-np"
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx_gallery.gen_gallery",
    "site_parts.docstrings",
    "site_parts.reference",
    "site_parts.mathml",
    "site_parts.sources",
]
exclude_patterns = ["**/conftest.py", "gallery/**/*.md5", "gallery/**/*.ipynb", "gallery/**/*.zip"]

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3  # links to headings work as on a code host
html_math_renderer = "mathml"

html_theme = "pydata_sphinx_theme"
html_title = "faceswap-np"
html_show_sourcelink = False
smartquotes = False  # a quote within code stays as it is
html_static_path = ["static"]
html_css_files = ["site.css"]
html_theme_options = {
    "navbar_end": ["theme-switcher"],
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": [],
    "footer_end": [],
}

autodoc_member_order = "bysource"
autodoc_typehints = "signature"

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "filename_pattern": r"\.py$",  # every example is run
    "ignore_pattern": r"__init__\.py|drawn\.py",
    # from simple to whole
    "within_subsection_order": ExplicitOrder(
        [
            "plot_digits.py",
            "plot_gradients.py",
            "plot_new_layer.py",
            "plot_kernels.py",
            "plot_detect.py",
            "plot_poisson.py",
            "plot_swap.py",
            "plot_watermark.py",
            "plot_truth.py",
            "plot_dataset.py",
        ]
    ),
    "abort_on_example_error": True,
    "capture_repr": ("_repr_html_",),  # tables, but not what matplotlib's calls return
    "download_all_examples": False,
    "show_memory": False,
    "min_reported_time": 0,
    "remove_config_comments": True,
}
