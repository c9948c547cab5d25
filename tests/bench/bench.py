#!/usr/bin/env python3
"""Measures Gatehouse beside tuned peers in the same run, in interleaved rounds.

The column to trust is CPU (user+system of the proxy alone) a request as a ratio to nginx of the same round; differences under
15% are noise. Nothing here passes or fails by a stopwatch: instructions a request under callgrind guard against getting slower.
"""
import argparse
import datetime
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile

import instructions
import measure
import subjects

PATHS = 'local n = 0\nrequest = function() n = (n + 1) % %d; return wrk.format("GET", "/r" .. n .. "/items/42") end\n'
IDLE = 9500

# What is sent, and the CPU ratio to nginx that design holds Gatehouse to.
ROWS = {
    'plain-1k': {'title': 'plain proxy, 1 KiB answers, keep-alive, -c64', 'path': '/1k', 'hold': 1.0},
    'ten-routes': {'title': 'ten routes by host, path and header, rate limit and headers; peers proxy plainly', 'path': '/',
                   'headers': ['Host: bench.localhost', 'x-bench: 1'], 'routes': True, 'hold': 1.25},
    'plain-64k': {'title': 'plain proxy, 64 KiB answers, -c64', 'path': '/64k', 'hold': 1.25},
    'new-connections': {'title': 'a new connection for each request, -c64', 'path': '/1k', 'headers': ['Connection: close'], 'hold': 1.1},
    'idle-connections': {'title': 'plain proxy, 1 KiB, with %d idle connections held' % IDLE, 'path': '/1k', 'idle': IDLE},
}


def hold_idle(port, count):
    held = []
    for _ in range(count):
        held.append(socket.create_connection(('127.0.0.1', port), 10))
    return held


def one_run(kind, row, backend_port, folder, seconds, script):
    measure.touch_memory()
    program = kind(folder).start(backend_port)
    held = []
    try:
        url = 'http://127.0.0.1:%d%s' % (program.port, row['path'])
        arguments = {'headers': row.get('headers', ()), 'script': script if row.get('routes') else None}
        measure.wrk(url, 1, **arguments)  # warm: pools, caches, clock frequency
        before_idle = measure.memory_mib(measure.family(program.process.pid))
        if row.get('idle'):
            held = hold_idle(program.port, row['idle'])
            idle_kib = 1024 * (measure.memory_mib(measure.family(program.process.pid)) - before_idle) / len(held)
        pids = measure.family(program.process.pid)
        recorded_before = program.recorded()
        cpu = measure.cpu_seconds(pids)
        result = measure.wrk(url, seconds, **arguments)
        cpu = measure.cpu_seconds(pids) - cpu
        result.update(cpu_us=1e6 * cpu / max(result['requests'], 1), rate=result['requests'] / result['seconds'],
                      memory=measure.memory_mib(pids))
        if held:
            result['idle_kib'] = idle_kib
        if recorded_before is not None:
            after = program.recorded()
            result['recorded'] = {key: after[key] - recorded_before.get(key, 0) for key in after}
            result['recorded']['held'] = after.get('recorded', 0)
            result['recorded']['adds-up'] = after.get('served') == sum(after.get(k, 0) for k in ('recorded', 'dropped'))
        return result
    finally:
        for connection in held:
            connection.close()
        program.stop()


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def spread(values):
    return '%.2f to %.2f' % (min(values), max(values)) if len(values) > 1 else 'one round'


def table(row_name, row, runs):
    """The figures of one row as lines of Markdown."""
    lines = ['## %s: %s' % (row_name, row['title']), '',
             '| program | req/s | p99 ms | CPU us/request | ratio to nginx | its rounds | p99 to nginx | MiB | refused, broken |',
             '|---|---|---|---|---|---|---|---|---|']
    reference, notes = runs.get('nginx'), []
    for name, own in runs.items():
        ratios = [a['cpu_us'] / b['cpu_us'] for a, b in zip(own, reference)] if reference else []
        lines.append('| %s | %s | %.1f | %.1f | %s | %s | %s | %.0f | %d, %d |' % (
            name, format(round(median(own, 'rate')), ','), median(own, 'p99'), median(own, 'cpu_us'),
            '%.2f' % statistics.median(ratios) if ratios else '-', spread(ratios) if ratios else '-',
            '%.2f' % (median(own, 'p99') / median(reference, 'p99')) if reference else '-', median(own, 'memory'),
            sum(run['refused'] for run in own), sum(run['broken'] for run in own)))
        if name == 'gatehouse' and ratios and 'hold' in row:
            met = statistics.median(ratios) <= row['hold']
            notes.append('gatehouse: hold %.2f of nginx: %s' % (row['hold'], 'met' if met else 'NOT met'))
        if any('idle_kib' in run for run in own):
            notes.append('%s: %.2f KiB for each idle connection' % (name, median(own, 'idle_kib')))
        told = [run['recorded'] for run in own if 'recorded' in run]
        if told:
            notes.append('%s recorded: %s' % (name, '; '.join(
                ', '.join('%s %s' % pair for pair in sorted(one.items())) for one in told)))
    return lines + [''] + notes + ['']


