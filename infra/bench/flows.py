"""What flows take: CPU in the local product, against nothing but the hash; waits, capacity units and mails, counted."""

import json
import subprocess

from .product import Product

# Rounds in which the flow and the bare hash take turns, so that both meet the same machine.
ROUNDS = 8
TIMES = 25


def measure(made):
    """CPU of flows, and of the bare hash in the same run; the lowest of the rounds, which was disturbed least."""
    with Product(made["vestibule"]) as product:
        product.sign_in()
        rounds = [one_round(made["bare-hash"], product) for _ in range(ROUNDS)]
    lowest = {name: min(one[name] for one in rounds) for name in rounds[0]}
    lowest["sign_in_to_hash"] = min(one["sign_in_ms"] / one["hash_ms"] for one in rounds)
    return lowest


def one_round(bare_hash, product):
    hashed = float(subprocess.run([bare_hash, str(TIMES)], stdout=subprocess.PIPE, text=True, check=True).stdout)
    signed = product.spent(product.sign_in, TIMES)
    checked = product.spent(lambda: product.get("/session"), 20 * TIMES)
    product.settle()
    return {
        "hash_ms": hashed,
        "sign_in_ms": signed["without_database_ms"],
        "sign_in_whole_ms": signed["cpu_ms"],
        "session_check_ms": checked["without_database_ms"],
        "session_check_whole_ms": checked["cpu_ms"],
    }


def costs(made):
    """The table of the example `costs`, by flow: waits, units, mails, dollars."""
    told = subprocess.run([made["costs"]], stdout=subprocess.PIPE, text=True, check=True).stdout
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in told.strip().splitlines())
    return [{"flow": row[0], **{name: float(cell) for name, cell in zip(head[1:], row[1:])}} for row in rows]


def sweep(made):
    """Units of the sweep for a thousand whose time has come, among a thousand and among a hundred thousand."""
    return json.loads(subprocess.run([made["sweeps"]], stdout=subprocess.PIPE, text=True, check=True).stdout)
