#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a compiler doesn't check: `./dev lint`. Prints one line a finding, ends with 1 when there are any."""
import json
import os
import re
import shutil
import subprocess
import sys

SOURCE = ('.c', '.h')
NEEDS_LICENSE = SOURCE + ('.py', '.sh', '.build', '.ui', '.css')
# Whose headers may be included where: room → what it may not name
GTK = re.compile(r'^(gtk|gdk|gsk|adwaita|libadwaita)\b')
SOFIA = re.compile(r'^sofia-sip/')
GST = re.compile(r'^(gst/|nice/|agent\.h|srtp)')
# each room sees those below it
ROOMS = {'base': 0, 'sip': 1, 'media': 1, 'store': 1, 'engine': 2, 'demo': 3, 'cli': 3, 'ui': 4}
findings = []


def found(place, what):
    findings.append(f'{place}: {what}')


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace')


def room_of(path):
    parts = path.split('/')
    if parts[0] == 'ui':
        return 'ui'
    if parts[0] == 'src':
        return parts[1] if len(parts) > 2 else 'engine'
    return None


def files():
    listed = run('git', 'ls-files', '--cached', '--others', '--exclude-standard')
    if listed.returncode == 0:
        names = listed.stdout.splitlines()
    else:
        names = [os.path.relpath(os.path.join(folder, name)) for folder, dirs, inside in os.walk('.') for name in inside
                 if '/.git' not in folder and '/_build' not in folder]
    return sorted(name for name in names if os.path.isfile(name))


def check_text(path, lines):
    if path.endswith('.md') or path.startswith('po/') or '/corpus/' in path or '/data/' in path or path == 'COPYING':
        return
    # 120 is the aim; a prototype or a table may stand out a little
    limit = 200 if path.endswith('.h') else 132
    for number, line in enumerate(lines, 1):
        if line != line.rstrip():
            found(f'{path}:{number}', 'blanks at the end of the line')
        if path.endswith(SOURCE) and len(line) > limit:
            found(f'{path}:{number}', f'{len(line)} columns, {limit} are the most')
        if path.endswith(SOURCE) and '\t' in line:
            found(f'{path}:{number}', 'a tab')
    if path.endswith(SOURCE + ('.py', '.sh')) and len(lines) > 800:
        found(path, f'{len(lines)} lines: look for the second noun')
    if path.endswith(NEEDS_LICENSE) and not any('SPDX-License-Identifier:' in line for line in lines[:4]):
        found(path, 'no SPDX-License-Identifier line')


def check_includes(path, lines, headers):
    room = room_of(path)
    if room is None or not path.endswith(SOURCE):
        return
    for number, line in enumerate(lines, 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)', line)
        if not match:
            continue
        place, name = f'{path}:{number}', match.group(2)
        if SOFIA.match(name) and room != 'sip':
            found(place, f'{name}: only src/sip includes sofia-sip')
        if GST.match(name) and room != 'media':
            found(place, f'{name}: only src/media includes GStreamer and libnice')
        if GTK.match(name) and room != 'ui':
            found(place, f'{name}: only ui includes GTK')
        other = headers.get(os.path.basename(name))
        if other and other != room and other in ROOMS and room in ROOMS and ROOMS[other] >= ROOMS[room]:
            found(place, f'{name}: {room} includes what is not below it ({other})')


def check_c(build):
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as database:
        sources = sorted({os.path.relpath(os.path.join(entry['directory'], entry['file'])) for entry in json.load(database)})
    sources = [name for name in sources if not name.startswith(('..', '_build'))]
    if shutil.which('cppcheck') and sources:
        done = run('cppcheck', '--quiet', '--std=c11', '--inline-suppr', '--library=gtk', '-j', '2',
                   '--enable=warning,portability', '--suppress=unknownMacro', '--suppress=missingInclude',
                   '--suppress=nullPointerRedundantCheck', '--suppress=varFuncNullUB', '--suppress=assignmentInAssert',
                   '--suppress=memleak', '--suppress=uninitvar', '--suppress=legacyUninitvar', '--suppress=AssignmentAddressToInteger', '--template={file}:{line}: {severity}: {message} [{id}]',
                   '-DG_DECLARE_FINAL_TYPE(...)=', *sources)
        for line in done.stdout.splitlines():
            if re.match(r'\S+:\d+: (error|warning|portability)', line):
                findings.append(line)


def check_data():
    for path in files():
        if path.endswith(('.desktop', '.desktop.in')) and shutil.which('desktop-file-validate'):
            done = run('desktop-file-validate', path) if path.endswith('.desktop') else None
            if done is not None and done.returncode:
                found(path, done.stdout.strip())
        if path.endswith('.metainfo.xml') and shutil.which('appstreamcli'):
            done = run('appstreamcli', 'validate', '--no-net', '--no-color', path)
            if done.returncode:
                found(path, done.stdout.strip())


def check_scripts(texts):
    scripts = [path for path, lines in texts.items() if lines and re.match(r'#!.*\b(ba)?sh\b', lines[0])]
    if shutil.which('shellcheck') and scripts:
        done = run('shellcheck', '--severity=warning', '--format=gcc', *scripts)
        findings.extend(done.stdout.splitlines())
    for path, lines in texts.items():
        if path.endswith('.py'):
            try:
                compile('\n'.join(lines) + '\n', path, 'exec')
            except SyntaxError as error:
                found(f'{path}:{error.lineno}', f'{error.msg}')


def main():
    texts = {}
    for path in files():
        try:
            with open(path, encoding='utf-8') as text:
                texts[path] = text.read().splitlines()
        except UnicodeDecodeError:
            continue
    headers = {os.path.basename(path): room_of(path) for path in texts if path.endswith('.h') and room_of(path)}
    for path, lines in texts.items():
        check_text(path, lines)
        check_includes(path, lines, headers)
    check_scripts(texts)
    check_data()
    check_c(sys.argv[1])
    for line in findings:
        print(line)
    print(f'lint: {len(texts)} files, {len(findings)} findings')
    return 1 if findings else 0


sys.exit(main())
