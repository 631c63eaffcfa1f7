"""Build, measure, write down. What was measured before and isn't now stays as it was."""

import argparse
import json
import platform
import time
from pathlib import Path

from . import budget, build, cloud, crowd, flows, functions, load, pages, table

FOLDER = Path(__file__).parent
PARTS = ["start", "flows", "pages", "sweep", "crowd", "load", "cloud"]
STARTED = time.monotonic()


def step(name):
    print(f"-- {name} ({time.monotonic() - STARTED:.0f} s)", flush=True)


def main():
    arguments = argparse.ArgumentParser(prog="infra/bench/run")
    arguments.add_argument("--long", action="store_true", help="100,000 people, and two minutes of load")
    arguments.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="PART", help=", ".join(PARTS))
    arguments.add_argument("--budget", action="store_true", help="measure what the gate holds the binaries to, and nothing else")
    given = arguments.parse_args()
    if given.budget:
        return budget.measure()
    file = FOLDER / "table.json"
    known = json.loads(file.read_text()) if file.exists() else {}
    for part in given.only:
        known[part] = MEASURE[part](given.long, known.get(part, {}))
        known[part]["machine"] = machine()
        file.write_text(json.dumps(known, indent=1) + "\n")
        (FOLDER / "table.md").write_text(table.written(known))
    step("written down in infra/bench/table.md")


def start(_long, _known):
    names = build.names()
    step(f"building {len(names)} functions")
    made = build.functions()
    told = {}
    for name in ["bare-lambda", *names]:
        step(f"start of {name}")
        told[name] = {**functions.weigh(made[name]), **functions.start(made[name])}
    step("a warm call, and the first by TLS")
    event = functions.session_event(Path("events/sign-in.json"))
    told["sign-in"]["first_tls_million"] = functions.first_tls(made["sign-in"], event)
    told["sign-in"]["warm_million"] = functions.warm(
        made["sign-in"], event, functions.session_answers(), lambda answer: answer["statusCode"] == 200
    )
    asked = {**json.loads(Path("events/authorizer.json").read_text()), "cookies": [functions.SESSION], "headers": {}}
    told["authorizer"]["warm_million"] = functions.warm(
        made["authorizer"], asked, functions.session_answers(), lambda answer: answer["isAuthorized"]
    )
    return {"functions": told}


def product():
    """The local product and what it is held against: together, so that the same is built for every part."""
    step("building the local product, and what it is held against")
    return build.build(("bin", "vestibule"), *(("example", name) for name in ("bare-hash", "costs", "sweeps")))


def of_flows(_long, _known):
    made = product()
    step("CPU of flows")
    cpu = flows.measure(made)
    step("waits, units, costs")
    return {"cpu": cpu, "costs": flows.costs(made)}


def of_pages(_long, _known):
    made = product()
    step("pages, start, memory at rest")
    return {"pages": pages.measure(made), "product": pages.at_rest(made)}


def sweep(_long, _known):
    made = product()
    step("the sweep")
    return {"sweeps": flows.sweep(made)}


def of_crowd(long, known):
    made = product()
    crowds = {one["people"]: one for one in known.get("crowds", [])}
    for people in [1_000, 10_000, *([100_000] if long else [])]:
        step(f"{people} people")
        crowds[people] = crowd.measure(made, people)
    return {"crowds": [crowds[people] for people in sorted(crowds)]}


def of_load(long, _known):
    made = product()
    step("load")
    return load.measure(made, 120 if long else 20)


def of_cloud(long, _known):
    step("load on an emulated AWS")
    return cloud.measure(120 if long else 20)


def machine():
    """Where and when: figures of two machines are not held against each other."""
    models = [line.split(": ")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    return f"{len(models)} × {models[0] if models else platform.machine()}, {time.strftime('%Y-%m-%d')}"


MEASURE = {"start": start, "flows": of_flows, "pages": of_pages, "sweep": sweep, "crowd": of_crowd, "load": of_load, "cloud": of_cloud}

main()
