#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`./dev bench [refer] [gap] [cpu] [start] [soak] [media] [latency]`: Baton beside other phones, on this machine, in one run. Markdown."""
import argparse
import array
import atexit
import math
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import wave

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE + '/../interop')
from phones import Baresip, Baton, Failed, Linphone, Sipp, Skipped, Twinkle, addresses, port_taken, wait_until  # noqa: E402
from tap import clean_up_when_stopped, tied  # noqa: E402


def phones(build, codecs='pcmu', record=False):
    """[(name, function that starts it)]; each answers by itself and follows a REFER. None encrypts: all do the same job."""
    os.environ['BATON_CLI'] = build + '/src/cli/baton-cli'
    lin = tuple({'pcmu': 'PCMU', 'opus': 'opus'}[name] for name in codecs.split(','))
    baresip = codecs.replace('opus', 'opus/48000/2')
    return [
        ('Baton', lambda: Baton(options=('--answer=auto', '--refer=follow', '--srtp=off', f'--codecs={codecs}'), record=record)),
        ('baresip', lambda: Baresip(codecs=baresip, record=record)),
        ('linphonec', lambda: Linphone(codecs=lin, record=record)),
    ]


def started(name, start):
    try:
        return start()
    except Skipped as why:
        print(f'{name}: {why}', file=sys.stderr)
    except (Failed, OSError, KeyError) as why:
        print(f'{name} did not start: {why}', file=sys.stderr)
    return None


def table(head, rows):
    print('| ' + ' | '.join(head) + ' |')
    print('|' + ' --- |' * len(head))
    for row in rows:
        print('| ' + ' | '.join(str(cell) for cell in row) + ' |')
    print(flush=True)


def figure(values):
    values = [value / 1000 for value in values if value >= 0]
    if not values:
        return '–'
    return f'{statistics.median(values):.2f} / {max(values):.2f}'


# --- refer ----------------------------------------------------------------------------------------

RESTARTS = 5


RINGS_MS = 20
SETTLES_MS = 60


def measure_refers(options, name, start, rounds, ring_ms):
    """One start of a phone: a tuple for each transfer that was tried; None when it does not start"""
    phone = started(name, start)
    if phone is None:
        return None
    with phone:
        own = phone.address if isinstance(phone, Twinkle) else addresses.new()
        port = phone.port if isinstance(phone, Twinkle) else 5060
        done = subprocess.run([options.build + '/tests/bench/bench-refer', f'{phone.name}@{phone.address}:{port}', own,
                               str(rounds), str(SETTLES_MS), str(ring_ms)], stdout=subprocess.PIPE, text=True, check=False, timeout=rounds * 12,
                              preexec_fn=tied())
    results = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    while results and max(results[-1]) < 0 and len(results) < rounds:
        results.pop()  # where it got stuck: tried again after a new start
    return results


def followed_refers(options, name, start, rounds, ring_ms):
    """(the transfers that were followed, how many in words)"""
    results, starts = [], 0
    # One that takes no more calls is started anew for the rest: Twinkle comes to that after a few.
    while len(results) < rounds and starts < RESTARTS:
        starts += 1
        some = measure_refers(options, name, start, rounds - len(results), ring_ms)
        if some is None:
            break
        results += some
    came = [row for row in results if row[1] >= 0]
    if not came:
        print(f'{name}: not measured: no transfer was followed in {starts} starts', file=sys.stderr)
    return came, f'{len(came)} of {rounds}' + f', {starts} starts' * (starts > 1)


