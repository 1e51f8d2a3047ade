#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two Batons in networks that can meet through TURN alone: network namespaces, joined by a third one with coturn.

      left 10.201.1.2 ── 10.201.1.1 middle 10.201.2.1 ── 10.201.2.2 right
                           10.201.3.1: coturn

SIP may pass (port 5060 has a route of its own), nothing else has a way from left to right. Needs root.

  turn.py [CASE…]"""
import os
import shutil
import subprocess
import sys
import tempfile
import time

from phones import Baton
from sound import wait_tone
from tap import Failed, Skipped, run_tap, tied, wait_until

SERVER = '10.201.3.1'
USER, SECRET = 'alice', 'wonderland'
LEFT, RIGHT = '10.201.1.2', '10.201.2.2'


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        raise Skipped(f'network namespaces cannot be made here: {" ".join(command)}: '
                      f'{done.stdout.decode(errors="replace").strip()}')


class Networks:
    """The three namespaces, named by our process id; gone with us."""

    def __init__(self):
        self.names = {side: f'baton-{os.getpid()}-{side}' for side in ('left', 'middle', 'right')}
        self.made = []

    def __enter__(self):
        if os.geteuid() != 0:
            raise Skipped('network namespaces need root')
        if not shutil.which('ip'):
            raise Skipped('ip (iproute2) is not installed')
        try:
            for side in self.names:
                run('ip', 'netns', 'add', self.names[side])
                self.made.append(side)
                self.ip(side, 'link', 'set', 'lo', 'up')
            self.ip('middle', 'addr', 'add', f'{SERVER}/32', 'dev', 'lo')
            self.run('middle', 'sysctl', '-qw', 'net.ipv4.ip_forward=1')
            self.join('left', 1)
            self.join('right', 2)
        except BaseException:
            self.__exit__()
            raise
        return self

    def join(self, side, number):
        net = f'10.201.{number}'
        self.ip(side, 'link', 'add', 'net0', 'type', 'veth', 'peer', 'name', side, 'netns', self.names['middle'])
        self.ip(side, 'addr', 'add', f'{net}.2/24', 'dev', 'net0')
        self.ip(side, 'link', 'set', 'net0', 'up')
        self.ip('middle', 'addr', 'add', f'{net}.1/24', 'dev', side)
        self.ip('middle', 'link', 'set', side, 'up')
        self.ip(side, 'route', 'add', f'{SERVER}/32', 'via', f'{net}.1')
        self.ip(side, 'rule', 'add', 'ipproto', 'udp', 'dport', '5060', 'lookup', '100')
        self.ip(side, 'route', 'add', 'default', 'via', f'{net}.1', 'table', '100')

    def ip(self, side, *words):
        run('ip', '-n', self.names[side], *words)

    def command(self, side, *words):
        return ('ip', 'netns', 'exec', self.names[side]) + words

    def run(self, side, *words):
        run(*self.command(side, *words))

    def __exit__(self, *unused):
        for side in self.made:
            subprocess.run(('ip', 'netns', 'del', self.names[side]), check=False)


class Coturn:
    def __init__(self, networks):
        if not shutil.which('turnserver'):
            raise Skipped('coturn is not installed')
        self.folder = tempfile.mkdtemp(prefix='baton-coturn-')
        self.log = f'{self.folder}/log'
        self.out = open(self.log, 'wb')  # pylint: disable=consider-using-with
        self.process = subprocess.Popen(networks.command(
            'middle', 'turnserver', '-n', '-L', SERVER, '-E', SERVER, '-a', '-u', f'{USER}:{SECRET}', '-r', 'baton',
            '--no-tls', '--no-dtls', '--no-cli', '--no-multicast-peers', '--log-file', 'stdout', '-b', f'{self.folder}/db',
            '--pidfile', f'{self.folder}/pid', '-v'), stdout=self.out, stderr=subprocess.STDOUT, preexec_fn=tied())

    def __enter__(self):
        wait_until('coturn listens', lambda: 'opened on' in self.read())
        return self

    def read(self):
        with open(self.log, encoding='utf-8', errors='replace') as log:
            return log.read()

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait()
        self.out.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Inside(Baton):
    """A Baton in one of the networks."""

    def __init__(self, networks, side, name, hz, address, options, env):
        self.around = networks.command(side)
        super().__init__(name, hz, address, options=options, env=env)

    def start(self, command, env=None, **more):
        super().start(list(self.around) + command, env, **more)


def path_of(baton, call):
    mark = baton.mark()
    baton.write(f'stats {call}')
    return baton.wait('stats', since=mark, call=call)


def call_through(uri, options=()):
    env = dict(BATON_TURN_USER=USER, BATON_TURN_PASSWORD=SECRET)
    ice = ('--ice=on', '--srtp=off', f'--turn={uri}') + tuple(options)
    with Networks() as networks, Coturn(networks) as server, \
            Inside(networks, 'left', 'alice', 440, LEFT, ice, env) as alice, \
            Inside(networks, 'right', 'bob', 1000, RIGHT, ice + ('--answer=auto',), env) as bob:
        began = time.monotonic()
        call = alice.dial(bob.uri)
        got = bob.incoming()
        alice.established(call)
        wait_until('sound from bob', lambda: path_of(alice, call)['received'] > 0, every=0.01)
        print(f'# first sound {1000 * (time.monotonic() - began):.0f} ms after dialling')
        wait_tone(alice, bob.hz)
        wait_tone(bob, alice.hz)
        for baton, number in ((alice, call), (bob, got)):
            stats = path_of(baton, number)
            if stats['path'] != 'relay':
                raise Failed(f'{baton.name} says {stats}')
            print(f'# {baton.name}: {stats["local_address"]} {stats["remote_address"]}')
        if 'turn:' in uri and f'user <{USER}>' not in server.read():
            raise Failed('coturn relayed nothing')
        for address in (LEFT, RIGHT):
            if (f'tcp or tls connected to: {address}:' in server.read()) != uri.endswith('=tcp'):
                raise Failed(f'{address} came to coturn by another transport than {uri} says')
        alice.hangup(call)
        alice.ended(call)
        bob.ended(got)
        for baton in (alice, bob):
            began = time.monotonic()
            status = baton.close()
            took = time.monotonic() - began
            print(f'# {baton.name} ended after {1000 * took:.0f} ms')
            if status != 0 or took > 1.5:  # as long as it waits for the server when nobody reads the answer
                raise Failed(f'{baton.name} ended with status {status} after {took:.1f} s')


def host():
    """On loopback, without any server or root: the program itself, with all its libraries."""
    options = ('--ice=on', '--srtp=off')
    with Baton('alice', 440, options=options) as alice, Baton('bob', 1000, options=options + ('--answer=auto',)) as bob:
        began = time.monotonic()
        call = alice.dial(bob.uri)
        got = bob.incoming()
        wait_until('sound from bob', lambda: path_of(alice, call)['received'] > 0, every=0.01)
        print(f'# first sound {1000 * (time.monotonic() - began):.0f} ms after dialling')
        wait_tone(alice, bob.hz)
        wait_tone(bob, alice.hz)
        if path_of(alice, call)['path'] != 'host' or path_of(bob, got)['path'] != 'host':
            raise Failed(f'alice says {path_of(alice, call)}')
        alice.hold(call)
        alice.wait('call', call=call, hold='local')
        alice.resume(call)
        alice.wait('media', call=call, state='held')
        wait_tone(bob, alice.hz)
        alice.hangup(call)
        bob.ended(got)


def udp():
    call_through(f'turn:{SERVER}:3478?transport=udp')


def tcp():
    call_through(f'turn:{SERVER}:3478?transport=tcp')


def without_turn():
    """The other way round: without TURN there is no way, the call stays up, and the user is told."""
    ice = ('--ice=on', '--srtp=off', f'--stun={SERVER}:3478')
    with Networks() as networks, Coturn(networks), \
            Inside(networks, 'left', 'alice', 440, LEFT, ice, {}) as alice, \
            Inside(networks, 'right', 'bob', 1000, RIGHT, ice + ('--answer=auto',), {}) as bob:
        call = alice.dial(bob.uri)
        alice.established(call)
        said = alice.wait('error', 30, call=call)
        if 'TURN' not in said['message']:
            raise Failed(f'the user was told: {said["message"]}')
        if path_of(alice, call)['path'] is not None:
            raise Failed('there is a path')
        alice.hangup(call)
        bob.ended(bob.incoming())


def network_changes():
    """The left side gets one more address in the call: a re-INVITE with new ports, and the sound goes on."""
    env = dict(BATON_TURN_USER=USER, BATON_TURN_PASSWORD=SECRET)
    ice = ('--ice=on', '--srtp=off', f'--turn=turn:{SERVER}')
    with Networks() as networks, Coturn(networks), \
            Inside(networks, 'left', 'alice', 440, LEFT, ice + ('--listen=0.0.0.0:5060',), env) as alice, \
            Inside(networks, 'right', 'bob', 1000, RIGHT, ice + ('--answer=auto',), env) as bob:
        call = alice.dial(bob.uri)
        got = bob.incoming()
        wait_tone(alice, bob.hz)
        wait_tone(bob, alice.hz)
        networks.ip('left', 'addr', 'add', '10.201.1.7/24', 'dev', 'net0')
        before = path_of(alice, call)['local_address']
        wait_until('another path', lambda: path_of(alice, call)['local_address'] not in (None, before), 20, 0.2)
        wait_tone(alice, bob.hz)
        wait_tone(bob, alice.hz)
        bob.hangup(got)
        alice.ended(call)


CASES = dict(host=host, udp=udp, tcp=tcp, without_turn=without_turn, network_changes=network_changes)

if __name__ == '__main__':
    wanted = sys.argv[1:] or list(CASES)
    sys.exit(run_tap([(f'/turn/{name.replace("_", "-")}', CASES[name.replace('-', '_')]) for name in wanted]))
