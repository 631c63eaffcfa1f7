"""What a browser that has been nowhere yet fetches for a page."""

import re
import time

from .product import Product

PAGES = ["/sign-in", "/forgot-username", "/forgot-password", "/sign-up"]


def measure(made):
    with Product(made["vestibule"]) as product:
        return {page: weigh(product, page) for page in PAGES}


def weigh(product, page):
    """Requests and kilobytes, the bodies as they are sent."""
    said = product.call("GET", page, accept="text/html")
    parts = set(re.findall(r'(?:src|href)="(/[^"]+\.(?:css|js|svg|ico)[^"]*)"', said.decode()))
    sizes = [len(said), *(len(product.call("GET", part, accept="*/*")) for part in parts)]
    return {"requests": len(sizes), "kilobytes": sum(sizes) / 1e3}


def at_rest(made):
    """The local product's start with the sample organisation in it, up to its first page; and its memory when it rests."""
    started, resident = [], []
    for _ in range(5):
        with Product(made["vestibule"]) as product:
            started.append(product.started)
            product.settle()
            time.sleep(3)
            resident.append(product.resident())
    return {"start": min(started, key=lambda one: one["cpu_ms"]), "resident_mb": min(resident), "megabytes": made["vestibule"].stat().st_size / 1e6}
