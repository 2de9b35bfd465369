"""CrateDB as the target of bench/run: a real server, or the stand-in of the tests with a PostgreSQL behind it."""
import json, os, shutil, subprocess, sys

from contenders import Backlog
from servers import BUILD, ROOT, Servers, cpu_of, free_port

STAND_IN = os.path.join(BUILD, "tests", "crate_double", "crate_stand_in")
EXAMPLE = os.path.join(ROOT, "bench", "example_relay.py")
TABLES = ["yard.rows", "relay.checkpoint", "relay.snapshot", "relay.dead_letter"]


class CrateServers(Servers):
    def __init__(self, folder, home):
        self.home = home  # A folder with bin/crate; "": the stand-in.
        super().__init__(folder)

    def start_target(self):
        self.http_port = free_port()
        if self.home:
            self.crate = self.start_crate()
        else:
            super().start_target()
            self.wait_for_target()
            self.crate = subprocess.Popen([STAND_IN, self.target], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                          text=True)
            self.pg_port = int(self.crate.stdout.readline())
        self.target = f"postgresql://crate@127.0.0.1:{self.pg_port}/doc?sslmode=disable"
        self.wait_for_target("CREATE TABLE IF NOT EXISTS doc.ready (id bigint)")

    def start_crate(self):
        as_other = []
        data = os.path.join(self.folder, "crate")
        os.mkdir(data)
        if os.geteuid() == 0:  # CrateDB refuses to be root.
            as_other = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            shutil.chown(data, "postgres", "postgres")
        settings = [f"path.data={data}", f"path.logs={data}", "network.host=127.0.0.1", "discovery.type=single-node",
                    f"psql.port={self.pg_port}", f"http.port={self.http_port}", f"transport.tcp.port={free_port()}"]
        return subprocess.Popen(as_other + [os.path.join(self.home, "bin", "crate")] + ["-C" + s for s in settings],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
                                env=os.environ | {"CRATE_HEAP_SIZE": "2g", "CRATE_DISABLE_GC_LOGGING": "1"})

    def target_cpu(self):
        used = cpu_of(self.crate.pid)
        return used if self.home else used + super().target_cpu()

    def checkpoint(self):
        """Nothing: what the server does later on falls on all contenders alike."""

    def processes(self):
        return [self.mongod, self.crate] + ([] if self.home else [self.postgres])


class CrateBacklog(Backlog):
    """Contenders with CrateDB as their target: inserts only."""

    def contenders(self):
        return ["drain", "unnest", "both", "relay", "snapshot"]

    def loader(self, mode):
        return super().loader("crate")

    def empty_target(self):
        self.servers.psql(*[f"DROP TABLE IF EXISTS {table}" for table in TABLES])

    def warm_up(self):
        """A server that has just started compiles itself while it works."""
        super().warm_up()
        for _ in range(2):
            self.loader("crate").go()

    def example(self, events):
        """The Python program on the first of the events, or None: it speaks HTTP, which only a real server does."""
        if not self.servers.home:
            return None
        if subprocess.run([sys.executable, "-c", "import pymongo"], stderr=subprocess.DEVNULL).returncode != 0:
            print("  example: left out, pip install pymongo", flush=True)
            return None
        command = [sys.executable, "-B", EXAMPLE, self.servers.source, "bench", str(self.start),
                   str(self.servers.http_port), str(events)]
        return self.measured(lambda: json.loads(
            subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout))
