"""What bench/run lets take turns: each method of Backlog is a contender and returns a dict of figures."""
import json, os, subprocess, sys, time

from servers import RELAY, YARDSTICK


def yardstick(*arguments):
    out = subprocess.run([YARDSTICK, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(out.strip().splitlines()[-1])


TYPED_ROWS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "typed_rows.toml")


class Relay:
    """A relay that writes bench.events to yard.rows, with a state file of its own."""

    def __init__(self, servers, folder, database, *arguments):
        tables = [] if "--config" in arguments else ["--table", f"{database}.events=yard.rows"]
        state = os.path.join(folder, "relay.db")
        for path in (state, state + "-wal", state + "-shm", state + ".lock"):
            if os.path.exists(path):
                os.remove(path)
        self.process = subprocess.Popen(
            [RELAY, "--set", f"state.path={state}", "--log-format", "json", *arguments, "--source", servers.source,
             "--target", servers.target, *tables], stderr=subprocess.PIPE, text=True)
        self.lines = []

    def wait_for(self, message):
        """The log line of that message."""
        for line in self.process.stderr:
            if line.startswith("{"):
                self.lines.append(json.loads(line))
                if self.lines[-1]["message"] == message:
                    return self.lines[-1]
        sys.exit(f"error: the relay ended without '{message}': {self.lines[-3:]}")

    def finish(self):
        """What it used, once it has ended by itself."""
        self.process.stderr.read()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = status
        if status != 0:
            sys.exit(f"error: the relay ended with {status}: {self.lines[-3:]}")
        return {"cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_mib": usage.ru_maxrss / 1024}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.returncode is None:  # Something went wrong: it must not go on without us.
            self.process.kill()
            self.process.wait()


def time_of(line):
    return time.mktime(time.strptime(line["time"][:19], "%Y-%m-%dT%H:%M:%S")) + float(line["time"][19:23])


class Loader:
    """Holds the rows of a backlog; prepare() empties the table, go() fills it."""

    def __init__(self, servers, stream, mode):
        self.servers = servers
        how = ["unnest", TYPED_ROWS] if mode == "typed" else [mode]
        self.process = subprocess.Popen([YARDSTICK, "load", *stream, servers.target, *how], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        self.prepare()

    def order(self, word):
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()

    def prepare(self):
        self.order("prepare")
        assert self.process.stdout.readline().strip() == "ready"
        self.servers.checkpoint()

    def go(self):
        self.order("go")
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Backlog:
    def __init__(self, servers, size, share, events, folder):
        self.servers, self.share, self.folder = servers, share, folder
        what = "inserts" if share == 0 else "updates" if share == 1 else f"{share:.0%} updates"
        self.name = f"{size} B, {what}"
        made = yardstick("fill", servers.source, "bench", events, size, share)
        self.events, self.start = made["count"], made["seconds"]
        self.stream = [servers.source, "bench", str(self.start)]
        self.loaders = {}

    def contenders(self):
        names = ["drain", "copy", "unnest", "both", "relay"]
        return names + (["lookup"] if self.share else ["snapshot", "poison", "both_typed", "typed"])

    def drain_command(self):
        return ["drain", *self.stream, "look-up" if self.share else "plain"]

    def warm_up(self):
        self.drain()  # The oplog is in the cache.

    def drain(self):
        return self.measured(lambda: yardstick(*self.drain_command()))

    def lookup(self):
        return self.measured(lambda: yardstick("drain", *self.stream, "update-lookup", self.events))

    def loader(self, mode):
        if mode not in self.loaders:
            self.loaders[mode] = Loader(self.servers, self.stream, mode)
        else:
            self.loaders[mode].prepare()
        return self.loaders[mode]

    def measured(self, act):
        """The figures that act() returns, with what the servers used meanwhile, and what was used by others."""
        before, begun = self.servers.cpu(), time.monotonic()
        figures = act()
        after, wall = self.servers.cpu(), time.monotonic() - begun
        used = {key: after[key] - before[key] for key in after}
        ours = figures["cpu_seconds"] + used["mongod_cpu"] + used["target_cpu"]
        return figures | used | {"others_cores": max(0, used["machine_cpu"] - ours) / wall}

    def copy(self):
        loader = self.loader("copy" if self.share else "keyed-copy")
        return self.measured(loader.go)

    def unnest(self):
        loader = self.loader("unnest")
        return self.measured(loader.go)

    def both(self):
        return self.side_by_side(self.loader("unnest"))

    def both_typed(self):
        return self.side_by_side(self.loader("typed"))

    def side_by_side(self, loader):
        def act():
            drain = subprocess.Popen([YARDSTICK, *self.drain_command()], stdout=subprocess.PIPE, text=True)
            loaded = loader.go()
            drained = json.loads(drain.communicate()[0])
            return {"seconds": max(loaded["seconds"], drained["seconds"]),
                    "cpu_seconds": loaded["cpu_seconds"] + drained["cpu_seconds"]}

        return self.measured(act)

    def empty_target(self):
        self.servers.psql("DROP SCHEMA IF EXISTS yard CASCADE", "DROP SCHEMA IF EXISTS relay CASCADE", "CHECKPOINT")

    def relay(self):
        self.empty_target()
        return self.follow()

    def typed(self):
        """The relay into a table of ten columns."""
        self.empty_target()
        file = os.path.join(self.folder, "typed.toml")
        with open(file, "w") as f:
            f.write(f'[[table]]\nfrom = "bench.events"\nto = "yard.rows"\nschema_file = "{TYPED_ROWS}"\n')
        return self.follow("--config", file)

    def poison(self):
        """The relay into a table that refuses one document in a thousand: each has to be found among its batch."""
        self.empty_target()
        self.servers.psql("CREATE SCHEMA yard", "CREATE TABLE yard.rows (oid text PRIMARY KEY, data jsonb NOT NULL "
                          "CHECK ((data->>'_id')::int % 1000 <> 7))")
        figures = self.follow("--set", "dead_letter.limit=1000000")
        letters = int(self.servers.query("SELECT count(*) FROM relay.dead_letter"))
        if letters != self.events // 1000:
            sys.exit(f"error: {letters} dead letters among {self.events} events")
        return figures

    def follow(self, *settings):
        start = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.start))

        def act():
            with Relay(self.servers, self.folder, "bench", "--set", f"stream.start={start}", *settings, "cdc-relay",
                       "--once") as relay:
                opened, stopped = relay.wait_for("stream opened"), relay.wait_for("relay stops")
                if stopped["events"] != self.events:
                    sys.exit(f"error: the relay read {stopped['events']} events instead of {self.events}")
                return {"seconds": time_of(stopped) - time_of(opened), **relay.finish()}

        return self.measured(act)

    def snapshot(self):
        """The relay again, on the collection as it is now: for a backlog of inserts, the same rows."""
        self.empty_target()

        def act():
            with Relay(self.servers, self.folder, "bench", "cdc-relay", "--once") as relay:
                opened, finished = relay.wait_for("stream opened"), relay.wait_for("snapshot finished")
                return {"seconds": time_of(finished) - time_of(opened), "documents": finished["documents"],
                        **relay.finish()}

        return self.measured(act)

    def close(self):
        for loader in self.loaders.values():
            loader.close()


