"""What is measured, row by row, and how one program is measured for it once.

A row's run() gives a dictionary of figures for one program in one round; verdicts.py says what they have to hold.
"""
import concurrent.futures
import json
import os
import socket
import subprocess
import time

import measure
import subjects
import syscalls

CONNECTIONS = 64
IDLE = 9500
RATE = 1000  # small requests a second while fairness is measured
PATHS = 'local n = 0\nrequest = function() n = (n + 1) %% %d; return wrk.format("GET", "/r" .. n .. "/items/42") end\n'


class Bed:
    """What the rows share: the folder, the backend, the programs' folder, and how long a run lasts."""

    def __init__(self, folder, backend, programs, seconds):
        self.folder, self.backend, self.seconds = folder, backend, seconds
        self.load = os.path.join(os.path.dirname(os.path.abspath(programs)), 'bench', 'bench_load')
        self.script = os.path.join(folder, 'routes.lua')
        with open(self.script, 'w', encoding='ascii') as file:
            file.write(PATHS % subjects.ROUTES)


class Started:
    """A program for the length of a with; what it recorded meanwhile has to add up with what was asked of it."""

    def __init__(self, kind, bed, **options):
        self.program, self.bed, self.options = kind(bed.folder, **options), bed, options

    def __enter__(self):
        measure.touch_memory()
        self.program.start(self.bed.backend.port)
        return self.program

    def __exit__(self, *_):
        self.program.stop()


def counted(program, load, slack=2 * CONNECTIONS):
    """Runs `load` and gives its figures with CPU, memory and what was recorded meanwhile."""
    pids = measure.family(program.process.pid)
    before = program.recorded()
    cpu = measure.cpu_seconds(pids)
    result = load()
    cpu = measure.cpu_seconds(pids) - cpu
    result.update(cpu_us=1e6 * cpu / max(result['requests'], 1), rate=result['requests'] / result['seconds'], memory=measure.memory_mib(pids))
    after = program.recorded()
    if before:
        result['recorded'] = {key: after[key] - before[key] for key in after}
        # wrk leaves when its time is over: as many as it has connections may be served and not counted by it.
        if not 0 <= result['recorded']['served'] - result['requests'] - result['refused'] <= slack:
            raise SystemExit('%s says it served %d of %d requests' % (program.name, result['recorded']['served'], result['requests']))
    return result


class Load:
    """wrk, as fast as it goes."""

    def __init__(self, title, path, headers=(), routes=False, idle=0):
        self.title, self.path, self.headers, self.routes, self.idle = title, path, headers, routes, idle

    @staticmethod
    def kinds(kinds):
        return kinds

    def wrk(self, bed, program, seconds):
        return measure.wrk('http://127.0.0.1:%d%s' % (program.port, self.path), seconds, CONNECTIONS, self.headers,
                           bed.script if self.routes else None)

    def run(self, kind, bed):
        with Started(kind, bed) as program:
            self.wrk(bed, program, 1)  # warm: pools, caches, clock frequency
            return counted(program, lambda: self.wrk(bed, program, bed.seconds))


class Idle(Load):
    """The same load without and with many idle connections held, on one started program."""

    def run(self, kind, bed):
        held = []
        with Started(kind, bed) as program:
            self.wrk(bed, program, 1)
            without = counted(program, lambda: self.wrk(bed, program, bed.seconds))
            memory = measure.memory_mib(measure.family(program.process.pid))
            try:
                held = [socket.create_connection(('127.0.0.1', program.port), 10) for _ in range(self.idle)]
                grown = measure.memory_mib(measure.family(program.process.pid)) - memory
                result = counted(program, lambda: self.wrk(bed, program, bed.seconds))
            finally:
                for connection in held:
                    connection.close()
        result.update(idle_kib=1024 * grown / self.idle, cpu_us_without=without['cpu_us'], change=result['cpu_us'] / without['cpu_us'])
        return result


