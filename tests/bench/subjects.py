"""The programs that are measured: each writes its configuration, starts, and says which process to watch.

Peers are tuned as their manuals advise for this job: one worker each, keep-alive on both sides, no log.
"""
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import time

ROUTES = 10  # of the row ten-routes
EVER = 1000000000
FILES = resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Program:
    """A started program that listens on 127.0.0.1:port; ended by stop()."""

    name = ''

    def __init__(self, folder, sink_port=0, workers=1):
        self.folder = os.path.join(folder, self.name)
        os.makedirs(self.folder, exist_ok=True)
        self.port = free_port()
        self.sink_port = sink_port  # what /upload is passed on to; 0: there is no such path
        self.workers = workers
        self.process = None

    @classmethod
    def available(cls, _programs):
        return shutil.which(cls.name) is not None

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'w', encoding='utf-8') as file:
            file.write(text)
        return path

    def start(self, backend_port, prefix=()):
        with open(os.path.join(self.folder, 'log'), 'ab') as log:
            self.process = subprocess.Popen([*prefix, *self.command(backend_port)], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env=self.environment(), cwd=self.folder)
        deadline = time.monotonic() + (90 if prefix else 15)
        while True:
            try:
                socket.create_connection(('127.0.0.1', self.port), 1).close()
                return self
            except OSError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    with open(os.path.join(self.folder, 'log'), encoding='utf-8', errors='replace') as log:
                        raise SystemExit('%s did not start; its last words:\n%s' % (self.name, log.read()[-2000:])) from None
                time.sleep(0.05)

    def environment(self):
        return {**os.environ, 'HOME': self.folder, 'XDG_DATA_HOME': self.folder, 'XDG_CONFIG_HOME': self.folder}

    def stop(self):
        # Asked again each second: a signal that arrives just before epoll_wait is not always noticed.
        for _ in range(20):
            if not self.process or self.process.poll() is not None:
                return
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(1)
            except subprocess.TimeoutExpired:
                pass
        self.process.kill()
        self.process.wait()

    def recorded(self):
        """What the program says it served, recorded and dropped once all is counted, or None for one that records nothing."""
        return None


NGINX = """
worker_processes 1;
daemon off;
master_process off;
pid nginx.pid;
error_log error.log crit;
worker_rlimit_nofile %(files)d;
events { worker_connections 20000; }
http {
    access_log off;
    sendfile on;
    tcp_nopush on;
    tcp_nodelay on;
    keepalive_requests 1000000000;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    %(inner)s
}
"""


class Backend(Program):
    """What all proxies stand before: nginx with bodies of 1 KiB and 64 KiB."""

    name = 'backend'

    @classmethod
    def available(cls, _programs):
        return shutil.which('nginx') is not None

    def command(self, _backend_port):
        for size in (1, 64):
            self.write('files/%dk' % size, 'x' * 1024 * size)
        config = NGINX % {'files': FILES, 'inner': '''
    open_file_cache max=100;
    server {
        listen 127.0.0.1:%d backlog=4096;
        root %s/files;
        default_type application/octet-stream;
        location / { try_files $uri /1k; }
    }''' % (self.port, self.folder)}
        return ['nginx', '-p', self.folder, '-e', 'error.log', '-c', self.write('nginx.conf', config)]


class Nginx(Program):
    name = 'nginx'

    def command(self, backend_port):
        upload = '''
        location /upload {
            proxy_pass http://127.0.0.1:%d;
            proxy_request_buffering off;
            client_max_body_size 0;
            client_body_buffer_size 64k;
        }''' % self.sink_port if self.sink_port else ''
        config = NGINX % {'files': FILES, 'inner': '''
    proxy_buffers 8 64k;
    proxy_buffer_size 16k;
    proxy_busy_buffers_size 128k;
    proxy_http_version 1.1;
    proxy_set_header Connection "";
    proxy_set_header Host $host;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    upstream backend { server 127.0.0.1:%d; keepalive 256; keepalive_requests 1000000000; }
    server {
        listen 127.0.0.1:%d backlog=4096;
        location / { proxy_pass http://backend; }%s
    }''' % (backend_port, self.port, upload)}
        return ['nginx', '-p', self.folder, '-e', 'error.log', '-c', self.write('nginx.conf', config)]


