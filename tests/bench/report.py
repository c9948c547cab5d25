"""The figures of one row as lines of Markdown."""
import statistics

import rows


def median(runs, key):
    return statistics.median(run[key] for run in runs)


def spread(values):
    return '%.2f to %.2f' % (min(values), max(values)) if len(values) > 1 else 'one round'


def recorded(name, runs):
    """What it recorded and dropped of what it served, all rounds together; that this adds up was checked as each run ended."""
    told = [run['recorded'] for run in runs if 'recorded' in run]
    if not told:
        return []
    total = {key: sum(one[key] for one in told) for key in told[0]}
    return ['%s: recorded %s + dropped %s = served %s (bodies dropped: %s)' % (
        name, *(format(total[key], ',') for key in ('recorded', 'dropped', 'served', 'bodies dropped')))]


def load_table(runs):
    lines = ['| program | req/s | p50 ms | p99 ms | CPU us/request | ratio to nginx | its rounds | p99 to nginx | its rounds | MiB | refused, broken |',
             '|---|---|---|---|---|---|---|---|---|---|---|']
    reference, notes = runs.get('nginx'), []
    for name, own in runs.items():
        cpu = [a['cpu_us'] / b['cpu_us'] for a, b in zip(own, reference)] if reference else []
        late = [a['p99'] / b['p99'] for a, b in zip(own, reference)] if reference else []
        lines.append('| %s | %s | %.1f | %.1f | %.1f | %s | %s | %s | %s | %.0f | %d, %d |' % (
            name, format(round(median(own, 'rate')), ','), median(own, 'p50'), median(own, 'p99'), median(own, 'cpu_us'),
            '%.2f' % statistics.median(cpu) if cpu else '-', spread(cpu) if cpu else '-',
            '%.2f' % statistics.median(late) if late else '-', spread(late) if late else '-', median(own, 'memory'),
            sum(run['refused'] for run in own), sum(run['broken'] for run in own)))
        notes += recorded(name, own)
        if 'idle_kib' in own[0]:
            notes.append('%s: %.2f KiB for each idle connection; CPU/request %.2f of without them (%s)' % (
                name, median(own, 'idle_kib'), median(own, 'change'), spread([run['change'] for run in own])))
    return lines + [''] + notes


def workers_table(runs):
    lines = ['| program | req/s of one, of two | CPU us/request of one, of two | two against one | its rounds | share of the second | waits for a lock |',
             '|---|---|---|---|---|---|---|']
    for name, own in runs.items():
        waits = ['%d in %s requests' % (run['lock_waits'], format(run['lock_requests'], ',')) for run in own if 'lock_waits' in run]
        lines.append('| %s | %s, %s | %.1f, %.1f | %.2f | %s | %.0f%% | %s |' % (
            name, format(round(median(own, 'rate_one')), ','), format(round(median(own, 'rate')), ','), median(own, 'cpu_us_one'),
            median(own, 'cpu_us'), median(own, 'change'), spread([run['change'] for run in own]), 100 * median(own, 'second_share'),
            '; '.join(waits) or 'not measured: no strace'))
    return lines + [''] + [line for name, own in runs.items() for line in recorded(name, own)]


def fairness_table(runs):
    lines = ['| program | p50 ms alone, beside | p99 ms alone, beside | p99 beside against alone | its rounds | upload MiB/s | 3G client KiB/s |',
             '|---|---|---|---|---|---|---|']
    for name, own in runs.items():
        lines.append('| %s | %.2f, %.2f | %.2f, %.2f | %.2f | %s | %.0f | %.0f |' % (
            name, median(own, 'p50_alone'), median(own, 'p50'), median(own, 'p99_alone'), median(own, 'p99'), median(own, 'change'),
            spread([run['change'] for run in own]), median(own, 'upload_mib_s'), median(own, 'slow_kib_s')))
    return lines


def table(name, row, runs):
    kind = fairness_table if isinstance(row, rows.Fair) else workers_table if isinstance(row, rows.Workers) else load_table
    return ['## %s: %s' % (name, row.title), '', *kind(runs), '']
