"""Many people at once: brought in, looked through, and mailed to, in the local product."""

import json
import tempfile
import time

from .product import Product

PAGES = {
    "users": "/admin/users",
    "users, found by name": "/admin/users?q=Lee77",
    "users, by last name": "/admin/users?sort=last_name",
    "contacts": "/admin/contacts",
}
TIMES = 20


def measure(made, people):
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write("kind,username,first_name,last_name,email,group\n")
        file.writelines(f"contact,crew{n},Ann{n},Lee{n},crew{n}@people.example,Crew\n" for n in range(people))
        file.flush()
        began = time.monotonic()
        with Product(made["vestibule"], "--import", file.name) as product:
            imported = {"seconds": time.monotonic() - began, "cpu_ms_each": product.cpu() / people}
            return {"people": people, "import": imported, **grown(product, people)}


def grown(product, people):
    # Everybody who was brought in gets an invitation first.
    product.settle()
    product.sign_in("admin")
    pages = {name: page(product, path) for name, path in PAGES.items()}
    return {"pages": pages, "run": run(product, people), "most_resident_mb": product.resident("VmHWM")}


def page(product, path):
    said = product.get(path, "text/html")
    return {"kilobytes": len(said) / 1e3, **product.spent(lambda: product.get(path, "text/html"), TIMES)}


def run(product, people):
    """A bulk run to all of them: planned, started, and waited for."""
    began, cpu = time.monotonic(), product.cpu()
    plan = json.loads(product.post("/admin/resends", target="users", filter="group:Crew"))
    planned = {"seconds": time.monotonic() - began, "cpu_ms_each": (product.cpu() - cpu) / people}
    began, cpu, database = time.monotonic(), product.cpu(), product.database_cpu()
    product.post(f"/admin/resends/{plan['id']}/start")
    while (state := json.loads(product.get(f"/admin/resends/{plan['id']}")))["state"] != "done":
        time.sleep(1)
    seconds = time.monotonic() - began
    if state["sent"] != people:
        raise SystemExit(f"{people} were to get a mail, and of the run became {state}")
    cpu, database = product.cpu() - cpu, product.database_cpu() - database
    return {
        "plan": planned,
        "seconds": seconds,
        "each_second": people / seconds,
        "cpu_ms_each": cpu / people,
        "without_database_ms_each": (cpu - database) / people,
        "resident_mb": product.resident(),
    }
