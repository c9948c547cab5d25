"""Instructions a request under callgrind: the difference between a long and a short run, so that the start cancels out.

The figure that guards against getting slower: kept in instructions.json beside this file, with what it was measured with.
"""
import glob
import http.client
import json
import os
import subprocess

import rooms

HERE = os.path.dirname(os.path.abspath(__file__))
KEPT = os.path.join(HERE, 'instructions.json')
SHORT, LONG = 300, 1300
GROWTH = 0.03  # by one change, unless the change says why


def _collected(program, backend_port, requests, path, headers):
    """{(function, object): instructions} of a run from start to end with so many requests on one connection."""
    out = os.path.join(program.folder, 'callgrind')
    for old in glob.glob(out + '.*'):
        os.remove(old)
    program.start(backend_port, prefix=['valgrind', '--tool=callgrind', '--callgrind-out-file=' + out + '.%p'])
    try:
        connection = http.client.HTTPConnection('127.0.0.1', program.port, timeout=60)
        for _ in range(requests):
            connection.request('GET', path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status != 200:
                raise SystemExit('%s answered %d under callgrind' % (program.name, answer.status))
        connection.close()
    finally:
        program.stop()
    # A program of several processes leaves several counts; the largest is the one that worked.
    counts = [rooms.by_function(name) for name in glob.glob(out + '.*')]
    if not counts:
        raise SystemExit('callgrind counted nothing: see %s' % os.path.join(program.folder, 'log'))
    return max(counts, key=lambda costs: sum(costs.values()))


def measure(kind, folder, backend_port, path, headers):
    """Instructions a request, and of them those of each (function, object)."""
    short = _collected(kind(folder), backend_port, SHORT, path, headers)
    long = _collected(kind(folder), backend_port, LONG, path, headers)
    return round((sum(long.values()) - sum(short.values())) / (LONG - SHORT)), rooms.difference(long, short, LONG - SHORT)


def where(key, costs):
    return ['Where the instructions of %s go:' % key, '', *rooms.lines(costs), '']


def compiler():
    return subprocess.run(['g++', '-dumpfullversion'], capture_output=True, text=True, check=False).stdout.strip()


def kept():
    try:
        with open(KEPT, encoding='utf-8') as file:
            return json.load(file)
    except FileNotFoundError:
        return {}


def keep(figures):
    with open(KEPT, 'w', encoding='utf-8') as file:
        json.dump({'measured-with': 'g++ %s, release, one worker, %d requests on one connection' % (compiler(), LONG - SHORT),
                   'instructions-per-request': figures}, file, indent=2)
        file.write('\n')


def compare(figures):
    """Lines to print, whether something grew by more than a change may, and the growth of each figure that is kept."""
    before, lines, grew, grown = kept().get('instructions-per-request', {}), [], False, {}
    for row, count in figures.items():
        if row in before:
            change = grown[row] = count / before[row] - 1
            word = 'kept %d, %+.1f%%' % (before[row], 100 * change)
            if change > GROWTH:
                grew = True
                word += ', more than %d%%: say why in the change, and keep it with --keep-instructions' % (100 * GROWTH)
        else:
            word = 'none kept yet: --keep-instructions'
        lines.append('%-24s %9d instructions a request (%s)' % (row, count, word))
    return lines, grew, grown
