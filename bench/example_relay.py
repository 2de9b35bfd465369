#!/usr/bin/env -S python3 -B
"""A relay as the example of commons-codec is one, for bench/run: for every event of a change stream one statement,
and a REFRESH behind it. Needs pymongo.

    example_relay.py SOURCE DATABASE SECONDS HTTP_PORT EVENTS

Begins at that cluster time, ends after that many events, prints one line of JSON.
"""
import http.client, json, sys, time

import bson, pymongo

TABLE = "doc.example"


class Crate:
    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port)

    def run(self, statement, *parameters):
        body = json.dumps({"stmt": statement, "args": parameters}, default=str)
        self.connection.request("POST", "/_sql", body, {"Content-Type": "application/json"})
        response = self.connection.getresponse()
        answer = response.read()
        if response.status != 200:
            sys.exit(f"error: {answer.decode()}")


def apply(crate, event):
    key, kind = str(event["documentKey"]["_id"]), event["operationType"]
    if kind == "insert":
        crate.run(f"INSERT INTO {TABLE} (oid, data) VALUES (?, ?)", key, event["fullDocument"])
    elif kind in ("update", "replace"):
        crate.run(f"UPDATE {TABLE} SET data = ? WHERE oid = ?", event["fullDocument"], key)
    elif kind == "delete":
        crate.run(f"DELETE FROM {TABLE} WHERE oid = ?", key)
    crate.run(f"REFRESH TABLE {TABLE}")


def main(source, database, seconds, port, count):
    crate = Crate(int(port))
    crate.run(f"DROP TABLE IF EXISTS {TABLE}")
    crate.run(f"CREATE TABLE {TABLE} (oid TEXT, data OBJECT(DYNAMIC))")
    collection = pymongo.MongoClient(source)[database]["events"]
    begun, cpu, done = None, time.process_time(), 0
    with collection.watch(full_document="updateLookup",
                          start_at_operation_time=bson.Timestamp(int(seconds), 0)) as stream:
        for event in stream:
            begun = begun or time.monotonic()
            apply(crate, event)
            done += 1
            if done == int(count):
                break
    print(json.dumps({"what": "example", "count": done, "seconds": time.monotonic() - begun,
                      "cpu_seconds": time.process_time() - cpu}))


if __name__ == "__main__":
    main(*sys.argv[1:])
