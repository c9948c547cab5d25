#!/usr/bin/env python3
"""What the rules cost on the plain proxy: instructions a request with and without them, counted by callgrind.

tests/security/cost.py

tests/data/security/without-rules.patch takes away what is looked at for each request: known hosts, pages of other sites, own Via,
fields that only trusted proxies may send. A copy of the tree (build/cost/tree) is built without them, this one as it is. Redaction
and the one form of paths stay: they are what recording and routing are. By hand: two release builds.
"""
import json
import os
import subprocess
import sys

import mutate

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COPY = os.path.join(ROOT, 'build/cost/tree')
MOST = 0.02


def build(tree):
    subprocess.run(['cmake', '--preset', 'release', '-DGATEHOUSE_BUILD_UI=OFF', '-DGATEHOUSE_BUILD_TESTS=OFF', '-DGATEHOUSE_WERROR=OFF'],
                   cwd=tree, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(['ninja', '-C', 'build/release', 'gatehouse-cli'], cwd=tree, check=True, stdout=subprocess.DEVNULL)


def count(tree):
    out = os.path.join(ROOT, 'build/cost', os.path.basename(tree))
    subprocess.run([sys.executable, 'tests/bench/bench.py', '--programs', os.path.join(tree, 'build/release/bin'), '--out', out, '--rows', 'plain-1k',
                    '--subjects', 'gatehouse,gatehouse-no-record', '--instructions-only'], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    newest = max(name for name in os.listdir(out) if name.endswith('.json'))
    with open(os.path.join(out, newest), encoding='utf-8') as file:
        return json.load(file)['instructions']


def main():
    os.makedirs(COPY, exist_ok=True)
    mutate.COPY = COPY
    mutate.copy_tree()
    subprocess.run(['patch', '-s', '-p1', '-i', os.path.join(ROOT, 'tests/data/security/without-rules.patch')], cwd=COPY, check=True)
    for tree in (ROOT, COPY):
        build(tree)
    given, bare = count(ROOT), count(COPY)
    fine = True
    for name in sorted(given):
        cost = given[name] / bare[name] - 1
        fine = fine and cost < MOST
        print('%-28s %d with the rules, %d without: %.1f%%' % (name, given[name], bare[name], 100 * cost))
    return 0 if fine else 1


if __name__ == '__main__':
    sys.exit(main())
