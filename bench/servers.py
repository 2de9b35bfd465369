"""Private servers for bench/run: one mongod, one target, both with their data in one folder."""
import os, shutil, signal, socket, subprocess, sys, time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BUILD = os.path.join(ROOT, "build", "release")
YARDSTICK = os.path.join(BUILD, "bench", "yardstick")
RELAY = os.path.join(BUILD, "src", "cli", "relay")
CACHE = os.path.join(os.environ.get("XDG_CACHE_HOME", os.path.expanduser("~/.cache")), "relay")
TICKS = os.sysconf("SC_CLK_TCK")

MONGOD_OPTIONS = [
    "--oplogSize", "4000", "--wiredTigerCacheSizeGB", "3",
    # Changes are visible to streams once they are in the journal: 2 ms instead of 100 of the lag are the server's.
    "--journalCommitInterval", "2",
]
# No vacuum: it would come once in a while and fall on one contender or another.
POSTGRES_SETTINGS = ["shared_buffers=1GB", "max_wal_size=8GB", "autovacuum=off", "unix_socket_directories=",
                     "listen_addresses=127.0.0.1"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def cpu_of(pid, with_children=True):
    """CPU seconds of a process, of its children that ended, and of those that live."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    total = sum(int(fields[i]) for i in (11, 12, 13, 14)) / TICKS
    if with_children:
        with open(f"/proc/{pid}/task/{pid}/children") as f:
            for child in f.read().split():
                try:
                    total += cpu_of(int(child), False)
                except FileNotFoundError:
                    pass
    return total


def busy_cpu():
    """CPU seconds that this machine has worked, or waited for its host, since it started."""
    with open("/proc/stat") as f:
        user, nice, system, _, _, irq, softirq, steal = map(int, f.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / TICKS


class Servers:
    def __init__(self, folder):
        self.folder = folder
        os.chmod(folder, 0o755)
        self.mongo_port, self.pg_port = free_port(), free_port()
        self.source = f"mongodb://127.0.0.1:{self.mongo_port}/?replicaSet=rs0"
        self.mongod = self.start_mongod()
        self.start_target()
        self.wait()

    def start_mongod(self):
        program = os.environ.get("RELAY_TEST_MONGOD") or os.path.join(CACHE, "mongod-6.0.5")
        data = os.path.join(self.folder, "mongo")
        os.mkdir(data)
        return subprocess.Popen([program, "--replSet", "rs0", "--dbpath", data, "--port", str(self.mongo_port),
                                 "--bind_ip", "127.0.0.1", "--nounixsocket", *MONGOD_OPTIONS],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def start_target(self):
        self.target = f"postgresql://postgres@127.0.0.1:{self.pg_port}/postgres"
        self.postgres = self.start_postgres()

    def start_postgres(self):
        as_postgres = []
        data = os.path.join(self.folder, "pg")
        os.mkdir(data)
        if os.geteuid() == 0:  # PostgreSQL refuses to be root.
            as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
            shutil.chown(data, "postgres", "postgres")
        programs = "/usr/lib/postgresql/15/bin"
        subprocess.run(as_postgres + [f"{programs}/initdb", "-D", data, "-A", "trust", "-U", "postgres", "--no-sync"],
                       check=True, stdout=subprocess.DEVNULL, cwd="/")
        command = as_postgres + [f"{programs}/postgres", "-D", data, "-p", str(self.pg_port)]
        for setting in POSTGRES_SETTINGS:
            command += ["-c", setting]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")

    def wait(self):
        deadline = time.monotonic() + 60
        while subprocess.run([YARDSTICK, "initiate", str(self.mongo_port)], stderr=subprocess.DEVNULL).returncode != 0:
            if time.monotonic() > deadline:
                sys.exit("error: mongod does not become primary")
        self.wait_for_target()

    def wait_for_target(self, probe="SELECT 1"):
        deadline = time.monotonic() + 120
        while self.psql(probe).returncode != 0:
            if time.monotonic() > deadline:
                sys.exit("error: the target does not answer")
            time.sleep(0.1)

    def psql(self, *statements):
        commands = [word for sql in statements for word in ("-c", sql)]
        return subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", *commands, self.target],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def query(self, sql):
        """The first cell."""
        return subprocess.run(["psql", "-X", "-q", "-A", "-t", "-c", sql, self.target], check=True,
                              stdout=subprocess.PIPE, text=True).stdout.strip()

    def cpu(self):
        return {"mongod_cpu": cpu_of(self.mongod.pid), "target_cpu": self.target_cpu(), "machine_cpu": busy_cpu()}

    def target_cpu(self):
        return cpu_of(self.postgres.pid)

    def checkpoint(self):
        self.psql("CHECKPOINT")

    def processes(self):
        return [self.mongod, self.postgres]

    def close(self):
        for process in self.processes():
            process.send_signal(signal.SIGINT)
        for process in self.processes():
            process.wait()
