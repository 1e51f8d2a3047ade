#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The man page of baton-cli names each option, variable, command, event and field that its sources have."""
import os
import re
import sys

ROOT = os.path.dirname(os.path.abspath(__file__)) + '/../../'


def read(name):
    with open(ROOT + name, encoding='utf-8') as file:
        return file.read()


def sections(page):
    """{title: words} of a man page, without its fonts and escapes."""
    parts = re.split(r'^\.SH (.*)$', page, flags=re.M)
    plain = {}
    for title, text in zip(parts[1::2], parts[2::2]):
        text = re.sub(r'\\f[BIRP]', '', text).replace('\\-', '-').replace('\\(dq', '"')
        # In a line of alternating fonts the arguments in quotes are text, and those without one are joined.
        plain[title] = set(re.findall(r'[A-Za-z_-][A-Za-z0-9_-]*', re.sub(r'^\.[A-Z]+ ', '', text, flags=re.M)))
    return plain


def table(source, name):
    """The first string of each row of an array."""
    rows = re.search(re.escape(name) + r'\[\] = \{\n(.*?)\n\};', source, re.S).group(1)
    return re.findall(r'^  \{ "([^"]+)"', rows, re.M)


def main():
    options, commands, events, output, program = (read(f'src/cli/{name}.c') for name in (
        'baton-cli-options', 'baton-cli-commands', 'baton-cli-events', 'baton-cli-output', 'main'))
    writers = events + commands + output + program
    said = re.findall(r'baton_cli_output_begin \((?:[^;"]*)((?:"[^"]+"[^;"]*)+)\);', writers)
    named = {word for part in said for word in re.findall(r'"([^"]+)"', part)}
    named |= set(re.findall(r'output_result \(self, "([^"]+)"', writers))
    fields = set(re.findall(r'output(?:_stat|_(?:string|uint|number|real|null|bool)) \([^;{"]*?, "([^"]+)"', writers))
    words = re.findall(r'^      return "([^"]+)";', events, re.M) + re.findall(r'\{ "([a-z-]+)", &', commands)
    wanted = [
        ('option', 'OPTIONS', table(options, 'options')),
        ('variable', 'ENVIRONMENT', re.findall(r'"(BATON_[A-Z_]+)"', program)),
        ('command', 'COMMANDS', table(commands, 'commands_table')),
        ('word', 'COMMANDS', [word for word in words if '{ "%s"' % word in commands]),
        ('event', 'EVENTS', sorted(named)),
        ('field', 'EVENTS', sorted(fields)),
        ('reason', 'EVENTS', [word for word in words if 'return "%s"' % word in events]),
    ]
    page = sections(read('data/baton-cli.1'))
    print(f'1..{len(wanted)}')
    failed = False
    for number, (kind, title, names) in enumerate(wanted, 1):
        missing = [name for name in names if name not in page.get(title, ())]
        if not names:
            missing = ['none was found in the sources']
        failed = failed or bool(missing)
        print(f'{"not ok" if missing else "ok"} {number} /cli-words/{kind}')
        print(f'# {len(names)}: {" ".join(names)}')
        if missing:
            print(f'# missing under {title}: {", ".join(missing)}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
