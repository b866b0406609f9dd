"""Reading and writing clips: numbered frames with exact times; the sound is copied."""

from .base_writer import Interval, Writer, check_writable
from .clip import Clip, Frame, open_clip
from .comment import png_text, read_comment
from .cuts import find_cuts, with_cuts
from .errors import MissingInput, NoFrames, NotAVideo, OutputError, VideoError
from .images import read_image
from .writer import open_writer
