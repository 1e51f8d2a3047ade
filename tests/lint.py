#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a compiler doesn't check.

  lint.py --tap            the rules, each a case: whoever breaks one fails the tests (suite unit)
  lint.py [BUILD]          `./dev lint`: the rules, and what other programs find; with a configured build cppcheck too

Ends with 1 when there are findings."""
import json
import os
import re
import shutil
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
C = ('.c', '.h')
CODE = C + ('.py', '.sh', '.js')
NEEDS_LICENSE = CODE + ('.build', '.ui', '.css', '.xml', '.in')
NO_LICENSE = ('.desktop.in', 'POTFILES.in', 'package.json', 'package-lock.json')
LONGEST_FILE = 800
# 120 is the aim; a prototype or a table may stand out a little
WIDEST = {'.c': 132, '.h': 200}
MARK = re.compile(r'(?:#|//|/\*|\*|<!--|;)\s*(TODO|FIXME|XXX|HACK)\b')
# Whose headers may be included where
GTK = re.compile(r'^(gtk|gdk|gsk|adwaita|libadwaita)\b')
SOFIA = re.compile(r'^sofia-sip/')
GST = re.compile(r'^(gst/|nice/|agent\.h|srtp)')
# each room sees those below it
ROOMS = {'base': 0, 'sip': 1, 'media': 1, 'store': 1, 'engine': 2, 'demo': 3, 'cli': 3, 'ui': 4}


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors='replace', check=False)


def list_files():
    # Who has the sources as an archive has no repository, and may have no git.
    listed = shutil.which('git') and run('git', '-c', f'safe.directory={TOP}', 'ls-files', '--cached', '--others',
                                         '--exclude-standard')
    if listed and listed.returncode == 0:
        names = listed.stdout.splitlines()
    else:
        names = [os.path.relpath(os.path.join(folder, name), '.') for folder, _, inside in os.walk('.') for name in inside
                 if '/.git' not in folder and '/_build' not in folder]
    return sorted(name for name in names if os.path.isfile(name))


def read_texts():
    texts = {}
    for path in list_files():
        try:
            with open(path, encoding='utf-8') as text:
                texts[path] = text.read()
        except UnicodeDecodeError:
            continue
    return texts


def is_script(text):
    return text.startswith('#!')


def is_given(path):
    """Bytes that are input of tests, and what others wrote."""
    return path == 'COPYING' or '/corpus/' in path or path.startswith('tests/data/')


# --- the rules: each gets {path: text} and gives its findings ----------------------------------------

def length(texts):
    """No file of more than 800 lines"""
    for path, text in texts.items():
        lines = text.count('\n')
        if (path.endswith(CODE + ('.ui', '.css')) or is_script(text)) and lines > LONGEST_FILE:
            yield path, f'{lines} lines, {LONGEST_FILE} are the most: look for the second noun'


def licences(texts):
    """Each file of ours names its licence"""
    for path, text in texts.items():
        if not is_given(path) and not path.endswith(NO_LICENSE) and (path.endswith(NEEDS_LICENSE) or is_script(text)) and \
                not any('SPDX-License-Identifier:' in line for line in text.split('\n', 5)[:5]):
            yield path, 'no SPDX-License-Identifier line'


def blanks(texts):
    """No blanks at the end of a line, no tab in C, no line without its end"""
    for path, text in texts.items():
        if is_given(path):
            continue
        for number, line in enumerate(text.split('\n'), 1):
            if line != line.rstrip():
                yield f'{path}:{number}', 'blanks at the end of the line'
            if path.endswith(C) and '\t' in line:
                yield f'{path}:{number}', 'a tab'
        if text and not text.endswith('\n'):
            yield path, 'the last line has no end'


def marks(texts):
    """Nothing that is to be done later"""
    for path, text in texts.items():
        if is_given(path):
            continue
        for number, line in enumerate(text.split('\n'), 1):
            match = MARK.search(line)
            if match:
                yield f'{path}:{number}', f'{match.group(1)}: do it, or open an issue'


def room_of(path):
    parts = path.split('/')
    if parts[0] == 'ui':
        return 'ui'
    if parts[0] == 'src':
        return parts[1] if len(parts) > 2 else 'engine'
    return None


def rooms(texts):
    """Each room includes what is below it, and only its own libraries"""
    owners = {os.path.basename(path): room_of(path) for path in texts if path.endswith('.h') and room_of(path)}
    for path, text in texts.items():
        room = room_of(path)
        if room is None or not path.endswith(C):
            continue
        for number, line in enumerate(text.split('\n'), 1):
            match = re.match(r'\s*#\s*include\s*[<"]([^>"]+)', line)
            if not match:
                continue
            place, name = f'{path}:{number}', match.group(1)
            if SOFIA.match(name) and room != 'sip':
                yield place, f'{name}: only src/sip includes sofia-sip'
            if GST.match(name) and room != 'media':
                yield place, f'{name}: only src/media includes GStreamer and libnice'
            if GTK.match(name) and room != 'ui':
                yield place, f'{name}: only ui includes GTK'
            other = owners.get(os.path.basename(name))
            if other and other != room and other in ROOMS and room in ROOMS and ROOMS[other] >= ROOMS[room]:
                yield place, f'{name}: {room} includes what is not below it ({other})'


def headers(texts):
    """A header is guarded, and shows no type of sofia-sip or GStreamer"""
    for path, text in texts.items():
        if not path.endswith('.h'):
            continue
        if '#pragma once' not in text:
            yield path, 'no #pragma once'
        if path.startswith('src/') and not path.endswith('-private.h') and room_of(path) not in ('sip', 'media') and \
                re.search(r'\b(nua_|sip_t\b|su_home_t|Gst[A-Z]|NiceAgent)', text):
            yield path, 'shows a type of a library of another room'


def built(texts):
    """Each source, test, harness and scenario is used: none that nobody runs"""
    builds = '\n'.join(text for path, text in texts.items() if path.endswith('meson.build'))
    programs = '\n'.join(text for path, text in texts.items() if path.startswith('tests/interop/') and path.endswith('.py'))
    for path in texts:
        folder, name = os.path.split(path)
        stem, ext = os.path.splitext(name)
        named = f"'{name}'" in builds or f"'{stem}'" in builds
        if ext == '.c' and not named and f"'{stem.removeprefix('fuzz-')}'" not in builds and f'/{name}' not in builds:
            yield path, 'no meson.build names it'
        if folder == 'tests/interop/sipp' and name not in programs:
            yield path, 'no test plays this scenario'


SUITE = re.compile(r'^(unit|wire|scenario|media|ui|interop)\b:? *')


def named_tests(cell):
    """The tests of a cell, each as what it may be called: "/a/b, c/d, e; unit /f/g, test-h" are /a/b, /a/c/d, /a/e or
    /a/c/e, /f/g and test-h."""
    folders = []
    for word in re.split(r'[,;]', cell):
        word = word.strip()
        if SUITE.match(word):
            word, folders = SUITE.sub('', word), []
        if re.fullmatch(r'(/[a-z0-9-]+){2,}', word):
            folders = [os.path.dirname(word)]
            yield [word]
        elif folders and re.fullmatch(r'[a-z0-9-]+(/[a-z0-9-]+)*', word):
            yield [f'{folder}/{word}' for folder in folders]
            if '/' in word:
                folders = [folders[0], f'{folders[0]}/{os.path.dirname(word)}']
        elif word.startswith('test-'):
            yield [word]


def is_made(name, strings):
    """Whether a string of the tests is that path, or two are its halves."""
    cuts = [at + 1 for at, letter in enumerate(name) if letter == '/' and at > 0]
    return name in strings or any({name[:at], name[:at] + '%s'} & strings and name[at:] in strings for at in cuts)


def shown(texts):
    """Each test that tests/README.md names is there"""
    tests = {path: text for path, text in texts.items() if path.startswith('tests/') and path.endswith(('.c', '.py'))}
    strings = {found for text in tests.values() for found in re.findall(r'["\']([/a-z0-9%-]+)["\']', text)}
    strings |= {os.path.splitext(os.path.basename(path))[0] for path in tests}
    for number, line in enumerate(texts.get('tests/README.md', '').split('\n'), 1):
        if not re.match(r'\|.*\|.*\|$', line):
            continue
        for names in named_tests(line.split('|')[2]):
            if not any(is_made(name, strings) for name in names):
                yield f'tests/README.md:{number}', f'there is no {names[0]}'


RULES = (length, licences, blanks, marks, rooms, headers, built, shown)


# --- advice, and what other programs find ------------------------------------------------------------------------

def columns(texts):
    """No line of C that is too wide"""
    for path, text in texts.items():
        limit = WIDEST.get(os.path.splitext(path)[1])
        for number, line in enumerate(text.split('\n') if limit else (), 1):
            if len(line) > limit:
                yield f'{path}:{number}', f'{len(line)} columns, {limit} are the most'


def python(texts):
    for path, text in texts.items():
        if path.endswith('.py'):
            try:
                compile(text, path, 'exec')
            except SyntaxError as error:
                yield f'{path}:{error.lineno}', error.msg


def scripts(texts):
    names = [path for path, text in texts.items() if re.match(r'#!.*\b(ba)?sh\b', text)]
    if shutil.which('shellcheck') and names:
        for line in run('shellcheck', '--severity=warning', '--format=gcc', *names).stdout.splitlines():
            yield tuple(line.split(': ', 1))


def data(texts):
    for path in texts:
        if path.endswith('.desktop') and shutil.which('desktop-file-validate'):
            done = run('desktop-file-validate', path)
        elif path.endswith('.metainfo.xml') and shutil.which('appstreamcli'):
            done = run('appstreamcli', 'validate', '--no-net', '--no-color', path)
        else:
            continue
        if done.returncode:
            yield path, done.stdout.strip()


def cppcheck(build):
    with open(os.path.join(build, 'compile_commands.json'), encoding='utf-8') as database:
        sources = sorted({os.path.relpath(os.path.join(entry['directory'], entry['file'])) for entry in json.load(database)})
    sources = [name for name in sources if not name.startswith(('..', '_build'))]
    if not shutil.which('cppcheck') or not sources:
        return
    # Not told: what GLib's macros (g_autoptr, g_assert, varargs with NULL) make it believe
    done = run('cppcheck', '--quiet', '--std=c11', '--inline-suppr', '--library=gtk', '-j', '2',
               '--enable=warning,portability', '--suppress=unknownMacro', '--suppress=missingInclude',
               '--suppress=nullPointerRedundantCheck', '--suppress=varFuncNullUB', '--suppress=assignmentInAssert',
               '--suppress=memleak', '--suppress=uninitvar', '--suppress=legacyUninitvar',
               '--suppress=AssignmentAddressToInteger',
               '--template={file}:{line}: {severity}: {message} [{id}]', '-DG_DECLARE_FINAL_TYPE(...)=', *sources)
    for line in done.stdout.splitlines():
        if re.match(r'\S+:\d+: (error|warning|portability)', line):
            yield tuple(line.split(': ', 1))


def main():
    os.chdir(TOP)
    texts = read_texts()
    if sys.argv[1:] == ['--tap']:
        print(f'1..{len(RULES)}')
        bad = 0
        for number, rule in enumerate(RULES, 1):
            findings = list(rule(texts))
            for place, what in findings:
                print(f'# {place}: {what}')
            print(f'{"not ok" if findings else "ok"} {number} {rule.__doc__}')
            bad += bool(findings)
        return 1 if bad else 0
    checks = RULES + (columns, python, scripts, data)
    findings = [finding for check in checks for finding in check(texts)]
    if len(sys.argv) > 1:
        findings += cppcheck(sys.argv[1])
    for place, what in findings:
        print(f'{place}: {what}')
    print(f'lint: {len(texts)} files, {len(findings)} findings')
    return 1 if findings else 0


sys.exit(main())