# The target says itself when rows are committed, and which: nobody has to ask.
LAG_TABLE = [
    "DROP SCHEMA IF EXISTS yard CASCADE", "DROP SCHEMA IF EXISTS relay CASCADE", "CREATE SCHEMA yard",
    "CREATE TABLE yard.rows (oid text PRIMARY KEY, data jsonb NOT NULL)",
    """CREATE FUNCTION yard.tell() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         PERFORM pg_notify('arrived', (SELECT min(oid::bigint) || ' ' || max(oid::bigint) FROM new));
         RETURN NULL;
       END $$""",
    """CREATE TRIGGER tell AFTER INSERT ON yard.rows REFERENCING NEW TABLE AS new
       FOR EACH STATEMENT EXECUTE FUNCTION yard.tell()""",
]


def lag(servers, folder, rate, seconds, size):
    """Lag of the relay and of a reader beside it, in ms, at a steady rate."""
    if servers.psql(*LAG_TABLE).returncode != 0:
        sys.exit("error: the table of the lag run")
    with Relay(servers, folder, "lag", "--set", "stream.start=now", "cdc-relay") as relay:
        relay.wait_for("stream opened")
        figures = yardstick("lag", servers.source, "lag", servers.target, rate, seconds, size)
        relay.process.terminate()
        return figures | relay.finish()


def lag_during_snapshot(servers, folder, rate, seconds, size, documents):
    """The same while the relay copies a collection of that many documents; `copied`: how far it was in the end."""
    yardstick("fill", servers.source, "old", documents, size, 0)
    if servers.psql(*LAG_TABLE).returncode != 0:
        sys.exit("error: the table of the lag run")
    with Relay(servers, folder, "copying", "--set", "snapshot.parallel=2", "cdc-relay", "--table",
               "old.events=yard.copied") as relay:
        relay.wait_for("snapshot begins")
        figures = yardstick("lag", servers.source, "copying", servers.target, rate, seconds, size)
        copied = int(servers.query("SELECT count(*) FROM yard.copied"))
        relay.process.terminate()
        return figures | {"copied": copied, "documents": documents} | relay.finish()
