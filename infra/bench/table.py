"""The table, as people read it."""

HEAD = """# What the house takes

Written by `infra/bench/run`, which measures it anew; `table.json` has the same for programs. Instructions are counted by callgrind and
repeat themselves; milliseconds are CPU time by the kernel's own count, the lowest of several rounds, for others may have computed on
the same cores; where it is time that passed, it says seconds. Binaries are built as they are deployed (fat LTO, one codegen unit).
"""


def written(known):
    """The whole of it, as far as it was measured."""
    parts = [(part, chapter(known[part])) for part, chapter in CHAPTERS.items() if part in known]
    told = [f"{chapter}\nMeasured on {known[part]['machine']}.\n" for part, chapter in parts]
    return "\n".join([HEAD, *told])


def grid(head, rows):
    """A table: the first column is words, the others are numbers."""
    lines = [head, ["--", *(["--:"] * (len(head) - 1))], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def number(value, digits=2):
    return "" if value is None else f"{value:,.{digits}f}"


def of_start(found):
    rows = []
    for name, one in found["functions"].items():
        asked = [one["start_million"], one["start_ms"], one["megabytes"], one["resident_mb"], one.get("warm_million"), one.get("first_tls_million")]
        rows.append([name, *map(number, asked)])
    head = ["function", "start, million instructions", "start, ms", "MB, stripped", "MB in memory after it", "a warm call with one read, million instructions", "first call by TLS, million instructions"]
    return f"""## Functions

The start goes up to the first time that the function asks for an event; `bare-lambda` is `lambda_http` and nothing else. The first call by
TLS goes up to a certificate that is not Amazon's, and is refused; the signature of one that is taken comes on top.

{grid(head, rows)}"""


def of_flows(found):
    cpu = found["cpu"]
    rows = [
        ["one Argon2id, into memory that is used again", number(cpu["hash_ms"]), ""],
        ["a sign-in", number(cpu["sign_in_ms"]), number(cpu["sign_in_whole_ms"])],
        ["who is signed in", number(cpu["session_check_ms"], 3), number(cpu["session_check_whole_ms"], 3)],
    ]
    costs = [[one["flow"], *(number(value, 2 if "US$" in name else 1) for name, value in one.items() if name != "flow")] for one in found["costs"]]
    return f"""## Flows

In the local product, over HTTP, the bare hash in turns with them. A sign-in is **{cpu["sign_in_to_hash"]:.2f} ×** the hash.

{grid(["flow", "ms of CPU", "with the embedded database"], rows)}
Counted, and at list prices (`infra/operating.md`):

{grid(list(found["costs"][0]), costs)}"""


def of_pages(found):
    rows = [[page, str(one["requests"]), number(one["kilobytes"], 1)] for page, one in found["pages"].items()]
    product = found["product"]
    return f"""## Pages, and the local product

{grid(["page, to a browser that has been nowhere", "requests", "kB, not compressed"], rows)}
`vestibule` has {product["megabytes"]:.1f} MB. Up to its first page it takes {product["start"]["cpu_ms"]:.0f} ms of CPU and
{product["start"]["seconds"]:.2f} s; at rest, with database and sample organisation, {product["resident_mb"]:.1f} MB of memory.
"""


def of_sweep(found):
    rows = [[f"{one['due']:,} of {one['of']:,}", number(one["read_units"], 1), number(one["write_units"], 1)] for one in found["sweeps"]]
    return f"""## The sweep

{grid(["temporary passwords that have ended", "read units", "write units"], rows)}"""


def of_crowd(found):
    crowds = found["crowds"]
    rows = [
        [f"{one['people']:,}", number(one["import"]["cpu_ms_each"]), number(run["plan"]["cpu_ms_each"], 3), number(run["cpu_ms_each"]),
         number(run["without_database_ms_each"]), number(run["each_second"], 0), number(run["resident_mb"], 0), number(one["most_resident_mb"], 0)]
        for one in crowds for run in [one["run"]]
    ]
    head = ["people", "import, ms each", "plan, ms each", "run, ms each", "of it without the database", "mails a second that passed", "MB after the run", "MB at the most"]
    pages = [
        [name, *(cell for one in crowds for cell in (number(one["pages"][name]["cpu_ms"], 1), number(one["pages"][name]["kilobytes"], 0)))]
        for name in crowds[0]["pages"]
    ]
    heads = [cell for one in crowds for cell in (f"{one['people']:,}: ms of CPU", "kB")]
    return f"""## Many people

A bulk run of the local product to everybody, and pages of the console's lists, the embedded database (with all its data in memory)
included.

{grid(head, rows)}
{grid(["page", *heads], pages)}"""


def of_load(found):
    return f"""## Load

On the local product, whose embedded database shares the cores with it and with the callers.

{pressed(found)} Memory went from {found["resident_before_mb"]:.0f} MB to
{found["most_resident_mb"]:.0f} MB at the most.
"""


def of_cloud(found):
    return f"""## Load on an emulated AWS

On the deployment, built as quickly as it can be, with every service of the emulator in one process on the same cores.

{pressed(found)}
"""


def pressed(found):
    row = lambda name, one: [name, ", ".join(f"{count:,} × {status}" for status, count in sorted(one["answers"].items())), number(one["p50_ms"], 0), number(one["p95_ms"], 0)]
    calm, rush = found["calm"], found["rush"]
    rows = [
        row(f"{calm['a_second']} sign-ins a second for {calm['seconds']} s", calm),
        row(f"{rush['a_second']} a second for {rush['seconds']} s", rush),
        row("who is signed in, meanwhile", found["beside_the_rush"]),
    ]
    return f"""{grid(["what comes", "answers", "half within, ms", "95 of 100 within, ms"], rows)}
After the rush a sign-in was well again within {found["well_again_after_seconds"]:.1f} s."""


CHAPTERS = {"start": of_start, "flows": of_flows, "pages": of_pages, "sweep": of_sweep, "crowd": of_crowd, "load": of_load, "cloud": of_cloud}
