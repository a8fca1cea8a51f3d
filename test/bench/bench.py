"""The benchmark: `make bench`. Every line is a ratio taken within one run, the median over turns and its
range; absolute figures stand beside it and say what the machine was.

    bench.py [--quick] [--parts kernels,networks,growth,start,job] [--networks NAME,...] [--turns N] [--out build/bench.json]
    bench.py --tiny      a few seconds, no peers, no networks: does everything still run through?

Writes the records as JSON (session.py says how they look) and prints the tables of tables.py. Timings
are never passed or failed.
"""
import argparse
import json
import os
import sys
import time

sys.dont_write_bytecode = True
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "reference"))

import growth
import job
import kernels
import networks
import session as s
import start
import tables

PARTS = {
    "kernels": kernels.run,
    "networks": networks.run,
    "growth": growth.run,
    "start": start.run,
    "job": job.run,
}
SCHEMA = 1


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="fewer turns, layers, networks")
    parser.add_argument("--tiny", action="store_true", help="one turn of one tiny layer each")
    parser.add_argument("--parts", default=",".join(PARTS), help="of " + ", ".join(PARTS))
    parser.add_argument("--networks", default="", help="configurations of the part networks; default all")
    parser.add_argument("--turns", type=int, help="at least 7 where figures are published")
    parser.add_argument("--out", default="build/bench.json")
    args = parser.parse_args()
    unknown = set(args.parts.split(",")) - set(PARTS)
    if unknown:
        s.fail(f"no part is called {', '.join(sorted(unknown))}; parts: {', '.join(PARTS)}")
    session = s.Session(args.quick or args.tiny, args.turns or (1 if args.tiny else 3 if args.quick else 9))
    session.networks = [name for name in args.networks.split(",") if name]
    if not set(session.networks) <= set(networks.NAMES):
        s.fail(f"--networks {args.networks}: networks: {', '.join(networks.NAMES)}")
    report = {
        "schema": SCHEMA,
        "quick": session.quick,
        "turns": session.turns,
        "started": time.strftime("%Y-%m-%d %H:%M", time.gmtime()),
        "machine": s.machine(session, with_peers=not args.tiny),
        "records": [],
    }
    if args.tiny:
        report["records"] += kernels.run(session, tiny=True)
    else:
        for part in args.parts.split(","):
            report["records"] += PARTS[part](session)
    report["machine"]["load_after"] = os.getloadavg()[0]
    report["machine"]["torch"] = session.peer
    report["left_out"] = session.left_out
    with open(args.out + ".part", "w", encoding="utf-8") as file:
        json.dump(report, file, indent=1)
    os.replace(args.out + ".part", args.out)
    print(tables.text(report))
    session.say(f"wrote {args.out}")


if __name__ == "__main__":
    main()