def bench_refer(options):
    rounds = options.rounds or 200
    print(f'### Reaction to a REFER: median / worst of {rounds}, in ms\n')
    rows = []
    for name, start in [*phones(options.build), ('Twinkle', lambda: Twinkle('bench'))]:
        at_once, followed = followed_refers(options, name, start, rounds, 0)
        rung, followed_later = followed_refers(options, name, start, rounds, RINGS_MS) if at_once else ([], '')
        if at_once:
            rows.append([name] + [figure([row[column] for row in at_once]) for column in (0, 1, 2, 3)]
                        + [figure([row[column] for row in rung]) for column in (2, 3)] + [f'{followed}; {followed_later}'])
    table(['phone', 'REFER → 2xx', 'REFER → INVITE', 'answered at once: 200 → final NOTIFY', '200 → first RTP',
           f'after {RINGS_MS} ms: 200 → final NOTIFY', '200 → first RTP', 'followed'], rows)


# --- gap ------------------------------------------------------------------------------------------

def distribution(values):
    values = sorted(value / 1000 for value in values)
    if not values:
        return '–'
    return f'{statistics.median(values):.2f} / {values[int(len(values) * 0.95)]:.2f} / {values[-1]:.2f}'


def bench_gap(options):
    """Without the hold that usually comes before it, so that the sound flows until the very move."""
    rounds = options.rounds or 100
    print(f'### The move of the sound: median / 95 % / worst of {rounds}, in ms\n')
    rows = []
    for what in ('blind', 'attended'):
        for name, start in phones(options.build):
            phone = started(name, start)
            if phone is None:
                continue
            with phone:
                done = subprocess.run([options.build + '/tests/bench/bench-refer',
                                       f'{phone.name}@{phone.address}:5060', addresses.new(), str(rounds), '200', '0']
                                      + ['attended'] * (what == 'attended'),
                                      stdout=subprocess.PIPE, text=True, check=False, timeout=rounds * 12,
                                      preexec_fn=tied())
            results = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
            moved = [row for row in results if row[4] >= 0]
            rows.append([what, name, distribution(row[4] for row in moved), distribution(row[3] for row in moved),
                         sum(row[5] > 0 for row in moved), f'{len(moved)} of {rounds}'])
    table(['transfer', 'phone', 'last RTP to the old → first to the new', "target's 200 → first RTP",
           'runs in which the old one got more after that', 'moved'], rows)


# --- cpu ------------------------------------------------------------------------------------------

def cpu_seconds(pid):
    total = 0
    for task in os.listdir(f'/proc/{pid}/task'):
        try:
            with open(f'/proc/{pid}/task/{task}/schedstat', encoding='ascii') as stat:
                total += int(stat.read().split()[0])
        except OSError:
            pass
    return total / 1e9


def status_of(pid, *names):
    with open(f'/proc/{pid}/status', encoding='ascii') as status:
        text = status.read()
    return [int(re.search(rf'^{name}:\s+(\d+)', text, re.M).group(1)) for name in names]


def measure_calls(phone, calls, payload, codec, seconds):
    """(CPU s in that time, RSS in MB, threads) while so many calls are up, each with sound in both directions."""
    pid = phone.process.pid
    with Sipp('-sf', HERE + '/call.xml', '-s', phone.name, '-key', 'payload', str(payload), '-key', 'codec', codec,
              '-d', str(int((seconds + 6) * 1000)), '-r', '20', '-l', str(calls), '-rtp_echo', '-mp', '16000',
              '-timeout', str(int(seconds + 30)), target=f'{phone.address}:5060', calls=calls):
        time.sleep(2.5)
        before, at = cpu_seconds(pid), time.monotonic()
        time.sleep(seconds)
        used, took = cpu_seconds(pid) - before, time.monotonic() - at
        memory, threads = status_of(pid, 'VmRSS', 'Threads')
    return used * seconds / took, memory / 1024, threads


