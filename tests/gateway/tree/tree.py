#!/usr/bin/env python3
"""Checks on the source tree as text; CTest runs each as gateway.tree.CHECK.

includes   who may include whom (the table below), no umbrella headers, no Widgets below ui/
layout     what may stand at the top, and one folder a room
sizes      no source file over 800 lines; those over 600 are named
words      nothing names the machine, home folder or package mirror it was written with; no leftover markers
packages   packaging/packages is well formed
selftest   each check finds the fault planted for it
"""
import os
import re
import socket
import sys
import tempfile

# A room may include itself and what it names here, and what that may include in turn.
GATEWAY = {
    'base': [],
    'schema': ['base'],
    'http': ['base'],
    'net': ['http'],
    'config': ['schema', 'http'],
    'policy': ['config', 'observe'],  # a filter writes its steps into the exchange's explanation
    'observe': ['http'],
    'runtime': ['policy', 'observe'],
    'upstream': ['net', 'runtime'],
    'mock': ['upstream'],
    'compose': ['upstream'],
    'exchange': ['mock', 'compose'],
    'server': ['exchange'],
    'importers': ['policy'],
    'exporters': ['policy', 'runtime'],  # they must decide as the router does: the same precedence and chain of policies
    'api': ['policy', 'observe'],
}
UI_SEES = ['api', 'config', 'schema', 'policy', 'http', 'observe', 'importers', 'exporters']
PANELS = ['traffic', 'routes', 'upstreams', 'mocks', 'dashboard', 'explorer', 'export', 'settings']
UI = {
    'models': [],
    'widgets': ['models'],
    'forms': ['models', 'widgets'],
    'shell': ['models', 'widgets', 'forms'],
    **{panel: ['models', 'widgets', 'forms', 'shell'] for panel in PANELS},
}
# The one place that lists the panels, so that a panel is a folder and a line.
PANELS_TABLE = re.compile(r'^ui/shell/panels?_?(table)?\.(cpp|h)$')
# What draws colours, fonts and icons is below every other room of ui/.
UI_TOKENS = re.compile(r'^ui/(shell|widgets)/(tokens|theme|themes|icons|style|fonts|navigator)[a-z]*\.h$')

TOP = {'.ci', '.clang-format', '.clang-tidy', '.editorconfig', '.gitattributes', '.gitignore', 'CMakeLists.txt',
       'CMakePresets.json', 'LICENSE', 'README.md', 'app', 'gateway', 'packaging', 'resources', 'tests', 'translations', 'ui'}
NOT_SOURCE = {'.git', 'build', '.cache', '.idea', '.vscode', '__pycache__', 'CMakeUserPresets.json'}
APP = {'gui', 'headless'}
TEXT = re.compile(r'\.(cpp|h|txt|cmake|json|md|py|sh|yaml|yml|ts|svg|xml|desktop|in|1|conf|cfg|supp|dict)$|^[^.]*$')
MAX_LINES = 800
LOOK_AGAIN = 600

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')
UMBRELLAS = {'QtWidgets', 'QtGui', 'QtCore', 'QtNetwork', 'QtCharts', 'QtTest', 'QtSvg', 'QtSql', 'QtWidgets/QtWidgets',
             'QtGui/QtGui', 'QtCore/QtCore', 'QtNetwork/QtNetwork', 'QtCharts/QtCharts', 'QtTest/QtTest', 'QtSvg/QtSvg'}
NOT_IN_GATEWAY = re.compile(r'^(QtGui|QtWidgets|QtCharts|QtSvg|QtQml)/|^Q(Widget|Application|GuiApplication|Painter|Pixmap|Icon)$|^Qsci/')
NOWHERE = {'QtNetwork/QNetworkAccessManager', 'QNetworkAccessManager'}


