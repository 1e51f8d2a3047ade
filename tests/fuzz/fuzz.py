#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs libFuzzer programs for a while, on a copy of their corpus, in a network namespace of their own.

  fuzz.py [--seconds N] [--programs FOLDER] NAME…

The programs are in FOLDER, or in $BATON_FUZZERS; `./dev fuzz` builds them. What is new is written to
FOLDER/../../found/NAME, what broke something to FOLDER/../../broken/NAME. The seed is always the same. The exit status
is 77 when there is nothing to run, 1 when something was found."""
import argparse
import ctypes
import fcntl
import os
import re
import socket
import struct
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE + '/../interop')
from tap import clean_up_when_stopped, tied  # noqa: E402

ALONE = ('sip-request', 'sip-response', 'subscription-state')  # they send to whatever host is in the input
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
NO_NAMESPACE = 99  # not 77, with which libFuzzer ends when it has found something


def enter_namespace():
    """A network with nothing but a loopback device; says whether that could be had."""
    user, group = os.getuid(), os.getgid()
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER | CLONE_NEWNET):
        return False
    try:
        for name, text in (('setgroups', 'deny'), ('uid_map', f'0 {user} 1'), ('gid_map', f'0 {group} 1')):
            with open(f'/proc/self/{name}', 'w', encoding='ascii') as file:
                file.write(text)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
            fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack('16sH14x', b'lo', IFF_UP))
    except OSError:
        return False
    return True


def begin(alone):
    """In the child that will be the fuzzer: it goes when we go, too."""
    if alone and not enter_namespace():
        os._exit(NO_NAMESPACE)
    tied()()


def environment():
    """The sanitizers as the harnesses want them; leaks are looked for where the stacks are whole, in the replay."""
    top = os.path.dirname(os.path.dirname(HERE))
    return dict(os.environ, LC_ALL='C', GSETTINGS_BACKEND='memory', G_DEBUG='gc-friendly,fatal-warnings',
                ASAN_OPTIONS=f'detect_leaks=0:quarantine_size_mb=32:suppressions={top}/tests/asan.supp',
                UBSAN_OPTIONS=f'print_stacktrace=1:halt_on_error=1:suppressions={top}/tests/ubsan.supp')


def run(folder, name, seconds):
    """Whether nothing was found."""
    program = f'{folder}/fuzz-{name}'
    build = os.path.dirname(os.path.dirname(os.path.abspath(folder)))
    found, broken = f'{build}/found/{name}', f'{build}/broken/{name}'
    for path in (found, broken):
        os.makedirs(path, exist_ok=True)
    done = subprocess.run([program, f'-max_total_time={seconds}', '-seed=1', '-max_len=4096', '-timeout=10',
                           '-rss_limit_mb=2000', '-reload=0', '-print_final_stats=1', f'-dict={HERE}/sip.dict',
                           f'-artifact_prefix={broken}/', found, f'{HERE}/corpus/{name}'],
                          env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          preexec_fn=lambda: begin(name in ALONE))
    text = done.stdout.decode(errors='replace')
    count = re.search(r'number_of_executed_units: (\d+)', text)
    print(f'{name}: {count.group(1) if count else 0} inputs in {seconds} s', flush=True)
    if done.returncode == NO_NAMESPACE:
        print(f'{name}: no network namespace can be had here; not run')
        return None
    if done.returncode:
        print(re.sub(r'(?m)^(#\d+\t.*|baton.*-Message: .*|INFO: .*)\n', '', text)[-6000:])
        kept = re.search(r'Test unit written to (\S+)', text)
        print(f'{name}: FOUND SOMETHING. Again: {program} {kept.group(1) if kept else ""}\n'
              f'Once it is mended, the input belongs in tests/fuzz/corpus/{name}.')
    return done.returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--seconds', type=int, default=60)
    parser.add_argument('--programs', default=os.environ.get('BATON_FUZZERS'))
    parser.add_argument('names', nargs='*')
    options = parser.parse_args()
    clean_up_when_stopped()
    names = options.names or sorted(os.listdir(HERE + '/corpus'))
    if not options.programs:
        print('The fuzzers were not built: clang is missing. The corpus was replayed all the same.')
        return 77
    results = [run(options.programs, name, options.seconds) for name in names]
    if False in results:
        return 1
    return 77 if None in results else 0


if __name__ == '__main__':
    sys.exit(main())
