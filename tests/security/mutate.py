#!/usr/bin/env python3
"""Takes each defence away, one at a time, and sees whether its attack notices.

tests/security/mutate.py [--list] [--only WORD] [--jobs N] [--here BUILD]

tests/data/security/mutations/ holds a file a defence: the attacks that must fail without it, the source file, the text that is
the defence and what stands there instead. Each is applied to a copy of the tree (build/mutations/tree), which is built on from one
to the next (build/mutations/build), and the attacks it names are run. What they did is written into results.tsv beside the
mutations. By hand: it takes a while.
"""
import argparse
import datetime
import os
import shutil
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MUTATIONS = os.path.join(ROOT, 'tests/data/security/mutations')
COPY = os.path.join(ROOT, 'build/mutations/tree')
BUILD = os.path.join(ROOT, 'build/mutations/build')


class Mutation:
    """One file: "# tst_file::function ...", the path, then <<<<, the defence, ====, its absence, >>>>."""

    def __init__(self, path):
        self.name = os.path.splitext(os.path.basename(path))[0]
        with open(path, encoding='utf-8') as file:
            first, self.path, rest = file.read().split('\n', 2)
        self.tests = first[2:].split()
        body = rest.split('<<<<\n', 1)[1].split('>>>>\n', 1)[0]
        self.old, self.new = body.split('====\n', 1)
        self.old, self.new = self.old[:-1], self.new[:-1]

    def source(self):
        return os.path.join(COPY, self.path)

    def apply(self):
        with open(self.source(), encoding='utf-8') as file:
            self.before = file.read()
        if self.before.count(self.old) != 1:
            raise SystemExit('%s: the defence stands %d times in %s' % (self.name, self.before.count(self.old), self.path))
        with open(self.source(), 'w', encoding='utf-8') as file:
            file.write(self.before.replace(self.old, self.new))

    def restore(self):
        with open(self.source(), 'w', encoding='utf-8') as file:
            file.write(self.before)

    def targets(self):
        return sorted({test.split('::')[0].replace('tst_', 'tst_security_', 1) for test in self.tests})


def copy_tree():
    """What git knows of, without touching what is the same: an unchanged file is not built again."""
    names = subprocess.run(['git', '-C', ROOT, 'ls-files', '-co', '--exclude-standard'], check=True, capture_output=True, text=True).stdout.split('\n')
    for name in filter(None, names):
        source, to = os.path.join(ROOT, name), os.path.join(COPY, name)
        if not os.path.isfile(source):
            continue
        os.makedirs(os.path.dirname(to), exist_ok=True)
        if os.path.exists(to):
            with open(source, 'rb') as one, open(to, 'rb') as other:
                if one.read() == other.read():
                    continue
        shutil.copyfile(source, to)


def build(jobs, targets):
    return subprocess.run(['ninja', '-C', BUILD, '-j', str(jobs), 'gatehouse-cli'] + targets, capture_output=True, text=True)


def configure():
    if not os.path.exists(os.path.join(BUILD, 'build.ninja')):
        subprocess.run(['cmake', '-S', COPY, '-B', BUILD, '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Debug', '-DCMAKE_CXX_FLAGS=-O1', '-DGATEHOUSE_BUILD_UI=OFF', '-DGATEHOUSE_BUILD_BENCH=OFF',
                        '-DCMAKE_CXX_COMPILER_LAUNCHER=' + (shutil.which('ccache') or '')], check=True, stdout=subprocess.DEVNULL)


def attack(test):
    """'noticed', 'missed', or what else happened."""
    file, function = test.split('::')
    environment = dict(os.environ, QT_NO_THREADED_GLIB='1', GATEHOUSE_SOURCE_DIR=COPY, GATEHOUSE_BIN_DIR=os.path.join(BUILD, 'bin'))
    try:
        done = subprocess.run([os.path.join(BUILD, 'tests', file.replace('tst_', 'tst_security_', 1)), function], capture_output=True, text=True, errors='replace', env=environment, timeout=300)
    except subprocess.TimeoutExpired:
        return 'noticed'
    if done.returncode == 0:
        return 'skipped' if 'SKIP   : ' in done.stdout else 'missed'
    return 'noticed'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--list', action='store_true', help='only names them')
    parser.add_argument('--only', default='', help='those with this in their name')
    parser.add_argument('--here', metavar='BUILD', help='this checkout and its build folder instead of a copy: for one that nobody works in')
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    mutations = [Mutation(os.path.join(MUTATIONS, name)) for name in sorted(os.listdir(MUTATIONS)) if name.endswith('.mutation') and arguments.only in name]
    if arguments.list:
        print('\n'.join('%s\t%s\t%s' % (one.name, one.path, ' '.join(one.tests)) for one in mutations))
        return 0
    if arguments.here:
        global COPY, BUILD
        COPY, BUILD = ROOT, os.path.abspath(arguments.here)
    else:
        copy_tree()
        configure()
    first = build(arguments.jobs, sorted({target for one in mutations for target in one.targets()}))
    if first.returncode:
        sys.stderr.write(first.stdout[-4000:])
        return 1
    results = {}
    known = os.path.join(MUTATIONS, 'results.tsv')
    if os.path.exists(known):
        with open(known, encoding='utf-8') as file:
            results = {line.split('\t')[0]: line.rstrip('\n') for line in file if not line.startswith('#')}
    bad = 0
    for one in mutations:
        one.apply()
        try:
            made = build(arguments.jobs, one.targets())
            found = {test: attack(test) for test in one.tests} if made.returncode == 0 else {test: 'not built' for test in one.tests}
            if made.returncode:
                sys.stderr.write(made.stdout[-2000:])
        finally:
            one.restore()
        fine = all(what == 'noticed' for what in found.values())
        bad += not fine
        print('%-8s %s: %s' % ('ok' if fine else 'BAD', one.name, ', '.join('%s %s' % pair for pair in found.items())), flush=True)
        for test, what in found.items():
            results[one.name + ' ' + test] = '\t'.join([one.name + ' ' + test, what, datetime.date.today().isoformat()])
        with open(known, 'w', encoding='utf-8') as file:
            file.write('# mutation and attack, what the attack did without the defence, when. Written by tests/security/mutate.py.\n' + '\n'.join(results[key] for key in sorted(results)) + '\n')
    build(arguments.jobs, [])
    print('%d of %d defences are seen when they are missing.' % (len(mutations) - bad, len(mutations)))
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
