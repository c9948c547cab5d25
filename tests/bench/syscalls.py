"""System calls a request, counted by strace while a load runs; and how often a thread had to wait for a lock."""
import os
import re
import shutil
import signal
import subprocess
import time

import measure

CONNECTIONS = 64
NEXT = """A request on kept connections takes two recv and two send, the least a proxy on epoll can do, and a share of an epoll_wait. What is
left to save, in this order: the epoll_ctl of each new connection (io_uring, whose multishot accept and receive also do away with
accept4 and epoll_wait), then recv and send themselves (io_uring: several connections' in one entry into the kernel)."""


def available():
    return shutil.which('strace') is not None


class Attached:
    """strace on a running program and all its threads; ended by stop()."""

    def __init__(self, program, arguments):
        self.log = os.path.join(program.folder, 'strace')
        pids = [argument for pid in measure.family(program.process.pid) for argument in ('-p', str(pid))]
        self.process = subprocess.Popen(['strace', '-f', '-o', self.log, *arguments, *pids], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()  # "strace: Process 42 attached"
        if 'attached' not in line:
            self.process.wait()
            raise OSError(line.strip() or 'strace ended with %d' % self.process.returncode)

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=30)
        with open(self.log, encoding='utf-8', errors='replace') as file:
            return file.read()


def per_request(program, url, seconds=2, headers=()):
    """{call: (a request, of these failed)} of a running program; what it does for each request comes out near a whole number."""
    attached = Attached(program, ['-c', '-U', 'name,calls,errors'])
    try:
        result = measure.wrk(url, seconds, CONNECTIONS, headers)
    finally:
        text = attached.stop()
    found = {}
    for name, calls, errors in re.findall(r'^\s*(\w+)\s+(\d+)(?:\s+(\d+))?\s*$', text, re.M):
        if name != 'total':
            found[name] = (int(calls) / result['requests'], int(errors or 0) / result['requests'])
    return dict(sorted(found.items(), key=lambda item: -item[1][0]))


def told(calls, least=0.005):
    """One line: what is called at least so often a request."""
    return ', '.join('%s %.2f%s' % (name, each, ' (%.2f failed)' % failed if failed >= least else '')
                     for name, (each, failed) in calls.items() if each >= least) + '; in all %.2f' % sum(each for each, _ in calls.values())


def lock_waits(program, backend_port, load):
    """(waits of the workers' threads for a lock, requests) of a program started for it, while `load` runs. Only futex() stops at strace."""
    log = os.path.join(program.folder, 'futex')
    program.start(backend_port, prefix=['strace', '-D', '-f', '--seccomp-bpf', '-ttt', '-e', 'trace=futex', '-o', log])
    try:
        start = time.time()
        result = load(program)
        end, workers = time.time(), measure.threads_named(program.process.pid, 'worker')
    finally:
        program.stop()
    if len(workers) != program.workers:
        raise SystemExit('%d of the threads of %s are workers, not %d' % (len(workers), program.name, program.workers))
    with open(log, encoding='utf-8', errors='replace') as file:
        found = re.findall(r'^(\d+) +([\d.]+) futex\(.*FUTEX_(?:WAIT|LOCK_PI)', file.read(), re.M)
    # The first half second makes what is made once: threads, pools, names.
    return sum(int(thread) in workers and start + 0.5 <= float(when) <= end for thread, when in found), result['requests']
