"""Reading and writing clips: numbered frames with exact times; the other streams are copied."""

from .base_writer import Interval, Writer
from .clip import Clip, Frame
from .comment import STATEMENT_BEGIN, png_text, read_comment, says_synthetic
from .cuts import find_cuts, with_cuts
from .errors import MissingInput, NoFrames, NotAVideo, OutputError, VideoError
from .images import read_image
from .output_check import (
    check_claim,
    check_name,
    check_output,
    check_writable,
    check_writable_folder,
)
from .reader import open_clip
from .writer import open_writer