class Haproxy(Program):
    name = 'haproxy'

    def command(self, backend_port):
        config = '''
global
    nbthread 1
    maxconn %d
defaults
    mode http
    timeout connect 5s
    timeout client 75s
    timeout server 60s
    option http-keep-alive
    option forwardfor
    http-reuse always
    backlog 4096
frontend main
    bind 127.0.0.1:%d
%s    default_backend backend
backend backend
    server one 127.0.0.1:%d pool-max-conn 256
%s''' % (min(18000, FILES // 2 - 50), self.port, '    use_backend sink if { path_beg /upload }\n' if self.sink_port else '',
       backend_port, 'backend sink\n    server one 127.0.0.1:%d\n' % self.sink_port if self.sink_port else '')
        return ['haproxy', '-db', '-f', self.write('haproxy.cfg', config)]


class Caddy(Program):
    name = 'caddy'

    def command(self, backend_port):
        config = '''{
    admin off
    auto_https off
    log {
        level ERROR
    }
}
http://127.0.0.1:%d, http://bench.localhost:%d {
    bind 127.0.0.1
%s    reverse_proxy 127.0.0.1:%d {
        transport http {
            keepalive_idle_conns_per_host 256
        }
    }
}
''' % (self.port, self.port, '    reverse_proxy /upload 127.0.0.1:%d\n' % self.sink_port if self.sink_port else '', backend_port)
        return ['caddy', 'run', '--adapter', 'caddyfile', '--config', self.write('Caddyfile', config)]

    def environment(self):
        return {**super().environment(), 'GOMAXPROCS': '1'}


class H2o(Program):
    name = 'h2o'

    def command(self, backend_port):
        upload = '''
      "/upload":
        proxy.reverse.url: "http://127.0.0.1:%d/upload"''' % self.sink_port if self.sink_port else ''
        config = '''num-threads: 1
max-connections: %d
http1-request-timeout: 75
limit-request-body: 1000000000000000
proxy.preserve-host: ON
proxy.timeout.keepalive: 60000
proxy.timeout.io: 60000
error-log: error.log
hosts:
  default:
    listen: { host: 127.0.0.1, port: %d }
    paths:%s
      "/":
        proxy.reverse.url: "http://127.0.0.1:%d/"
''' % (min(18000, FILES // 2 - 50), self.port, upload, backend_port)
        return ['h2o', '--mode', 'worker', '--conf', self.write('h2o.conf', config)]


class Gatehouse(Program):
    """gatehouse-cli serve with one worker, recording to memory with redaction on, as it is by default."""

    name = 'gatehouse'
    options = ()
    programs = ''

    @classmethod
    def available(cls, programs):
        cls.programs = os.path.abspath(programs)
        return os.access(os.path.join(cls.programs, 'gatehouse-cli'), os.X_OK)

    def command(self, backend_port):
        routes = ''.join('''
  - name: route-%d
    match: { hosts: [ bench.localhost ], path: "/r%d/items/{id}", headers: { x-bench: "1" } }
    policies: [ ceiling, mark ]
    to: { upstream: backend }''' % (n, n) for n in range(ROUTES))
        sink = '''
  - name: sink
    endpoints: [ { url: "http://127.0.0.1:%d" } ]''' % self.sink_port if self.sink_port else ''
        if sink:
            routes += '''
  - name: upload
    match: { prefix: /upload }
    to: { upstream: sink }'''
        self.write('gatehouse.yaml', '''gatehouse: 1
name: bench
listeners:
  - name: main
    address: 127.0.0.1:%d
    limits: { connections: 18000 }
upstreams:
  - name: backend
    endpoints: [ { url: "http://127.0.0.1:%d" } ]
    connections: { max: 256 }%s
policies:
  - name: ceiling
    rate-limit: { requests: %d, per: 1s, by: client-ip }
  - name: mark
    headers: { request: { set: { x-through: gatehouse } }, response: { set: { x-through: gatehouse } } }
routes:
  - name: plain
    match: { prefix: / }
    to: { upstream: backend }%s
''' % (self.port, backend_port, sink, EVER, routes))
        return [os.path.join(self.programs, 'gatehouse-cli'), 'serve', self.folder, '--workers', str(self.workers), '--control',
                os.path.join(self.folder, 'control'), *self.options]

    def counts(self):
        with socket.socket(socket.AF_UNIX) as control:
            control.settimeout(10)
            control.connect(os.path.join(self.folder, 'control'))
            control.sendall(b'{"do": "metrics"}\n')
            with control.makefile('r', encoding='utf-8') as lines:
                answer = json.loads(lines.readline())
        told = answer['recorder']
        return {'served': told['served'], 'recorded': told['recorded'], 'dropped': told['dropped_records'],
                'bodies dropped': told['dropped_bodies']}

    def recorded(self):
        # Workers hand over what they counted some thirty times a second: until nothing changes any more.
        before, deadline = self.counts(), time.monotonic() + 10
        while time.monotonic() < deadline:
            time.sleep(0.1)
            now = self.counts()
            if now == before and now['served'] == now['recorded'] + now['dropped']:
                return now
            before = now
        raise SystemExit('%s: recorded + dropped = served does not hold: %s' % (self.name, before))


class GatehouseUnrecorded(Gatehouse):
    name = 'gatehouse-no-record'
    options = ('--no-record',)


ALL = [Nginx, Haproxy, H2o, Caddy, Gatehouse, GatehouseUnrecorded]
