#!/usr/bin/env python3
"""Measures Gatehouse beside tuned peers in the same run, in interleaved rounds, and says which of the design's numbers hold.

The column to trust is CPU (user+system of the proxy alone) a request as a ratio to nginx of the same round; differences under
15% are noise. Nothing here passes or fails by a stopwatch: instructions a request under callgrind guard against getting slower.
What was recorded and what was dropped has to add up with what was served, in every run, or the run ends.
"""
import argparse
import datetime
import json
import os
import resource
import subprocess
import sys
import tempfile

import instructions
import measure
import report
import rows
import subjects
import syscalls
import verdicts


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--programs', default='build/release/bin', help='folder of gatehouse-cli')
    parser.add_argument('--out', default='build/bench', help='where the tables and the raw figures go')
    parser.add_argument('--rows', default=','.join(rows.ROWS), help='of: ' + ', '.join(rows.ROWS))
    parser.add_argument('--subjects', default='', help='of: ' + ', '.join(k.name for k in subjects.ALL) + ' (default: all that are there)')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--seconds', type=int, default=5, help='of each run')
    parser.add_argument('--quick', action='store_true', help='one round of 2 s: does it run at all')
    parser.add_argument('--no-instructions', action='store_true')
    parser.add_argument('--no-calls', action='store_true', help='leave out the system calls a request')
    parser.add_argument('--instructions-only', action='store_true')
    parser.add_argument('--by-room', action='store_true', help='with the instructions: where they go, by room of gateway/ and by function')
    parser.add_argument('--keep-instructions', action='store_true', help='write tests/bench/instructions.json')
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 1, 2
    return options


def present(options):
    wanted = options.subjects.split(',') if options.subjects else None
    kinds = []
    for kind in subjects.ALL:
        if wanted is not None and kind.name not in wanted:
            continue
        if kind.available(options.programs):
            kinds.append(kind)
        else:
            print('left out: %s is not there' % kind.name, file=sys.stderr)
    if not kinds:
        raise SystemExit('nothing to measure')
    return kinds


def progress(*words):
    print(*words, file=sys.stderr, flush=True)


def measure_row(name, kinds, bed, rounds):
    row = rows.ROWS[name]
    kinds = row.kinds(kinds)
    runs = {kind.name: [] for kind in kinds}
    for turn in range(rounds):
        shift = turn % max(len(kinds), 1)  # nobody is always first or always last
        for kind in kinds[shift:] + kinds[:shift]:
            progress('%s, round %d of %d: %s' % (name, turn + 1, rounds, kind.name))
            runs[kind.name].append(row.run(kind, bed))
    return runs


def count_calls(kinds, bed):
    """System calls a request, kept connections and new ones, of all programs."""
    if not syscalls.available():
        return {}, ['System calls: not measured, strace is not there.', '']
    found, lines = {}, ['## System calls a request', '']
    for kind in kinds:
        for name in ('plain-1k', 'plain-64k', 'new-connections'):
            progress('counting system calls of %s, %s' % (kind.name, name))
            row = rows.ROWS[name]
            with rows.Started(kind, bed) as program:
                row.wrk(bed, program, 1)
                calls = syscalls.per_request(program, 'http://127.0.0.1:%d%s' % (program.port, row.path), headers=row.headers)
            found['%s/%s' % (kind.name, name)] = calls
            lines.append('- %s, %s: %s' % (kind.name, name, syscalls.told(calls)))
    return found, lines + ['', syscalls.NEXT, '']


def count_instructions(kinds, names, bed, by_room):
    """{program/row: figure} and lines; with by_room where they go."""
    figures, lines = {}, []
    for kind in kinds:
        if kind.name not in ('gatehouse', 'gatehouse-no-record', 'nginx'):
            continue
        for name in ('plain-1k', 'ten-routes'):
            if name not in names or (kind.name == 'nginx' and name != 'plain-1k'):
                continue
            headers = {'Host': 'bench.localhost', 'x-bench': '1'} if name == 'ten-routes' else {}
            path = '/r7/items/42' if name == 'ten-routes' else '/1k'
            progress('counting instructions of %s, %s' % (kind.name, name))
            key = '%s/%s' % (kind.name, name)
            figures[key], costs = instructions.measure(kind, bed.folder, bed.backend.port, path, headers)
            if by_room and kind.name != 'nginx':
                lines += instructions.where(key, costs)
    return figures, lines


class Report:
    """What is printed at once and kept at the end, as Markdown and as figures."""

    def __init__(self, options):
        self.lines, self.raw, self.folder = [], {'machine': measure.machine()}, options.out
        self.add(['# Measured %s' % datetime.datetime.now().strftime('%Y-%m-%d %H:%M'), '', self.raw['machine'] + '.',
                  '%d rounds of %d s, interleaved, one worker each, wrk -t1, an nginx backend on the same machine.' % (
                      options.rounds, options.seconds), ''])

    def add(self, lines):
        print('\n'.join(lines), flush=True)
        self.lines += lines

    def keep(self):
        os.makedirs(self.folder, exist_ok=True)
        stem = os.path.join(self.folder, datetime.datetime.now().strftime('bench-%Y%m%d-%H%M%S'))
        with open(stem + '.md', 'w', encoding='utf-8') as file:
            file.write('\n'.join(self.lines) + '\n')
        with open(stem + '.json', 'w', encoding='utf-8') as file:
            json.dump(self.raw, file, indent=1)
        print('kept in %s.md and .json' % stem)


def run(options, kinds, bed, out):
    """True when the instructions of a request grew by more than a change may."""
    names, grew, grown = options.rows.split(','), False, {}
    if not options.instructions_only:
        for name in names:
            out.raw[name] = measure_row(name, kinds, bed, options.rounds)
            out.add(report.table(name, rows.ROWS[name], out.raw[name]))
        if not options.no_calls:
            out.raw['system calls'], lines = count_calls(kinds, bed)
            out.add(lines)
    if options.instructions_only or not options.no_instructions:
        found, lines = count_instructions(kinds, names, bed, options.by_room or not options.instructions_only)
        out.raw['instructions'] = found
        told, grew, grown = instructions.compare(found)
        out.add(['## Instructions', '', *told, '', *lines])
        if options.keep_instructions:
            instructions.keep({key: value for key, value in found.items() if key.startswith('gatehouse')})
            grew = False
    if not options.instructions_only:
        figures = verdicts.figures(out.raw)
        out.raw['numbers to hold'] = [figure.kept() for figure in figures]
        out.add(verdicts.lines(figures, grown))
    return grew


def main():
    options = parse()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    kinds = present(options)
    out = Report(options)
    with tempfile.TemporaryDirectory(prefix='gatehouse-bench-') as folder:
        backend = subjects.Backend(folder).start(0)
        try:
            grew = run(options, kinds, rows.Bed(folder, backend, options.programs, options.seconds), out)
        finally:
            backend.stop()
    out.keep()
    return 1 if grew else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit('%s: %s' % (error.cmd[0], error.stderr or error))
