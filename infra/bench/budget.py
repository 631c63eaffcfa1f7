"""What the gate holds every binary to, built as the gate builds it: its size, and the instructions of its start. Neither depends on
who else computes here, so three in a hundred are enough for what compilers and libraries do by themselves."""

import json
import subprocess
import tempfile
from pathlib import Path

from . import functions

FILE = Path(__file__).parent / "budget.json"
TOLERANCE = 0.03
ADVICE = """
Where the change is wanted, or the toolchain is another one than the file says: infra/bench/run --budget measures anew, and its
infra/bench/budget.json is to be committed. Where it is not: `cargo bloat` and `callgrind_annotate` say what came in."""


def measure():
    """Builds as the gate does, and writes down what there is."""
    from emulate.stack import build

    with tempfile.TemporaryDirectory(prefix="vestibule-") as folder:
        found = weighed(build(Path(folder)))
    FILE.write_text(json.dumps({"toolchain": toolchain(), "functions": found}, indent=1) + "\n")


def prove(built):
    """The end of the program if a binary of the folder is larger, or starts later, than is written down."""
    written = json.loads(FILE.read_text())
    found = weighed(built)
    wrong = [f"{name}: is either not built or not written down" for name in sorted(found.keys() ^ written["functions"].keys())]
    for name in found.keys() & written["functions"].keys():
        for what, measured in found[name].items():
            aimed = written["functions"][name][what]
            if measured > aimed * (1 + TOLERANCE):
                wrong.append(f"{name}: {what} is {measured:.2f} and was {aimed:.2f}")
    if wrong:
        told = "\n".join(wrong)
        raise SystemExit(f"More than infra/bench/budget.json says, by over {TOLERANCE:.0%}:\n{told}\n\n"
                         f"Built with {toolchain()}; the file is of {written['toolchain']}.{ADVICE}")
    print(f"   {len(found)} binaries are no larger, and start no later, than infra/bench/budget.json says", flush=True)


def weighed(built):
    """Size and start of every function in a folder that SAM has built."""
    return {one.parent.name: rounded(functions.weigh(one)) for one in sorted(built.glob("*/bootstrap"))}


def rounded(found):
    return {what: round(value, 2) for what, value in found.items()}


def toolchain():
    return subprocess.run(["rustc", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
