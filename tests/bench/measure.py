"""CPU time and memory of a process with all its children, one run of wrk, and the machine in a few words."""
import mmap
import os
import platform
import re
import subprocess

TICK = os.sysconf('SC_CLK_TCK')


def _stat(pid):
    """(parent, ticks of user and system) of a process, all its threads included; None when it is gone."""
    try:
        with open('/proc/%s/stat' % pid, encoding='ascii', errors='replace') as file:
            fields = file.read().rsplit(')', 1)[1].split()
        return int(fields[1]), int(fields[11]) + int(fields[12])
    except (OSError, IndexError, ValueError):
        return None


def family(pid):
    """The process and everything below it."""
    parents = {}
    for name in os.listdir('/proc'):
        if name.isdigit():
            stat = _stat(int(name))
            if stat:
                parents.setdefault(stat[0], []).append(int(name))
    found, todo = [], [pid]
    while todo:
        at = todo.pop()
        found.append(at)
        todo += parents.get(at, [])
    return found


def cpu_seconds(pids):
    return sum(stat[1] for stat in map(_stat, pids) if stat) / TICK


def thread_seconds(pid):
    """{thread: CPU seconds so far} of one process."""
    found = {}
    for thread in os.listdir('/proc/%d/task' % pid):
        stat = _stat('%d/task/%s' % (pid, thread))
        if stat:
            found[int(thread)] = stat[1] / TICK
    return found


def threads_named(pid, start):
    """The threads of one process whose names begin so."""
    found = []
    for thread in os.listdir('/proc/%d/task' % pid):
        with open('/proc/%d/task/%s/comm' % (pid, thread), encoding='utf-8', errors='replace') as file:
            if file.read().startswith(start):
                found.append(int(thread))
    return found


def pin(pids, cores):
    """All threads of these processes run on these cores from here on."""
    for pid in pids:
        for thread in thread_seconds(pid):
            os.sched_setaffinity(thread, cores)


def memory_mib(pids):
    """Proportional resident memory: what is shared between workers counts once."""
    total = 0
    for pid in pids:
        try:
            with open('/proc/%d/smaps_rollup' % pid, encoding='ascii') as file:
                total += int(re.search(r'^Pss:\s+(\d+)', file.read(), re.M).group(1))
        except (OSError, AttributeError):
            pass
    return total / 1024


def touch_memory(size=1 << 30):
    """Takes that much memory and gives it back. A virtual machine's host finds each page at its first use, which costs ten times
    what clearing it does and would be charged to whoever happens to use it first."""
    with mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        memory.madvise(mmap.MADV_HUGEPAGE)
        for at in range(0, size, mmap.PAGESIZE):
            memory[at] = 1


UNITS = {'us': 0.001, 'ms': 1.0, 's': 1000.0, 'm': 60000.0}


def wrk(url, seconds, connections=64, headers=(), script=None):
    """One run; requests, seconds, p50 and p99 in ms, and what went wrong."""
    command = ['wrk', '-t1', '-c%d' % connections, '-d%ds' % seconds, '--latency']
    for header in headers:
        command += ['-H', header]
    if script:
        command += ['-s', script]
    out = subprocess.run(command + [url], capture_output=True, text=True, timeout=seconds + 60, check=True).stdout

    def percentile(name):
        match = re.search(r'^\s*%s%%\s+([\d.]+)(us|ms|s|m)$' % name, out, re.M)
        return float(match.group(1)) * UNITS[match.group(2)] if match else float('nan')

    done = re.search(r'(\d+) requests in ([\d.]+)(ms|s|m)', out)
    refused = re.search(r'Non-2xx or 3xx responses: (\d+)', out)
    broken = re.search(r'Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)', out)
    return {
        'requests': int(done.group(1)),
        'seconds': float(done.group(2)) * UNITS[done.group(3)] / 1000,
        'p50': percentile('50'),
        'p99': percentile('99'),
        'refused': int(refused.group(1)) if refused else 0,
        'broken': sum(map(int, broken.groups())) if broken else 0,
    }


def machine():
    model = 'unknown processor'
    with open('/proc/cpuinfo', encoding='ascii', errors='replace') as file:
        match = re.search(r'^model name\s*:\s*(.+)$', file.read(), re.M)
        if match:
            model = match.group(1)
    with open('/proc/meminfo', encoding='ascii') as file:
        memory = int(file.readline().split()[1]) / 1048576
    virtual = 'hypervisor' in open('/proc/cpuinfo', encoding='ascii', errors='replace').read()
    return '%d cores of %s%s, %.0f GiB, Linux %s, load %.1f before the first round' % (
        os.cpu_count(), model, ' (virtual)' if virtual else '', memory, platform.release().split('-')[0], os.getloadavg()[0])
