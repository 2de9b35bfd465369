"""The eyes of scripts/demo. Needs nothing but Python's own library.

  demo.py free-port
  demo.py initiate MONGO_PORT                          a replica set of one; exit 1: takes no writes yet
  demo.py watch MONGO_PORT DB.COLLECTION TABLE PSQL... a line a second, until it is ended
  demo.py catch-up MONGO_PORT PSQL...                  until the target has what the source has now
  demo.py compare MONGO_PORT DB.COLLECTION TABLE PSQL...   exit 1: they differ

PSQL... is the command that talks to the target. Columns and values are those of docs/values.md.
"""
import decimal
import json
import random
import socket
import subprocess
import sys
import time

import mongo_wire

CATCH_UP_SECONDS_MAX = 30
# All differences are counted, this many are named.
NAMED_MAX = 10
# More digits than any number has: nothing is rounded before it is compared.
decimal.getcontext().prec = 100


class Target:
    """One psql that stays: a query is one line, and so is its answer."""

    def __init__(self, psql):
        self.psql = psql
        self.process = subprocess.Popen([*psql, "-AtqX"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, bufsize=1)

    def value(self, query):
        self.process.stdin.write(query + ";\n")
        answer = self.process.stdout.readline()
        if not answer:
            raise ConnectionError("psql has ended")
        return answer.rstrip("\n")

    def applied_time(self):
        """The stored position, which moved in the same transaction as the rows."""
        seconds, increment = self.value(
            "SELECT coalesce(max(extract(epoch FROM cluster_time))::bigint, 0),"
            " coalesce(max(cluster_time_increment), 0) FROM relay.checkpoint").split("|")
        return mongo_wire.Timestamp((int(seconds), int(increment)))

    def operation_count(self, table):
        return int(self.value("SELECT coalesce(sum(last), 0) FROM (SELECT max((data->>'stamp')::bigint) AS last"
                              f" FROM {table} GROUP BY data->'writer') AS writers"))


def operation_count(mongo, namespace):
    """Each writer numbers its operations, and a document carries the number of its last one."""
    database, collection = namespace.split(".", 1)
    reply = mongo.command(database, {"aggregate": collection, "cursor": {},
                                     "pipeline": [{"$group": {"_id": "$writer", "last": {"$max": "$stamp"}}}]})
    return sum(writer["last"] for writer in reply["cursor"]["firstBatch"])


def free_port():
    # Below the range from which the kernel takes ports for outgoing connections.
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def initiate(port):
    """One attempt; ok when the server takes writes, so it is repeated until then."""
    mongo = mongo_wire.Connection(port)
    hello = mongo.command("admin", {"hello": 1})
    if hello["isWritablePrimary"]:
        return
    if "setName" not in hello:
        member = {"_id": 0, "host": f"127.0.0.1:{port}"}
        mongo.command("admin", {"replSetInitiate": {"_id": "rs0", "members": [member]}})
    sys.exit("not yet")


class LagMeter:
    """How long the newest write of the source takes to be in the target, seen from outside."""

    def __init__(self, mongo, target):
        self.mongo = mongo
        self.target = target
        self.waiting = []  # (when it was there in the source, its time), oldest first.
        self.worst = 0.0

    def probe(self):
        written = self.mongo.majority_time()
        now = time.monotonic()
        if not self.waiting or written > self.waiting[-1][1]:
            self.waiting.append((now, written))
        applied = self.target.applied_time()
        now = time.monotonic()
        while self.waiting and self.waiting[0][1] <= applied:
            self.worst = max(self.worst, now - self.waiting.pop(0)[0])

    def take_worst(self):
        """Of the time since the last call."""
        oldest = time.monotonic() - self.waiting[0][0] if self.waiting else 0.0
        worst, self.worst = max(self.worst, oldest), 0.0
        return worst


def watch(port, namespace, table, psql):
    mongo = mongo_wire.Connection(port)
    target = Target(psql)
    lag = LagMeter(mongo, target)
    start = time.monotonic()
    second = 0
    while True:
        second += 1
        while time.monotonic() < start + second:
            lag.probe()
            time.sleep(0.005)
        written, arrived = operation_count(mongo, namespace), target.operation_count(table)
        print(f"{second:4} s   source: {written:7,} operations   target: {arrived:7,}   "
              f"lag {lag.take_worst():6.3f} s", flush=True)


def catch_up(port, psql):
    wanted = mongo_wire.Connection(port).majority_time()
    target = Target(psql)
    start = time.monotonic()
    while target.applied_time() < wanted:
        if time.monotonic() > start + CATCH_UP_SECONDS_MAX:
            sys.exit(f"the target has not caught up within {CATCH_UP_SECONDS_MAX} s")
        time.sleep(0.02)
    print(f"caught up after {time.monotonic() - start:.2f} s")


def canonical(value):
    """Equal texts for equal values: key order and the way a number is printed do not count, types do."""
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(key) + ":" + canonical(value[key]) for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, (int, decimal.Decimal)) and not isinstance(value, bool):
        return format(decimal.Decimal(value).normalize(), "f")
    return json.dumps(value)


def source_rows(port, namespace):
    database, collection = namespace.split(".", 1)
    documents = mongo_wire.Connection(port).documents(database, collection)
    return {document["_id"]: canonical(document) for document in documents}


def target_rows(table, psql):
    # JSON text has no line end, and a key of the workload has no blank.
    lines = subprocess.run([*psql, "-AtqX", "-F", " ", "-c", f"SELECT oid, data FROM {table}"],
                           check=True, stdout=subprocess.PIPE, text=True).stdout.split("\n")
    pairs = (line.split(" ", 1) for line in lines if line)
    return [(key, canonical(json.loads(text, parse_float=decimal.Decimal))) for key, text in pairs]


def compare(port, namespace, table, psql):
    source = source_rows(port, namespace)
    rows = target_rows(table, psql)
    target = dict(rows)
    differences = [("missing", key) for key in source.keys() - target.keys()]
    differences += [("extra", key) for key in target.keys() - source.keys()]
    differences += [("differs", key) for key in source.keys() & target.keys() if source[key] != target[key]]
    differences += [("twice", "")] * (len(rows) - len(target))
    for what, key in sorted(differences)[:NAMED_MAX]:
        print(f"{what} {table} {key}")
    print(f"source {len(source):,} documents, target {len(rows):,} rows, {len(differences):,} differences")
    if not source:
        sys.exit("nothing was written, so nothing is shown")
    if differences:
        sys.exit(1)


def main(command, arguments):
    port = int(arguments[0]) if arguments else 0
    if command == "free-port":
        print(free_port())
    elif command == "initiate":
        initiate(port)
    elif command == "watch":
        watch(port, arguments[1], arguments[2], arguments[3:])
    elif command == "catch-up":
        catch_up(port, arguments[1:])
    elif command == "compare":
        compare(port, arguments[1], arguments[2], arguments[3:])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
