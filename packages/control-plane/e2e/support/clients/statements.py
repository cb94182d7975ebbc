"""Runs the statements of a file, one a line, over the connection of the bundle's example."""

import os

from example import connect

with connect() as cluster, open(os.environ["STATEMENTS"]) as statements:
    session = cluster.connect()
    for statement in statements:
        result = session.execute(statement)
    print(result.one().name)