def count_instructions(kinds, names, folder, backend_port):
    figures = {}
    for kind in kinds:
        if kind.name not in ('gatehouse', 'gatehouse-no-record', 'nginx'):
            continue
        for row_name in ('plain-1k', 'ten-routes'):
            if row_name not in names or (kind.name == 'nginx' and row_name != 'plain-1k'):
                continue
            headers = {'Host': 'bench.localhost', 'x-bench': '1'} if row_name == 'ten-routes' else {}
            path = '/r7/items/42' if row_name == 'ten-routes' else '/1k'
            print('counting instructions of %s, %s' % (kind.name, row_name), file=sys.stderr, flush=True)
            figures['%s/%s' % (kind.name, row_name)] = instructions.measure(kind, folder, backend_port, path, headers)
    return figures


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--programs', default='build/release/bin', help='folder of gatehouse-cli')
    parser.add_argument('--out', default='build/bench', help='where the table and the raw figures go')
    parser.add_argument('--rows', default=','.join(ROWS), help='of: ' + ', '.join(ROWS))
    parser.add_argument('--subjects', default='', help='of: ' + ', '.join(k.name for k in subjects.ALL) + ' (default: all that are there)')
    parser.add_argument('--rounds', type=int, default=3)
    parser.add_argument('--seconds', type=int, default=5, help='of each run')
    parser.add_argument('--quick', action='store_true', help='one round of 2 s: does it run at all')
    parser.add_argument('--no-instructions', action='store_true')
    parser.add_argument('--instructions-only', action='store_true')
    parser.add_argument('--keep-instructions', action='store_true', help='write tests/bench/instructions.json')
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.seconds = 1, 2
    return options


def main():
    options = parse()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    names = options.rows.split(',')
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
    text = ['# Measured %s' % datetime.datetime.now().strftime('%Y-%m-%d %H:%M'), '', measure.machine() + '.',
            '%d rounds of %d s, interleaved, one worker each, wrk -t1, an nginx backend on the same machine.' % (options.rounds, options.seconds), '']
    raw = {}
    with tempfile.TemporaryDirectory(prefix='gatehouse-bench-') as folder:
        script = os.path.join(folder, 'routes.lua')
        with open(script, 'w', encoding='ascii') as file:
            file.write(PATHS.replace('%d', str(subjects.ROUTES)))
        backend = subjects.Backend(folder).start(0)
        try:
            for name in names:
                runs = {kind.name: [] for kind in kinds}
                for turn in range(0 if options.instructions_only else options.rounds):
                    shift = turn % len(kinds)  # nobody is always first or always last
                    for kind in kinds[shift:] + kinds[:shift]:
                        print('%s, round %d of %d: %s' % (name, turn + 1, options.rounds, kind.name), file=sys.stderr, flush=True)
                        runs[kind.name].append(one_run(kind, ROWS[name], backend.port, folder, options.seconds, script))
                if options.instructions_only:
                    continue
                raw[name] = runs
                lines = table(name, ROWS[name], runs)
                print('\n'.join(lines), flush=True)
                text += lines
            grew = False
            if not options.no_instructions:
                figures = count_instructions(kinds, names, folder, backend.port)
                raw['instructions'] = figures
                lines, grew = instructions.compare(figures)
                print('\n'.join(lines), flush=True)
                text += ['## Instructions', '', *lines]
                if options.keep_instructions:
                    instructions.keep({key: value for key, value in figures.items() if key.startswith('gatehouse')})
                    grew = False
        finally:
            backend.stop()
    os.makedirs(options.out, exist_ok=True)
    stem = os.path.join(options.out, datetime.datetime.now().strftime('bench-%Y%m%d-%H%M%S'))
    with open(stem + '.md', 'w', encoding='utf-8') as file:
        file.write('\n'.join(text) + '\n')
    with open(stem + '.json', 'w', encoding='utf-8') as file:
        json.dump(raw, file, indent=1)
    print('kept in %s.md and .json' % stem)
    return 1 if grew else 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        sys.exit('%s: %s' % (error.cmd[0], error.stderr or error))
