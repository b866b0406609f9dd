"""The README's reading order: what one swap runs through with the plain kernels, in steps.

    python -m tests.reading_order

writes it anew, between its markers in the README. `test_reading_order.py` keeps it true.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- reading order -->\n", "<!-- end of reading order -->"
MAX_CORE_LINES = 5000  # not blank, in all: what one can read in an evening

# what happens, and the files that do it, in reading order
CORE = {
    "The steps": "pipeline.py stages/{settings,presets,clips}.py",
    "Decode": "video/{reader,clip,decoder,images,errors,cuts}.py",
    "Detect": "stages/{detect,choose,decide}.py "
    "mtcnn_np/{cascade,pyramid,nets,sampling,boxes,follow,weights}.py",
    "Choose and align": "faces/{face,select,reject,align,canvas,warp,smooth,manifest}.py "
    "stages/align.py files/{bilinear,luma,pick}.py",
    "The library": "nn/{tensor,ops,backend,conv,pool,activations,layers,init,switch}.py "
    "nn/{losses,optim,train}.py",
    "Learn": "intracoder/{model,personal,start,augment,train}.py "
    "stages/trainers/{base,today}.py stages/train.py",
    "Cross over": "intracoder/swap.py",
    "Convert": "stages/{convert,convert_steps}.py faces/{mask,deflicker}.py "
    "colorcorrect/{visible,unet,transfer,net,light,sharpen,reinhard,lab,moments}.py "
    "poisson/{domain,rim}.py",
    "Encode": "stages/write.py video/{writer,base_writer,encoded}.py",
}
# what a swap also uses or the program offers besides, and nobody needs to understand one
OPTIONAL = {
    "The command line, and what is refused at once": (
        "stages/{options,command,start,places,apart,checks,check_clips}.py"
    ),
    "What keeps a run whole: its folder, cache and checkpoints, atomic files, locks, hashes": (
        "stages/{run,run_record,locks,identity,cleaning,cache,checkpoints,finish_demo}.py "
        "stages/{preview,progress,replay,result_sheet}.py nn/checkpoint.py "
        "files/{atomic,paths,claim,digest,lock,command,quiet_start,contact_sheet,parser}.py"
    ),
    "Who is in a clip, and all faces found, as files; what is wrong with a clip without faces": (
        "stages/{people,detections_file,shared_detections,too_few}.py"
    ),
    "The page of a run": "report/*.py",
    "Clips that do not stand upright": "mtcnn_np/{turn,upright}.py",
    "Fast kernels and all cores": (
        "nn/fast/*.py nn/parallel/*.py mtcnn_np/fast/*.py stages/{detect,convert}_parts.py"
    ),
    "Layers that only the nets of 2020 have, and these nets": (
        "nn/norm.py intracoder/seed2020/*.py colorcorrect/seed2020/*.py stages/trainers/seed2020.py"
    ),
    "Other choices: colour transfers, guidance fields, pictures as output": (
        "colorcorrect/{none,monge_kantorovich}.py poisson/{blend,guidance}.py video/pictures.py"
    ),
    "Marks, records and the truth for research": (
        "provenance/*.py stages/{find_marks,truth,truth_folder,sign}.py video/comment.py"
    ),
    "What else a clip's file needs: colour tags, other streams, strange inputs, checks": (
        "video/{colour,carried,sound,image_clips,image_numbers,input_notes}.py "
        "video/{bad_file,output_check,local_file}.py files/pictures.py"
    ),
    "Actors: the demo, the pretraining, the measure": "actors/*.py actors/*/*.py",
    "Data sets of many swaps": "batch/*.py",
    "Benchmarks and examples": "benchmarks/*.py examples/*.py",
    "Only the detector": "mtcnn_np/__main__.py stages/drawings.py",
}


OPTIONAL_INTRO = (
    "Optional: a swap can be understood without these files, although it uses some of them\n"
    "(the run folder, the fast kernels, the mark)."
)


def expand(patterns: str) -> list[Path]:
    """The files of a row: `a/{b,c}.py` names two, `a/*.py` all of a folder but `__init__.py`."""
    files = []
    for pattern in patterns.split():
        head, brace, rest = pattern.partition("{")
        if brace:
            names, _, tail = rest.partition("}")
            files += [Path(f"{head}{name}{tail}") for name in names.split(",")]
        elif "*" in pattern:
            found = sorted(p.relative_to(ROOT) for p in ROOT.glob(pattern))
            files += [p for p in found if p.name != "__init__.py"]
        else:
            files.append(Path(pattern))
    return files


def count_lines(file: Path) -> int:
    """Lines that are not blank: code, comments and docstrings."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return sum(1 for line in text.splitlines() if line.strip())


def render() -> str:
    """The part of the README between the markers."""
    lines = ["| step | files, with their lines | lines |", "| --- | --- | ---: |"]
    total = 0
    for step, patterns in CORE.items():
        counts = {file: count_lines(file) for file in expand(patterns)}
        files = ", ".join(f"[{f}]({f}) {n}" for f, n in counts.items())
        lines.append(f"| {step} | {files} | {sum(counts.values())} |")
        total += sum(counts.values())
    lines += [f"| **the core path** | | **{total:,}** |", "", OPTIONAL_INTRO, ""]
    for what, patterns in OPTIONAL.items():
        count = sum(count_lines(file) for file in expand(patterns))
        names = ", ".join(f"`{pattern}`" for pattern in patterns.split())
        lines.append(f"- {what} ({count:,} lines): {names}")
    return "\n".join(lines) + "\n"


def main() -> None:
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    before, after = text.index(BEGIN) + len(BEGIN), text.index(END)
    readme.write_text(text[:before] + "\n" + render() + "\n" + text[after:], encoding="utf-8")


if __name__ == "__main__":
    main()