def bench_cpu(options):
    seconds = options.seconds or 20
    print(f'### Calls of {seconds} s: CPU seconds · RSS in MB · threads\n')
    counts = options.calls or [1, 2, 4, 8, 32]
    for codecs, payload, codec in (('pcmu', 0, 'PCMU/8000'), ('opus', 96, 'opus/48000/2')):
        rows = []
        for name, start in phones(options.build, codecs):
            cells = []
            for calls in counts:
                if name == 'linphonec' and calls > 1:
                    cells.append('one at a time')
                    continue
                phone = started(name, start)
                if phone is None:
                    cells.append('–')
                    continue
                with phone:
                    try:
                        used, memory, threads = measure_calls(phone, calls, payload, codec, seconds)
                        cells.append(f'{used:.2f} · {memory:.0f} · {threads}')
                    except (Failed, OSError) as why:
                        print(f'{name}, {calls} calls: {why}', file=sys.stderr)
                        cells.append('–')
            rows.append([name] + cells)
        table([codec.split('/', maxsplit=1)[0]] + [f'{calls} call' + 's' * (calls > 1) for calls in counts], rows)


# --- start ----------------------------------------------------------------------------------------

def bench_start(options):
    rounds = options.rounds or 10
    print(f'### From start to listening: median / worst of {rounds}, in ms; RSS in MB and threads then\n')
    rows = []
    for name, start in phones(options.build):
        times, memory, threads = [], 0, 0
        for _ in range(min(rounds, 20)):
            begun = time.monotonic()
            phone = started(name, start)
            if phone is None:
                break
            wait_until('it listens', lambda phone=phone: port_taken(phone.address, 5060), every=0.001)
            times.append((time.monotonic() - begun) * 1e6)
            memory, threads = status_of(phone.process.pid, 'VmRSS', 'Threads')
            phone.close()
        if times:
            rows.append([name, figure(times), f'{memory / 1024:.0f}', threads])
    table(['phone', 'start', 'RSS', 'threads'], rows)


# --- soak -----------------------------------------------------------------------------------------

