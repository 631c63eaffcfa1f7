"""The binaries: every function of the template, the bare ones they are held against, and the local product."""

import json
import platform
import re
import subprocess
from pathlib import Path

# What `cargo lambda` builds for, unless it is told otherwise.
PROCESSOR = {"x86_64": "haswell", "aarch64": "neoverse-n1"}


def names():
    """The functions of the template, by their binaries."""
    return re.findall(r"BuildProperties: { Binary: ([\w-]+) }", Path("template.yaml").read_text())


def functions():
    """Every function, and one that does nothing, built as `sam build` builds them: with all features that the workspace wants
    together, for the same processor."""
    what = [("example", "bare-lambda"), *(("bin", name) for name in names())]
    return build(*what, flags=["-C", f"target-cpu={PROCESSOR[platform.machine()]}"])


def build(*what, flags=()):
    """Builds binaries or examples to the end; answers where each is."""
    arguments = [word for kind, name in what for word in (f"--{kind}", name)]
    arguments += ["--config", f"build.rustflags={json.dumps(flags)}"] if flags else []
    command = ["cargo", "build", "--locked", "--release", *arguments, "--message-format", "json-render-diagnostics"]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    made = (json.loads(line) for line in ran.stdout.splitlines())
    return {one["target"]["name"]: Path(one["executable"]) for one in made if one.get("executable")}
