"""Where the instructions go: what callgrind counted, by function and by room of gateway/.

A function belongs to the room its namespace names; what is compiled into its caller counts as the caller's.
"""
import os
import re

# In the order in which a request passes them.
ROOMS = ['net', 'server', 'http', 'exchange', 'runtime', 'policy', 'upstream', 'mock', 'observe', 'engine', 'base',
         'standard library', 'libc: memory', 'libc: system calls', 'libc: other', 'Qt', 'other']
NAMESPACE = re.compile(r'gatehouse::(?:([a-z]+)::)?')
COST = re.compile(r'(?:[+-]?\d+|\*|0x[0-9a-f]+) (\d+)')
NAME = re.compile(r'(c?)(fn|ob)=(?:\((\d+)\))?\s?(.*)')
CALLS = ('send', 'sendmsg', 'recv', 'epoll_wait', 'epoll_ctl', 'accept4', 'close', 'connect', 'write', 'read', 'socket', 'shutdown',
         'getsockopt', 'setsockopt', 'clock_gettime', '__pthread_enable_asynccancel', '__pthread_disable_asynccancel', 'futex', 'syscall')
MEMORY = re.compile(r'mem|str|malloc|free|calloc|realloc|tcache')


def by_function(path):
    """{(function, object): own instructions} of a callgrind file."""
    names = {'fn': {}, 'ob': {}}
    current = {'fn': '', 'ob': ''}
    found, of_call = {}, False
    with open(path, encoding='utf-8', errors='replace') as file:
        for line in file:
            name = NAME.match(line)
            if name:
                called, kind, number, text = name.groups()
                if number:
                    text = names[kind].setdefault(number, text) if text else names[kind].get(number, '')
                if not called:
                    current[kind] = text
            elif line.startswith('calls='):
                of_call = True  # the next line counts what was called, which stands at its own place too
            else:
                cost = COST.match(line)
                if cost and not of_call:
                    key = (current['fn'], os.path.basename(current['ob']))
                    found[key] = found.get(key, 0) + int(cost.group(1))
                of_call = of_call and not cost
    return found


def difference(long, short, requests):
    """What each function costs a request: the start cancels out."""
    costs = {key: (count - short.get(key, 0)) / requests for key, count in long.items()}
    return {key: cost for key, cost in costs.items() if abs(cost) >= 0.5}


def room_of(function, library):
    if library.startswith('libQt'):
        return 'Qt'
    if library.startswith(('libc.', 'libpthread', 'ld-linux', 'vdso')):
        plain = function.split('@')[0].split("'")[0]
        if plain.lstrip('_') in (call.lstrip('_') for call in CALLS) or plain in CALLS:
            return 'libc: system calls'
        return 'libc: memory' if MEMORY.search(plain) else 'libc: other'
    own = NAMESPACE.search(function)
    if own:
        return own.group(1) if own.group(1) in ROOMS else 'base'
    return 'standard library' if 'std::' in function or library.startswith('libstdc++') else 'other'


def by_room(costs):
    found = dict.fromkeys(ROOMS, 0.0)
    for (function, library), cost in costs.items():
        found[room_of(function, library)] += cost
    return {room: round(cost) for room, cost in found.items() if round(cost)}


def plain_name(function):
    """Without arguments and template parameters, to be read."""
    depth, text = 0, ''
    for character in function.replace('(anonymous namespace)::', '').replace('operator<', 'operator less'):
        depth += character in '<('
        if not depth:
            text += character
        depth -= character in '>)'
    return re.sub(r'\s*\[clone.*', '', text).replace('gatehouse::', '').strip() or function


def lines(costs, most=12):
    """Two tables as Markdown: by room, and the dearest functions."""
    total = sum(costs.values())
    told = ['| room | instructions a request | share |', '|---|---|---|']
    told += ['| %s | %s | %.0f%% |' % (room, format(cost, ','), 100 * cost / total) for room, cost in by_room(costs).items()]
    told += ['| all | %s | |' % format(round(total), ','), '', '| function | instructions a request | share |', '|---|---|---|']
    for (function, library), cost in sorted(costs.items(), key=lambda item: -item[1])[:most]:
        told.append('| `%s`%s | %s | %.1f%% |' % (plain_name(function), '' if library.startswith('gatehouse') else ' (%s)' % library,
                                                  format(round(cost), ','), 100 * cost / total))
    return told