def bench_soak(options):
    calls = (options.calls or [300])[0]
    print(f'### Twice {calls} calls, every third transferred, in one process\n')
    os.environ['BATON_CLI'] = options.build + '/src/cli/baton-cli'
    auto = ('--answer=auto',)
    rows, sent, received, gaps = [], 0, 0, []
    # Ten of them, because nobody follows more than ten transfers a minute from one peer.
    bobs = [Baton(f'bob{number}', 600, options=auto, record=False) for number in range(10)]
    with Baton('soak', options=('--refer=follow',), record=False) as soak, \
            Baton('carol', 1000, options=auto, record=False) as carol:
        phones_all = [soak, carol, *bobs]

        def note(what):
            rss, threads = status_of(soak.process.pid, 'VmRSS', 'Threads')
            rows.append([what, sent, received, rss, threads, len(os.listdir(f'/proc/{soak.process.pid}/fd'))])

        for number in range(1, 2 * calls + 1):
            bob = bobs[number // 3 % len(bobs)]
            bob_mark, carol_mark = bob.mark(), carol.mark()
            call = soak.dial(bob.uri + ':5060')
            soak.established(call)
            at_bob = bob.incoming(bob_mark)
            bob.established(at_bob)
            if number % 3 == 0:
                # in turn, it transfers and is transferred
                giver, number_there = (soak, call) if number % 2 else (bob, at_bob)
                giver.transfer(number_there, carol.uri + ':5060')
                giver.wait('refer-accepted')
                at_carol = carol.incoming(carol_mark)
                carol.established(at_carol)
                soak.ended(call)
                carol.hangup(at_carol)
                carol.ended(at_carol)
                sent, received = sent + number % 2, received + 1 - number % 2
                if giver is bob:
                    new = soak.wait('refer-invite-sent')['call']
                    soak.ended(new)
            else:
                soak.hangup(call)
                soak.ended(call)
            bob.ended(at_bob)
            if number in (1, 10, 50, 100, 200, calls, calls + 100, 2 * calls):
                note(number)
            for phone in phones_all:
                gaps += [event['gap_ms'] for event in phone.events if event.get('event') == 'media' and 'gap_ms' in event]
                with phone.said:
                    phone.events.clear()
                    phone.lines.clear()
            if number in (calls, 2 * calls):
                # SIP remembers a transaction for 32 s, and the limit of transfers counts a minute; the second half shows whether it grows on.
                time.sleep(65)
                note(f'{number}, 65 s later')
    for bob in bobs:
        bob.close()
    table(['calls', 'transfers made', 'transfers followed', 'RSS in kB', 'threads', 'open files'], rows)
    if gaps:
        gaps.sort()
        print(f'Gap in the sound at a transfer, {len(gaps)} measured: median {statistics.median(gaps):.1f} ms, '
              f'95 % {gaps[int(len(gaps) * 0.95)]:.1f} ms, worst {gaps[-1]:.1f} ms\n')


# --- latency --------------------------------------------------------------------------------------

CLICKS = 20
CLICK_RATE = 48000


class NullSinks:
    """A PulseAudio of our own: what is played into mic-a and mic-b is said, what is heard comes to ear-a and ear-b."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='baton-latency-')
        self.own = dict(PULSE_SERVER=f'unix:{self.folder}/n', PULSE_COOKIE=self.folder + '/cookie')
        self.env = dict(os.environ, **self.own)
        home = dict(os.environ, HOME=self.folder, XDG_RUNTIME_DIR=self.folder, PULSE_RUNTIME_PATH=self.folder,
                    PULSE_STATE_PATH=self.folder)
        command = ['pulseaudio', '-n', '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no', '-L',
                   f'module-native-protocol-unix socket={self.folder}/n auth-anonymous=1']
        for name in ('mic-a', 'ear-a', 'mic-b', 'ear-b'):
            command += ['-L', f'module-null-sink sink_name={name} rate={CLICK_RATE} sink_properties=device.description={name}']
        self.server = subprocess.Popen(command, env=home, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       preexec_fn=tied())
        atexit.register(self.close)  # who is stopped before it answers has nobody who closes it
        wait_until('the sound server answers', lambda: subprocess.run(
            ['pactl', 'info'], env=self.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0)

    def of(self, end):
        return dict(self.own, PULSE_SOURCE=f'mic-{end}.monitor', PULSE_SINK=f'ear-{end}')

    def close(self):
        self.server.kill()
        self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


class Ear(threading.Thread):
    """Records one monitor. When its first sample was is known by the earliest arrival; both ears are late by the same."""

    def __init__(self, sinks, source):
        super().__init__(daemon=True)
        self.process = subprocess.Popen(['parec', '--raw', f'--device={source}', f'--rate={CLICK_RATE}', '--channels=1',
                                         '--format=s16le', '--latency-msec=5'], env=sinks.env, stdout=subprocess.PIPE,
                                        preexec_fn=tied())
        self.samples, self.begun = array.array('h'), float('inf')
        self.start()

    def run(self):
        while True:
            data = os.read(self.process.stdout.fileno(), 65536)
            if not data:
                return
            self.samples.frombytes(data[:len(data) // 2 * 2])
            self.begun = min(self.begun, time.monotonic() - len(self.samples) / CLICK_RATE)

    def clicks(self):
        """Times of each sound after 0.2 s without any"""
        found, last = [], -CLICK_RATE
        for at, sample in enumerate(self.samples):
            if abs(sample) > 3000:
                if at - last > CLICK_RATE // 5:
                    found.append(self.begun + at / CLICK_RATE)
                last = at
        return found

    def close(self):
        self.process.kill()
        self.process.wait()
        self.join()


def measure_latency(sinks):
    path = sinks.folder + '/clicks.wav'
    with wave.open(path, 'wb') as file:
        file.setparams((1, 2, CLICK_RATE, 0, 'NONE', ''))
        # 20 ms of 1 kHz, each 0.73 s: no multiple of a packet
        click = array.array('h', (int(20000 * math.sin(2 * math.pi * 1000 * i / CLICK_RATE)) for i in range(960)))
        file.writeframes((click.tobytes() + bytes(2 * int(0.73 * CLICK_RATE) - 1920)) * CLICKS)
    mouth, ear = Ear(sinks, 'mic-a.monitor'), Ear(sinks, 'ear-b.monitor')
    time.sleep(1)
    subprocess.run(['paplay', '--device=mic-a', path], env=sinks.env, check=True, timeout=60, preexec_fn=tied())
    time.sleep(1)
    mouth.close()
    ear.close()
    heard = ear.clicks()
    return [next((at - said for at in heard if 0 < at - said < 0.7), -1) * 1e6 for said in mouth.clicks()]


def sounding_phones(build):
    """[(name, function that starts one at an end of the null sinks)]"""
    os.environ['BATON_CLI'] = build + '/src/cli/baton-cli'
    return [
        ('Baton', lambda name, env: Baton(name, options=('--answer=auto', '--codecs=pcmu'), env=env, audio='device', record=False)),
        ('baresip', lambda name, env: Baresip(name, codecs='pcmu', record=False, env=env, device='alsa,default')),
        ('linphonec', lambda name, env: Linphone(name, record=False, env=env, device=name[-1])),
    ]


def bench_latency(options):
    seconds = options.seconds or 20
    print(f'### Mouth to ear through two phones, median / worst of {CLICKS} clicks in ms; CPU s of {seconds} s of it\n')
    rows = []
    for name, start in sounding_phones(options.build):
        sinks = NullSinks()
        try:
            with start(name.lower() + '-a', sinks.of('a')) as one, start(name.lower() + '-b', sinks.of('b')) as other:
                one.dial(other.uri + ('' if name == 'linphonec' else ':5060'))
                one.established(1) if name == 'Baton' else one.established()
                time.sleep(2)
                before, at = cpu_seconds(one.process.pid), time.monotonic()
                times = measure_latency(sinks)
                while time.monotonic() - at < seconds:
                    time.sleep(0.1)
                used = (cpu_seconds(one.process.pid) - before) * seconds / (time.monotonic() - at)
                threads = status_of(one.process.pid, 'Threads')[0]
                came = [value for value in times if value >= 0]
                rows.append([name, figure(came), f'{len(came)} of {len(times)}', f'{used:.2f}', threads])
        except (Skipped, Failed, OSError, KeyError, subprocess.SubprocessError) as why:
            print(f'{name}: {why}', file=sys.stderr)
            rows.append([name, '–', '–', '–', '–'])
        finally:
            sinks.close()
    table(['phone', 'mouth to ear', 'clicks heard', 'CPU', 'threads'], rows)


def bench_media(options):
    program = options.build + '/tests/bench/bench-media'
    if not os.path.exists(program):
        print('bench-media was not built', file=sys.stderr)
        return
    subprocess.run([program], check=False, timeout=900, preexec_fn=tied())


PARTS = dict(refer=bench_refer, gap=bench_gap, start=bench_start, cpu=bench_cpu, soak=bench_soak, media=bench_media, latency=bench_latency)


def main():
    parser = argparse.ArgumentParser(prog='./dev bench', description=__doc__)
    parser.add_argument('--build', required=True, help=argparse.SUPPRESS)
    parser.add_argument('--rounds', type=int, help='transfers or starts (200, 10)')
    parser.add_argument('--seconds', type=int, help='length of the calls of cpu (20)')
    parser.add_argument('--calls', type=int, action='append', help='how many calls at once (1, 2, 4, 8, 32); of soak: 300')
    parser.add_argument('part', nargs='*', choices=[[], *PARTS])
    options = parser.parse_args()
    clean_up_when_stopped()
    with open('/proc/cpuinfo', encoding='ascii', errors='replace') as info:
        model = re.search(r'model name\s*:\s*(.*)', info.read())
    print(f'{os.cpu_count()} cores, {model.group(1) if model else "unknown"}; load {os.getloadavg()[0]:.1f}\n', flush=True)
    for part in options.part or PARTS:
        PARTS[part](options)


if __name__ == '__main__':
    main()
