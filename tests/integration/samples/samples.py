#!/usr/bin/env python3
"""Serves a copy of a sample workspace with gatehouse-cli on free ports and asks what its comments and the README promise.

usage: samples.py mocks|shop GATEHOUSE-CLI SOURCE-FOLDER. Ends with 77 (skipped) where httpbin or gunicorn is not installed.
"""
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

DEBIAN_PYTHON = '/usr/bin/python3'  # another one in PATH has no httpbin


def wait_for(what, condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit('waited in vain for ' + what)
        time.sleep(0.02)


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def accepts(port):
    try:
        socket.create_connection(('127.0.0.1', port), 1).close()
        return True
    except OSError:
        return False


class Client:
    def __init__(self, port):
        self.port = port

    def __call__(self, method, path, headers=None, body=None):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=10)
        connection.request(method, path, body=body, headers=headers or {})
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, data


KEY = {'x-api-key': 'demo-web-app'}
problems = []


def expect(what, got, wanted):
    if got != wanted:
        problems.append('%s: wanted %r, got %r' % (what, wanted, got))


def ask_mocks(ask):
    status, headers, body = ask('GET', '/products/lamp-01')
    expect('a product', (status, json.loads(body)['sku']), (200, 'lamp-01'))
    expect('the request id comes back', 'x-request-id' in headers, True)
    expect('a product that is missing', ask('GET', '/products/missing')[0], 404)
    expect('the catalogue', len(json.loads(ask('GET', '/products')[2])), 3)
    expect('a search', len(json.loads(ask('GET', '/products?q=lamp')[2])), 1)
    expect('a search without a hit', json.loads(ask('GET', '/products?q=boat')[2]), [])
    expect('an order without a key', ask('POST', '/orders', body='{}')[0], 401)
    expect('an order', ask('POST', '/orders', KEY, '{}')[0], 201)
    status, headers, _ = ask('GET', '/old/products/lamp-01')
    expect('an old address', (status, headers.get('location')), (308, '/products/lamp-01'))
    expect('health', json.loads(ask('GET', '/healthz')[2]), {'status': 'ok'})
    expect('no route', ask('GET', '/nothing')[0], 404)


def upstream_path(answer):
    """The path at which httpbin was asked, from what it echoes."""
    return re.sub(r'^https?://[^/]+', '', json.loads(answer[2])['url']) if answer[0] == 200 else answer[0]


def ask_shop(ask):
    expect('a product', ask('GET', '/v1/products/lamp-01')[0], 200)
    expect('an order without a key', ask('GET', '/v1/orders/42')[0], 401)
    answer = ask('GET', '/v1/orders/42', {**KEY, 'x-debug': 'yes'})
    expect('an order', upstream_path(answer), '/anything/orders/42')
    if answer[0] == 200:
        seen = {k.lower(): v for k, v in json.loads(answer[2])['headers'].items()}
        expect('x-shop is set', seen.get('x-shop'), 'web')
        expect('x-debug is removed', seen.get('x-debug'), None)
        expect('the key is hidden', seen.get('x-api-key'), None)
        expect('who served it', answer[1].get('x-served-by'), 'orders')
    expect('one header condition more', upstream_path(ask('GET', '/v1/orders/42', {'x-beta': '1'})), '/anything/next/orders/42')
    expect('one query condition more', upstream_path(ask('GET', '/v1/orders/7?expand=items', KEY)), '/anything/orders/7/expanded?expand=items')
    expect('a host beats none', upstream_path(ask('GET', '/v1/orders/42', {'Host': 'partners.shop.localhost', 'x-api-key': 'demo-warehouse'})),
           '/anything/partners/orders/42')
    expect('a prefix and its rest', upstream_path(ask('GET', '/v1/users/me/cart', KEY)), '/anything/users/me/cart')
    expect('five orders a second', [ask('POST', '/v1/orders', KEY, '{}')[0] for _ in range(6)].count(429) >= 1, True)
    expect('not from this machine', ask('GET', '/admin/stock')[0], 403)
    status, headers, _ = ask('GET', '/old/products/lamp-01')
    expect('an old address', (status, headers.get('location')), (308, '/v1/products/lamp-01'))
    expect('httpbin as it is', ask('GET', '/status/418', {'Host': 'httpbin.localhost'})[0], 418)
    status, headers, _ = ask('OPTIONS', '/v1/orders/42', {'Origin': 'http://localhost:5173', 'Access-Control-Request-Method': 'GET'})
    expect('a preflight', (status // 100, headers.get('access-control-allow-origin')), (2, 'http://localhost:5173'))


def main():
    sample, cli, source = sys.argv[1], os.path.abspath(sys.argv[2]), sys.argv[3]
    children = []
    with tempfile.TemporaryDirectory() as folder:
        workspace = os.path.join(folder, 'workspace')
        shutil.copytree(os.path.join(source, 'resources/samples', sample), workspace)
        path = os.path.join(workspace, 'gatehouse.yaml')
        with open(path, encoding='utf-8') as file:
            text = file.read()
        checked = subprocess.run([cli, 'check', '--strict', workspace], capture_output=True, text=True, timeout=30, check=False)
        expect('check --strict', (checked.returncode, checked.stdout), (0, checked.stdout))
        try:
            if sample == 'shop':
                if subprocess.run([DEBIAN_PYTHON, '-c', 'import httpbin, gunicorn'], capture_output=True, check=False).returncode:
                    print('skipped: python3-httpbin or gunicorn is not installed')
                    return 77
                port = free_port()
                text = text.replace(':8091', ':%d' % port)
                children.append(subprocess.Popen([DEBIAN_PYTHON, '-m', 'gunicorn.app.wsgiapp', '--bind', '127.0.0.1:%d' % port,
                                                  '--worker-class', 'gthread', '--threads', '4', '--log-level', 'warning', 'httpbin:app']))
                wait_for('httpbin', lambda: accepts(port))
            with open(path, 'w', encoding='utf-8') as file:
                file.write(text.replace('127.0.0.1:8080', '127.0.0.1:0'))
            ready = os.path.join(folder, 'ready.json')
            children.append(subprocess.Popen([cli, 'serve', workspace, '--ready-file', ready, '--control', 'control'], cwd=folder))
            wait_for('gatehouse-cli to accept', lambda: os.path.exists(ready) or children[-1].poll() is not None)
            if not os.path.exists(ready):
                raise SystemExit('gatehouse-cli serve ended with %s' % children[-1].returncode)
            with open(ready, encoding='utf-8') as file:
                address = json.load(file)['listeners']['main']
            ask = Client(int(address.rsplit(':', 1)[1].strip('/')))
            (ask_shop if sample == 'shop' else ask_mocks)(ask)
            told = subprocess.run([cli, 'ctl', 'control', 'status'], capture_output=True, text=True, timeout=30, check=False, cwd=folder)
            expect('ctl by a relative path', (told.returncode, told.stderr), (0, ''))
            expect('the control socket is where it was asked for', os.path.exists(os.path.join(folder, 'control')), True)
            children[-1].send_signal(signal.SIGTERM)
            expect('it ends at SIGTERM', children[-1].wait(15), 0)
            expect('the ready file is gone', os.path.exists(ready), False)
        finally:
            for child in reversed(children):
                if child.poll() is None:
                    child.terminate()
                    child.wait(15)
    for problem in problems:
        print(problem)
    print('%s: %s' % (sample, '%d wrong' % len(problems) if problems else 'as promised'))
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