def files(root, folders=None):
    """Paths below root, with / and without root, sorted; build folders and hidden caches left out."""
    found = []
    for folder, names, here in os.walk(root):
        names[:] = sorted(n for n in names if n not in NOT_SOURCE)
        for name in here:
            path = os.path.relpath(os.path.join(folder, name), root).replace(os.sep, '/')
            if name not in NOT_SOURCE and (folders is None or path.split('/')[0] in folders):
                found.append(path)
    return sorted(found)


def text_of(root, path):
    with open(os.path.join(root, path), encoding='utf-8', errors='replace') as file:
        return file.read()


def closure(table, room):
    seen, todo = set(), [room]
    while todo:
        at = todo.pop()
        if at not in seen:
            seen.add(at)
            todo += table.get(at, [])
    return seen


def room_of(path):
    """('gateway', 'net') for gateway/net/loop.h, ('gateway', '') for gateway/pch.h."""
    parts = path.split('/')
    return parts[0], parts[1] if len(parts) > 2 else ''


def may_include(path, target):
    """None when it may, or the reason why not."""
    top, room = room_of(path)
    target_top, target_room = room_of(target)
    if target_top == 'tests' and top != 'tests':
        return 'tests are included by tests only'
    if top == 'tests':
        return None
    if top == 'gateway':
        if target_top != 'gateway':
            return 'gateway/ includes nothing of %s/' % target_top
        if room in ('', 'engine'):
            return None  # the engine owns everything in gateway/
        if target_room == 'engine':
            return 'only app/ and the engine itself include the engine'
        if target_room == '':
            return None if target == 'gateway/pch.h' else 'gateway/ holds rooms, and only pch.h beside them'
        if room not in GATEWAY:
            return 'gateway/%s is no room that this test knows' % room
        if target_room not in closure(GATEWAY, room):
            return 'gateway/%s may include: %s' % (room, ', '.join(sorted(closure(GATEWAY, room))))
        return None
    if top == 'ui':
        if target_top == 'app':
            return 'ui/ includes nothing of app/'
        if target_top == 'gateway':
            allowed = set().union(*(closure(GATEWAY, r) for r in UI_SEES))
            if target_room not in allowed:
                return 'ui/ sees of gateway/: %s' % ', '.join(sorted(allowed))
            return None
        if PANELS_TABLE.match(path) or UI_TOKENS.match(target) or room == '' or target_room == '':
            return None
        if target_room in PANELS and room != target_room:
            return 'panels are reached by shell/navigator, never included'
        if target_room not in closure(UI, room):
            return 'ui/%s may include of ui/: %s' % (room, ', '.join(sorted(closure(UI, room))))
        return None
    if top == 'app':
        if room == 'headless' and target_top == 'ui':
            return 'the headless program has no window'
    return None


