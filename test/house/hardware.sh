#!/bin/sh
# docs/hardware.md lists every price of every hardware profile, with its source, and no other. That the
# comparison can fail is shown by changing each constant and each source of each profile in turn.
cd "$(dirname "$0")/../.." || exit 1
python3 - <<'END'
import copy, glob, json, re, sys

COLUMNS = ["profile", "width", "price", "pJ", "kind", "year", "technology", "checked", "source"]


def rows_of_page():
    """{(profile, price): row} of the first table, the sources' texts put in."""
    cells = [[c.strip() for c in line.strip("|\n ").split(" | ")] for line in open("docs/hardware.md")
             if re.match(r"\| (`\w+`|\d+) \|", line)]
    source = {c[0]: c[1] for c in cells if len(c) == 2}
    rows = [dict(zip(COLUMNS, c)) for c in cells if len(c) == len(COLUMNS)]
    for row in rows:
        row["source"] = source[row["source"]]
        row["profile"] = row["profile"].strip("`")
    table = {(row["profile"], row["price"]): row for row in rows}
    assert len(table) == len(rows), "a price is listed twice"
    return table


def rows_of_profiles(profiles):
    table = {}
    for profile in profiles:
        for price, p in profile["prices"].items():
            table[profile["name"], price] = {
                "profile": profile["name"], "width": profile.get("width", "-"), "price": price,
                "pJ": repr(p["energy_pj"]), "kind": p["kind"], "year": str(p.get("year", "-")),
                "technology": p.get("technology", "-"), "source": p["paper"],
                "checked": "cited" if "not re-read" in p.get("checked", "") else "read"}
    return table


page = rows_of_page()
profiles = [json.load(open(path)) for path in sorted(glob.glob("configs/hardware/*.json"))]
found = rows_of_profiles(profiles)
passed = failed = 0
for key in sorted(page.keys() | found.keys()):
    if page.get(key) == found.get(key):
        passed += 1
    else:
        failed += 1
        print("FAIL %s %s: docs/hardware.md has\n  %s\nconfigs/hardware has\n  %s" %
              (*key, page.get(key), found.get(key)))
unseen = 0
for i, profile in enumerate(profiles):
    for price in profile["prices"]:
        for member, change in (("energy_pj", lambda v: v * 1.001), ("paper", lambda v: v + " "),
                               ("kind", lambda v: v + "x")):
            planted = copy.deepcopy(profiles)
            planted[i]["prices"][price][member] = change(planted[i]["prices"][price][member])
            unseen += rows_of_profiles(planted) == page
failed += unseen > 0
passed += unseen == 0
print("%d passed, %d failed" % (passed, failed))
sys.exit(failed > 0)
END
