"""Starts the product and Schemathesis, once for each caller."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from bench.product import PASSWORD, Product

HERE = pathlib.Path(__file__).parent
CALLERS = ("nobody", "sam", "admin")
# Examples of each operation, and the seed, unless it is said for how long.
USUAL, SEED = "5", "1"
# What makes the product less patient is for other tests: here one address asks thousands of times.
SETTINGS = {"lock.attempts": 100, "pin.channel": "all", "throttle.address_failures": 1_000_000}


def people(product, caller):
    """Everybody's identifiers but the caller's own, whom what is asked at random would shut out."""
    product.post("/sign-in", username="admin", password=PASSWORD)
    rows = []
    for of in ("users", "contacts", "instances"):
        rows += json.loads(product.get(f"/admin/{of}"))["items"]
    product.cookies.clear()
    return [row["id"] for row in rows if row.get("username") not in (caller, "admin")]


def check(binary, caller, seconds):
    """Whether all was well; with `None` for as long and with the requests that are usual."""
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        settings = folder / "settings.json"
        settings.write_text(json.dumps(SETTINGS))
        log = folder / "product.log"
        with Product(binary, "--settings", settings, log=log) as product:
            for file in ("callers.py", "schemathesis.toml"):
                shutil.copy(HERE / file, folder)
            (folder / "people.txt").write_text("".join(f"{json.dumps(one)}\n" for one in people(product, caller)))
            origin = f"http://localhost:{product.port}"
            much = ["--seed", SEED, "--max-examples", USUAL] if seconds is None else ["--max-time", str(seconds), "--max-examples", "30"]
            command = [sys.executable, "-m", "schemathesis.cli", "run", f"{origin}/openapi.json", "--no-color", *much]
            surroundings = {**os.environ, "VESTIBULE_ORIGIN": origin, "VESTIBULE_AS": "" if caller == "nobody" else caller}
            well = subprocess.run(command, cwd=folder, env=surroundings).returncode == 0
        panics = [line for line in log.read_text(errors="replace").splitlines() if "panicked" in line]
        print(*panics, sep="\n")
        return well and not panics


def main(seconds=None, *callers):
    seconds = seconds and int(seconds)
    metadata = subprocess.run(["cargo", "metadata", "--no-deps", "--format-version", "1"], capture_output=True, check=True)
    binary = pathlib.Path(json.loads(metadata.stdout)["target_directory"]) / "debug" / "vestibule"
    wrong = [caller for caller in callers or CALLERS if not check(binary, caller, seconds)]
    if wrong:
        sys.exit(f"What the product answers is not what it says of itself, or less than that, as: {', '.join(wrong)}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
