# SPDX-License-Identifier: GPL-3.0-or-later
"""What every program here is made of: cases in TAP, waiting for facts with a deadline, and no stray when it is stopped.

Whoever stops a program (meson gives it half a second) finds nothing left of it: a SIGTERM or SIGINT ends the case as an
error would, `hurried ()` then says that nobody waits for a polite end; and what was started with `tied ()` goes when
we go, killed or not."""
import ctypes
import os
import queue
import signal
import socket
import sys
import threading
import time

DEADLINE = 10.0
PR_SET_PDEATHSIG = 1
prctl = ctypes.CDLL(None).prctl
stopped_by = None


class Failed(Exception):
    """What the test was waiting for did not happen; the text says what."""


class Skipped(Exception):
    pass


def wait_until(what, condition, seconds=DEADLINE, every=0.02):
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > end:
            raise Failed(f'{what() if callable(what) else what}: not within {seconds:g} s')
        time.sleep(every)


def port_taken(address, port, tcp=False):
    probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM if tcp else socket.SOCK_DGRAM)
    try:
        probe.bind((address, port))
    except OSError:
        return True
    finally:
        probe.close()
    return False


def tied(number=signal.SIGKILL):
    """A preexec_fn: the child gets that signal when the thread that started it is gone."""
    return lambda: prctl(PR_SET_PDEATHSIG, int(number))


def hurried():
    return stopped_by is not None


def on_stop(number, _):
    global stopped_by
    if stopped_by is None:
        stopped_by = number
        raise SystemExit(128 + number)


def clean_up_when_stopped():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, on_stop)


def try_case(function):
    """('ok' | 'not ok', what is added to the line, comments, seconds)"""
    begun = time.monotonic()
    try:
        function()
        found = 'ok', '', ''
    except Skipped as why:
        found = 'ok', f' # SKIP {why}', ''
    except Exception as error:  # whatever it was, the case failed and the next one runs
        said = str(error) if isinstance(error, Failed) else f'{type(error).__name__}: {error}'
        found = 'not ok', '', '\n'.join([said] + getattr(error, '__notes__', []))
    return found + (time.monotonic() - begun,)


class Case:
    """One that runs in its turn, in one of the threads."""

    def __init__(self, name, function):
        self.name = name
        self.function = function
        self.over = threading.Event()

    def run(self):
        self.found = try_case(self.function)
        self.over.set()


def work(waiting, all_over):
    while True:
        try:
            case = waiting.get_nowait()
        except queue.Empty:
            break
        case.run()
    all_over.wait()  # what a thread has started goes with it (tied ())


def run_tap(cases, at_once=1):
    """cases: [(name, function)]; one line of TAP for each, in their order. More than one at once is for those that wait
    more than they work. The threads are daemons: nobody waits for a case when we are stopped."""
    clean_up_when_stopped()
    print(f'1..{len(cases)}', flush=True)
    cases = [Case(name, function) for name, function in cases]
    waiting, all_over = queue.Queue(), threading.Event()
    if at_once > 1:
        for case in cases:
            waiting.put(case)
        for _ in range(at_once):
            threading.Thread(target=work, args=[waiting, all_over], daemon=True).start()
    bad = 0
    for number, case in enumerate(cases, 1):
        if at_once == 1:
            case.run()
        case.over.wait()
        verdict, more, comment, seconds = case.found
        bad += verdict != 'ok'
        for line in comment.splitlines():
            print(f'# {line}')
        print(f'{verdict} {number} {case.name}{more}')
        print(f'# {case.name}: {seconds:.1f} s', flush=True)
    all_over.set()
    return 1 if bad else 0


def skip_all(why):
    print(f'1..0 # SKIP {why}')
    return 0


def chosen(cases, words):
    """The cases that have one of the words in their names; all of them when there is no word."""
    return [case for case in cases if not words or any(word in case[0] for word in words)]


def without_program():
    """Whether baton-cli, which `BATON_CLI` names, isn't there."""
    return not os.path.exists(os.environ.get('BATON_CLI', ''))


def main(doc, suites, at_once=1):
    """A whole program: the first argument names one of the suites ({name: function that lists its cases}), the others
    words of the cases that are wanted."""
    if len(sys.argv) < 2 or sys.argv[1] not in suites:
        print(doc, file=sys.stderr)
        return 2
    if without_program():
        return skip_all('baton-cli was not built')
    return run_tap(chosen(suites[sys.argv[1]](), sys.argv[2:]), at_once)
