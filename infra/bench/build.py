"""The binaries: every function of the template, the bare ones they are held against, and the local product."""

import json
import re
import subprocess
from pathlib import Path

PROFILE = "release"


def names():
    """The functions of the template, by their binaries."""
    return re.findall(r"BuildProperties: { Binary: ([\w-]+) }", Path("template.yaml").read_text())


def build(*what):
    """Builds binaries or examples as they are deployed; answers where each is. As `sam build` does, with all features that the
    workspace wants together."""
    arguments = [word for kind, name in what for word in (f"--{kind}", name)]
    command = ["cargo", "build", "--locked", "--profile", PROFILE, *arguments, "--message-format", "json-render-diagnostics"]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    made = (json.loads(line) for line in ran.stdout.splitlines())
    return {one["target"]["name"]: Path(one["executable"]) for one in made if one.get("executable")}
