"""What the design holds Gatehouse to, row by row, and whether the figures of a run hold it.

A figure is a median over rounds; where it is a ratio, of the ratios within each round, since a shared machine changes its speed.
"""
import statistics

NOT_HERE = [
    ('archive on disk at 5,000/s: dropped; CPU against not recording', '0; 1.25', '0; 1.1', 'not built'),
    ('TLS 1.3 keep-alive and handshakes against nginx', '1.15', '1.0', 'not built'),
    ('HTTP/2 downstream against nginx', '1.15', '0.9', 'not built'),
    ("mock, static body, against Mockoon's CLI", '20x', '40x', 'not measured here: its peer is no Debian package'),
]


class Figure:
    """What one line of the last table shows: the values of the rounds, and what they have to be at most."""

    def __init__(self, what, values, hold, aim, unit=''):
        self.what, self.values, self.hold, self.aim, self.unit = what, list(values), hold, aim, unit
        self.value = statistics.median(self.values) if self.values else None

    def verdict(self):
        if self.value is None:
            return 'not measured'
        if self.hold is None:
            return '-'
        if self.value <= self.hold:
            return 'holds' + ('' if self.aim is None or self.value > self.aim else ', aim reached')
        return 'misses by %.0f%%' % (100 * (self.value / self.hold - 1)) if self.hold else 'misses by %g' % self.value

    def cells(self):
        def text(number):
            return '-' if number is None else ('%d%s' if float(number).is_integer() and abs(number) >= 2 else '%.2f%s') % (number, self.unit)

        spread = '%s to %s' % (text(min(self.values)), text(max(self.values))) if len(self.values) > 1 else '-'
        return [self.what, text(self.value), spread, text(self.hold), text(self.aim), self.verdict()]

    def kept(self):
        return {'what': self.what, 'value': self.value, 'rounds': self.values, 'hold': self.hold, 'aim': self.aim, 'verdict': self.verdict()}


def ratios(runs, key, name='gatehouse', reference='nginx'):
    return [a[key] / b[key] for a, b in zip(runs.get(name, ()), runs.get(reference, ()))]


def column(runs, key, name='gatehouse'):
    return [run[key] for run in runs.get(name, ()) if key in run]


def figures(raw):
    """Of {row: {program: [run, ...]}}: every line of performance.md's table that concerns HTTP/1, as far as it was measured."""
    def row(name):
        return raw.get(name, {})

    idle, two, fair = row('idle-connections'), row('two-workers'), row('fairness')
    return [
        Figure('plain proxy 1 KiB, recording, CPU/request against nginx', ratios(row('plain-1k'), 'cpu_us'), 1.0, 0.75),
        Figure('the same without recording', ratios(row('plain-1k'), 'cpu_us', 'gatehouse-no-record'), None, 0.6),
        Figure('ten routes with match, rate limit, headers, recording, against nginx proxying plainly', ratios(row('ten-routes'), 'cpu_us'), 1.25, 1.0),
        Figure('64 KiB bodies, recorded, against nginx', ratios(row('plain-64k'), 'cpu_us'), 1.25, 1.0),
        Figure('p99 at -c64 against nginx', ratios(row('plain-1k'), 'p99'), 1.15, 0.8),
        Figure('9,500 idle connections: CPU/request against without them', column(idle, 'change'), 1.1, 1.0),
        Figure('9,500 idle connections: memory each', column(idle, 'idle_kib'), 2, 0.5, ' KiB'),
        Figure('new connection per request against nginx', ratios(row('new-connections'), 'cpu_us'), 1.1, 0.9),
        Figure('CPU/request with two workers against one', column(two, 'change'), 1.1, 1.0),
        Figure('waits of two workers for a lock, in three seconds of load', column(two, 'lock_waits'), 0, 0),
        Figure('p99 of small requests beside an upload and a 3G client, against without', column(fair, 'change'), 1.5, None),
        Figure('the same of nginx', column(fair, 'change', 'nginx'), None, None),
    ]


def lines(found, grown):
    told = ['## Numbers to hold', '', '| what | figure | its rounds | hold | aim | |', '|---|---|---|---|---|---|']
    told += ['| %s |' % ' | '.join(figure.cells()) for figure in found]
    told += ['| instructions a request, growth: %s | %+.1f%% | | 3%% | falls | %s |' % (name, 100 * change, 'holds' if change <= 0.03 else 'misses')
             for name, change in grown.items()]
    told += ['| %s | | | %s | %s | %s |' % (what, hold, aim, why) for what, hold, aim, why in NOT_HERE]
    return told + ['']
