#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts what `meson test` ran: one case of a TAP program is one test, any other program is one.

Prints what failed and what was skipped and why, then one line: "N passed, N failed, N skipped".
Ends with 1 when something failed or nothing ran."""
import json
import re
import sys

LINE = re.compile(r'^(not )?ok\b\s*\d*\s*-?\s*(.*?)(?:\s+#\s*(SKIP|TODO)\b\s*(.*))?$', re.IGNORECASE)


def cases_of(test):
    """[(name, 'passed' | 'failed' | 'skipped', why)]"""
    found = []
    for line in (test.get('stdout') or '').splitlines():
        match = LINE.match(line)
        if match:
            bad, name, directive, why = match.groups()
            verdict = 'skipped' if (directive or '').upper() == 'SKIP' else 'failed' if bad else 'passed'
            found.append((f"{test['name']}: {name}", verdict, why or ''))
    result = test['result']
    if result in ('FAIL', 'ERROR', 'TIMEOUT', 'INTERRUPT', 'UNEXPECTEDPASS'):
        if not any(verdict == 'failed' for _, verdict, _ in found):
            found.append((test['name'], 'failed', result.lower()))
    elif result == 'SKIP' and not found:
        lines = (test.get('stdout') or '').strip().splitlines()
        found.append((test['name'], 'skipped', lines[-1] if lines else ''))
    elif not found:
        found.append((test['name'], 'passed', ''))
    return found


def main():
    count = dict(passed=0, failed=0, skipped=0)
    notes = []
    try:
        with open(sys.argv[1], encoding='utf-8', errors='replace') as log:
            tests = [json.loads(line) for line in log if line.strip()]
    except OSError:
        tests = []
    for test in tests:
        for name, verdict, why in cases_of(test):
            count[verdict] += 1
            if verdict != 'passed':
                notes.append(f'{verdict}: {name}' + (f' ({why})' if why else ''))
    for note in sorted(notes):
        print(note)
    print('{passed} passed, {failed} failed, {skipped} skipped'.format(**count), flush=True)
    return 1 if count['failed'] or not count['passed'] else 0


sys.exit(main())
