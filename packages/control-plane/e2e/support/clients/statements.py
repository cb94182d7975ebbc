"""Runs the statements of a file, one a line, over the connection of the bundle's example.

`REPEAT file statement` runs one until that file is there, and says how each went.
`TRACED count statement` runs one that is prepared for 1 to count, each traced.
"""

import os
import time

from example import connect


def repeat(session, stop, statement):
    while not os.path.exists(stop):
        try:
            session.execute(statement)
            print("ok", flush=True)
        except Exception as error:
            print("failed", repr(error), flush=True)
        time.sleep(0.1)


def traced(session, count, statement):
    prepared = session.prepare(statement)
    for key in range(1, int(count) + 1):
        session.execute(prepared, (key,), trace=True)


with connect() as cluster, open(os.environ["STATEMENTS"]) as statements:
    session = cluster.connect()
    result = None
    for line in statements:
        word, _, rest = line.strip().partition(" ")
        if word == "REPEAT":
            repeat(session, *rest.split(" ", 1))
        elif word == "TRACED":
            traced(session, *rest.split(" ", 1))
        else:
            result = session.execute(line)
    if result:
        print(result.one().name)
