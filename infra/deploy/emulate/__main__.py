"""Build, deploy, prove, take down. Stops at the first failure and says which step it was."""

import argparse
import os
import subprocess
import tempfile
import time
from pathlib import Path

from bench import budget

from . import binaries, fates, first_day, logs, page, roles, rotation
from .emulator import Emulator
from .origin import Origin
from .stack import Stack, build

STARTED = time.monotonic()


def step(name):
    print(f"-- {name} ({time.monotonic() - STARTED:.0f} s)", flush=True)


def main():
    arguments = argparse.ArgumentParser(prog="infra/deploy/emulated")
    arguments.add_argument("--stay", action="store_true", help="stay up for a browser until Ctrl-C")
    stay = arguments.parse_args().stay
    with tempfile.TemporaryDirectory(prefix="vestibule-") as folder:
        run(Path(folder), stay)
    step("taken down")


def run(folder, stay):
    step("sam build")
    built = build(folder)
    if not stay:
        step("each binary answers its event")
        binaries.prove(built, folder)
        step("none is larger or starts later than it may")
        budget.prove(built)
    with Emulator(folder) as emulator, Origin(emulator, 8400 if stay else 0) as origin:
        step("sam deploy")
        stack = Stack(emulator, built)
        stack.deploy(origin.address)
        origin.serve(stack)
        if stay:
            black_box(stack, origin, "--exact", "deployed::the_sample_organisation_is_there")
            (folder / "function.env").write_text("".join(f"{name}={value}\n" for name, value in stack.environment().items()))
            step(f"there it is: {origin.address}/sign-in, mail at {origin.address}/_local/mail; Ctrl-C ends it")
            print(f"   the functions' environment: {folder / 'function.env'}", flush=True)
            return wait()
        step("the operator's page shows what each role may do")
        page.prove(stack)
        step("the operator brings in the first administrator")
        first_day.prove(stack, origin, folder)
        step("the black-box tests, against it")
        listed = Path("tests/deployed.txt").read_text().split()
        black_box(stack, origin, "--exact", *listed)
        step("a new key, and what was made with the old one")
        black_box(stack, origin, "--exact", "deployed::the_sample_organisation_is_there")
        rotation.prove(stack, origin)
        step("what SES reports of a mail")
        fates.prove(stack, origin)
        step("no role may do what it must not")
        roles.prove(stack)
        step("no secret is in the logs, and every count is")
        logs.prove(stack)
        step("it is deployed again over itself, and taken down")
        stack.deploy(origin.address)
        stack.delete()


def black_box(stack, origin, *wanted):
    """Runs tests of the suite against the deployment; the environment is what Lambda gives a function."""
    environment = {**os.environ, **stack.environment(), "VESTIBULE_DEPLOYED": origin.address}
    command = ["cargo", "test", "--locked", "--package", "tests", "--test", "all", "--", "--test-threads=1"]
    ran = subprocess.run([*command, *wanted], env=environment, stdout=subprocess.PIPE, text=True)
    print(ran.stdout, flush=True)
    wanted = [name for name in wanted if not name.startswith("--")]
    if ran.returncode != 0 or f" {len(wanted)} passed; 0 failed; 0 ignored" not in ran.stdout:
        raise SystemExit(f"not all of the {len(wanted)} tests ran and passed")


def wait():
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        pass


main()