class Workers(Load):
    """One worker and two, and how often the two had to wait for a lock."""

    @staticmethod
    def kinds(kinds):
        return [kind for kind in kinds if kind is subjects.Gatehouse]

    def run(self, kind, bed):
        one = self.run_with(kind, bed, 1)
        for _ in range(5):
            result = self.run_with(kind, bed, 2)
            if result['second_share'] >= 0.2:  # else nearly all connections went to one of them, which says nothing of two
                break
        result.update(cpu_us_one=one['cpu_us'], rate_one=one['rate'], change=result['cpu_us'] / one['cpu_us'])
        if syscalls.available():
            result['lock_waits'], result['lock_requests'] = syscalls.lock_waits(
                kind(bed.folder, workers=2), bed.backend.port, lambda program: self.two_loads(bed, program, min(bed.seconds, 3)))
        return result

    def run_with(self, kind, bed, workers):
        with Started(kind, bed, workers=workers) as program:
            threads = sorted(measure.threads_named(program.process.pid, 'worker'))
            for thread, core in zip(threads, sorted(os.sched_getaffinity(0))):
                os.sched_setaffinity(thread, [core])
            result = counted(program, lambda: self.two_loads(bed, program, bed.seconds))
            spent = measure.thread_seconds(program.process.pid)
            result['second_share'] = min(spent[thread] for thread in threads) / max(sum(spent[thread] for thread in threads), 0.001)
            return result

    def two_loads(self, bed, program, seconds):
        """Two of wrk, the second once the first is under way: of connections that come all at once the worker that wakes first takes most."""
        url = 'http://127.0.0.1:%d%s' % (program.port, self.path)
        with concurrent.futures.ThreadPoolExecutor(1) as other:
            first = other.submit(measure.wrk, url, seconds, CONNECTIONS // 2)
            time.sleep(0.5)
            results = [measure.wrk(url, seconds, CONNECTIONS // 2), first.result()]
        return dict(results[0], seconds=seconds + 0.5, **{key: sum(one[key] for one in results) for key in ('requests', 'refused', 'broken')})


class Fair:
    """Small requests at a fixed rate, without and with an upload at full speed and a client on 3G beside them."""

    title = 'p99 of %d small requests a second beside an upload at full speed and a client on 3G' % RATE

    @staticmethod
    def kinds(kinds):
        return [kind for kind in kinds if kind.name in ('nginx', 'gatehouse')]

    def run(self, kind, bed):
        sink = subprocess.Popen([bed.load, 'sink'], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            with Started(kind, bed, sink_port=int(sink.stdout.readline())) as program:
                self.spread(program, bed, sink)
                self.load(bed, program, 1, 0)
                without = [self.load(bed, program, bed.seconds, 0)]
                beside = self.load(bed, program, bed.seconds, 1)
                without.append(self.load(bed, program, bed.seconds, 0))
                program.recorded()
        finally:
            sink.stdin.close()
            sink.wait(10)
            sink.stdout.close()
            measure.pin([bed.backend.process.pid], range(os.cpu_count()))
        alone = {key: sum(one[key] for one in without) / 2 for key in ('p50', 'p99')}
        return dict(beside, p50_alone=alone['p50'], p99_alone=alone['p99'], change=beside['p99'] / alone['p99'])

    @staticmethod
    def spread(program, bed, sink):
        """The proxy has a core of its own and all others share the rest: how the system shares a core is not measured here."""
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) > 1:
            measure.pin(measure.family(program.process.pid), cores[:1])
            measure.pin([bed.backend.process.pid, sink.pid], cores[1:])

    @staticmethod
    def load(bed, program, seconds, beside):
        cores = sorted(os.sched_getaffinity(0))
        rest = cores[1:] or cores
        done = subprocess.run([bed.load, 'run', str(program.port), str(seconds), str(RATE), str(beside)], capture_output=True, text=True,
                              timeout=seconds + 60, check=True, preexec_fn=lambda: os.sched_setaffinity(0, rest))
        result = json.loads(done.stdout)
        if result['failed']:
            raise SystemExit('%s failed %d of the small requests' % (program.name, result['failed']))
        return result


ROWS = {
    'plain-1k': Load('plain proxy, 1 KiB answers, keep-alive, -c64', '/1k'),
    'ten-routes': Load('ten routes by host, path and header, rate limit and headers; peers proxy plainly', '/',
                       ['Host: bench.localhost', 'x-bench: 1'], routes=True),
    'plain-64k': Load('plain proxy, 64 KiB answers, -c64', '/64k'),
    'new-connections': Load('a new connection for each request, -c64', '/1k', ['Connection: close']),
    'idle-connections': Idle('plain proxy, 1 KiB, with %d idle connections held' % IDLE, '/1k', idle=IDLE),
    'two-workers': Workers('plain proxy, 1 KiB, two workers against one', '/1k'),
    'fairness': Fair(),
}