def check_includes(root):
    for path in files(root, {'gateway', 'ui', 'app', 'tests'}):
        if not path.endswith(('.cpp', '.h')):
            continue
        text = text_of(root, path)
        for number, line in enumerate(text.splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            quoted, target = match.group(1) == '"', match.group(2)
            why = None
            if target in UMBRELLAS and not path.endswith('/pch.h'):
                why = 'an umbrella header: name what is used'
            elif target in NOWHERE:
                why = 'is never used here'
            elif path.startswith('gateway/') and NOT_IN_GATEWAY.match(target):
                why = 'gateway/ has no Gui, no Widgets'
            elif quoted and '/' not in target and re.search(r'\.moc$|^moc_|^ui_', target):
                why = None
            elif quoted and target.split('/')[0] in ('gateway', 'ui', 'app', 'tests'):
                why = may_include(path, target)
                asked = '__has_include("%s")' % target in text
                if why is None and not asked and not os.path.exists(os.path.join(root, target)):
                    why = 'there is no such file'
            elif quoted:
                why = 'own headers are included from the top folder, others in angle brackets'
            if why:
                yield '%s:%d: %s: %s' % (path, number, target, why)


def check_layout(root):
    for name in sorted(os.listdir(root)):
        if name not in TOP and name not in NOT_SOURCE and not name.endswith('.user') and name != 'compile_commands.json':
            yield '%s: nothing of this name stands at the top of the tree' % name
    for top, rooms in (('gateway', set(GATEWAY) | {'engine'}), ('ui', set(UI)), ('app', APP)):
        for path in files(root, {top}):
            room = room_of(path)[1]
            if room and room not in rooms:
                yield '%s: %s/ has no room of this name: %s' % (path, top, ', '.join(sorted(rooms)))
    for path in files(root, {'gateway', 'ui', 'app', 'tests'}):
        name = path.split('/')[-1]
        if path.endswith(('.cpp', '.h')) and name != name.lower():
            yield '%s: file names are lower case' % path
        if path.startswith(('gateway/', 'ui/')) and path.endswith('.h') and '#pragma once' not in text_of(root, path):
            yield '%s: #pragma once is missing' % path


def check_sizes(root):
    for path in files(root, {'gateway', 'ui', 'app', 'tests'}):
        if path.endswith(('.cpp', '.h')):
            lines = text_of(root, path).count('\n')
            if lines > MAX_LINES:
                yield '%s: %d lines; %d is the most, near 400 the aim' % (path, lines, MAX_LINES)
            elif lines > LOOK_AGAIN:
                print('look again: %s has %d lines' % (path, lines))


def mirror_hosts():
    """Hosts of this machine's package sources that are not Debian's own."""
    hosts = set()
    for folder, _, names in os.walk('/etc/apt'):
        for name in names:
            if name.endswith(('.list', '.sources')):
                try:
                    with open(os.path.join(folder, name), encoding='utf-8', errors='replace') as file:
                        for line in file:
                            if not line.lstrip().startswith('#'):
                                hosts.update(re.findall(r'https?://([^/\s:]+)', line))
                except OSError:
                    pass
    return {h for h in hosts if not h.endswith(('.debian.org', '.nodesource.com')) and len(h) > 4}


def machine_patterns(root):
    root = os.path.realpath(root)
    places = {root, os.path.dirname(root), os.path.expanduser('~')}
    for place in sorted(places):
        # A place of one short name is too common a word by itself; with a slash behind it is a path.
        if len(place) > 1:
            yield re.compile(r'(?<![\w.}-])%s/(?=\w)' % re.escape(place)), 'the path of a machine'
    host = socket.gethostname()
    if len(host) > 6 and host not in ('localhost', 'gatehouse', 'debian'):
        yield re.compile(r'\b%s\b' % re.escape(host)), 'the name of a machine'
    for name in mirror_hosts():
        yield re.compile(re.escape(name)), "this machine's package mirror"
    yield re.compile(r'(?<![\w.}-])/(?:home|Users)/(?!USER\b|user\b|me\b|NAME\b)[a-z][\w-]+/'), 'the home folder of a person'
    marks = '|'.join(('TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'))
    yield re.compile(r'\b(?:%s)\b' % marks), 'a marker of unfinished work'


def check_words(root):
    patterns = list(machine_patterns(root))
    for path in files(root):
        name = path.split('/')[-1]
        if path.startswith('tests/data/') or not TEXT.search(name) or name == 'LICENSE':
            continue
        for number, line in enumerate(text_of(root, path).splitlines(), 1):
            for pattern, what in patterns:
                match = pattern.search(line)
                if match:
                    yield '%s:%d: %s: %s' % (path, number, what, match.group(0))


def check_packages(root):
    group, seen = None, set()
    for number, line in enumerate(text_of(root, 'packaging/packages').splitlines(), 1):
        line = line.split('#')[0].rstrip()
        if not line:
            continue
        if re.fullmatch(r'\[[a-z]+\]', line):
            group = line
        elif group is None or not re.fullmatch(r'[a-z0-9][a-z0-9+.-]+', line):
            yield 'packaging/packages:%d: neither a [group] nor one package: %s' % (number, line)
        elif (group, line) in seen:
            yield 'packaging/packages:%d: %s stands twice in %s' % (number, line, group)
        seen.add((group, line))


def check_selftest(_root):
    """Each planted fault must be found, and the same tree without faults must pass."""
    plants = [
        ('includes', 'gateway/http/a.cpp', '#include "gateway/net/loop.h"\n'),
        ('includes', 'gateway/base/a.cpp', '#include <QtWidgets/QWidget>\n'),
        ('includes', 'gateway/server/a.cpp', '#include "gateway/engine/engine.h"\n'),
        ('includes', 'ui/routes/a.cpp', '#include "ui/traffic/panel.h"\n'),
        ('includes', 'ui/routes/a.cpp', '#include "gateway/net/loop.h"\n'),
        ('includes', 'ui/widgets/a.cpp', '#include "ui/forms/form.h"\n'),
        ('includes', 'ui/shell/a.cpp', '#include <QtWidgets>\n'),
        ('includes', 'app/headless/a.cpp', '#include "ui/shell/mainwindow.h"\n'),
        ('includes', 'gateway/policy/a.cpp', '#include "gateway/exporters/table.h"\n'),
        ('includes', 'gateway/net/a.cpp', '#include "loop.h"\n'),
        ('includes', 'gateway/net/a.cpp', '#include "gateway/net/nothere.h"\n'),
        ('layout', 'utils/a.h', '#pragma once\n'),
        ('layout', 'gateway/misc/a.h', '#pragma once\n'),
        ('layout', 'gateway/net/Loop.cpp', '\n'),
        ('layout', 'gateway/net/b.h', '\n'),
        ('sizes', 'gateway/net/a.cpp', '\n' * (MAX_LINES + 1)),
        ('words', 'gateway/net/a.cpp', '// see %s/notes\n' % os.path.join(os.path.expanduser('~'), 'src')),
        ('words', 'README.md', 'TO' + 'DO\n'),
        ('packages', 'packaging/packages', '[build]\ntwo words\n'),
        ('packages', 'packaging/packages', '[build]\ncmake\ncmake\n'),
    ]
    good = {
        'gateway/engine/engine.h': '#pragma once\n', 'gateway/net/loop.h': '#pragma once\n#include "gateway/base/result.h"\n',
        'gateway/base/result.h': '#pragma once\n', 'gateway/exporters/table.h': '#pragma once\n',
        'gateway/api/api.h': '#pragma once\n', 'ui/traffic/panel.h': '#pragma once\n#include "gateway/api/api.h"\n',
        'ui/forms/form.h': '#pragma once\n', 'ui/shell/mainwindow.h': '#pragma once\n#include "ui/forms/form.h"\n',
        'ui/shell/panels.cpp': '#include "ui/traffic/panel.h"\n', 'packaging/packages': '[build]\ncmake  # why\n',
        'app/gui/main.cpp': '#include "gateway/engine/engine.h"\n#include "ui/shell/mainwindow.h"\n',
    }
    for check, path, content in [(None, None, None)] + plants:
        with tempfile.TemporaryDirectory() as root:
            for name, text in {**good, **({path: content} if path else {})}.items():
                os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
                with open(os.path.join(root, name), 'w', encoding='utf-8') as file:
                    file.write(text)
            for name, function in CHECKS.items():
                found = list(function(root)) if name != 'selftest' else []
                if name == check and not any(path.split('/')[0] in line for line in found):
                    yield 'planted in %s, not found by %s: %r' % (path, name, content[:60])
                if check is None and found:
                    yield 'a good tree is refused by %s: %s' % (name, found)


CHECKS = {'includes': check_includes, 'layout': check_layout, 'sizes': check_sizes, 'words': check_words,
          'packages': check_packages, 'selftest': check_selftest}


def main():
    if len(sys.argv) != 3 or sys.argv[1] not in CHECKS:
        print('usage: tree.py %s ROOT' % '|'.join(CHECKS), file=sys.stderr)
        return 2
    problems = list(CHECKS[sys.argv[1]](sys.argv[2]))
    for problem in problems:
        print(problem)
    print('gateway.tree.%s: %s' % (sys.argv[1], '%d found' % len(problems) if problems else 'clean'))
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
