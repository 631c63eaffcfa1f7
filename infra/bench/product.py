"""The local product as a process of its own, and a caller that keeps its connection and its cookies."""

import http.client
import json
import re
import subprocess
import time

from .functions import cpu, memory, threads

PASSWORD = "harbour-lantern-42"


class Product:
    """Runs while its `with` block does, on a free port."""

    def __init__(self, binary, *arguments, log=None):
        self.command = [str(binary), "--port", "0", *map(str, arguments)]
        self.log = log

    def __enter__(self):
        began = time.monotonic()
        log = open(self.log, "wb") if self.log else subprocess.DEVNULL
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=log, text=True)
        told = ""
        while "/_local/mail" not in told:
            line = self.process.stdout.readline()
            if not line:
                raise SystemExit(f"{self.command[0]} did not start")
            told += line
        self.port = int(re.search(r"http://localhost:(\d+)/sign-in", told)[1])
        self.cookies = {}
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        self.get("/sign-in")
        # Until its first page was there.
        self.started = {"seconds": time.monotonic() - began, "cpu_ms": self.cpu()}
        return self

    def __exit__(self, *_):
        self.connection.close()
        self.process.terminate()
        self.process.wait()

    def get(self, path, accept="application/json"):
        return self.call("GET", path, None, accept)

    def post(self, path, **fields):
        return self.call("POST", path, fields)

    def call(self, method, path, fields=None, accept="application/json"):
        """The answer's bytes; the end of the program unless it was answered well."""
        status, said = self.ask(method, path, fields, accept)
        if status >= 400:
            raise SystemExit(f"{method} {path} answered {status}: {said[:300]}")
        return said

    def ask(self, method, path, fields=None, accept="application/json"):
        """Status and bytes, whatever they are."""
        origin = f"http://localhost:{self.port}"
        held = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Host": f"localhost:{self.port}", "Origin": origin, "Accept": accept, "Content-Type": "application/json", "Cookie": held}
        self.connection.request(method, path, None if fields is None else json.dumps(fields), headers)
        answer = self.connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, value = line.split(";")[0].split("=", 1)
            self.cookies[name] = value
        return answer.status, answer.read()

    def sign_in(self, username="maria", password=PASSWORD):
        self.cookies.clear()
        return self.post("/sign-in", username=username, password=password)

    def settle(self):
        """Waits until it does next to nothing. The connection is made anew afterwards: it may have been idle for too long."""
        self.connection.close()
        before = self.cpu()
        while True:
            time.sleep(2)
            now = self.cpu()
            if now - before < 40:
                return
            before = now

    def cpu(self):
        return cpu(self.process.pid)

    def resident(self, what="VmRSS"):
        return memory(self.process.pid, what)

    def database_cpu(self):
        """CPU milliseconds of the embedded database, which AWS stands for elsewhere."""
        return threads(self.process.pid).get("database", 0)

    def spent(self, work, times):
        """CPU milliseconds of one of so many: those of all, and those of all but the database."""
        whole, database = self.cpu(), self.database_cpu()
        for _ in range(times):
            work()
        whole, database = self.cpu() - whole, self.database_cpu() - database
        return {"cpu_ms": whole / times, "without_database_ms": (whole - database) / times}
