#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIP over TLS between Baton and a program that others wrote: calls and transfers both ways, and who isn't trusted.

  tls.py baresip [CASE…]"""
import shutil
import subprocess
import sys
import tempfile

import tap
from interop import calls_phone, connects, is_moved, moves, takes_call
from phones import Baresip, Baton, addresses
from sound import listen_both
from tap import Failed

TONE, PEER, OTHER = 440, 600, 800


class Party:
    """Who has a certificate: its address, and the file with certificate and key"""

    def __init__(self, folder, name):
        self.name = name
        self.address = addresses.new()
        self.uri = f'sip:{name}@{self.address}:5061;transport=tls'
        self.pem = f'{folder}/{name}.pem'
        # sofia-sip compares an address with names of the kind DNS alone, baresip's OpenSSL with those of the kind IP
        made = subprocess.run(
            ['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
             '-subj', f'/CN={self.address}', '-addext', f'subjectAltName=DNS:{self.address},IP:{self.address}',
             '-keyout', self.pem, '-out', '-'], check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.certificate = made.stdout
        with open(self.pem, 'a', encoding='ascii') as pem:
            pem.write(self.certificate)


class Parties:
    """`with` gives a party for each name; they trust one another, but for those in @strange, whom nobody does."""

    def __init__(self, *names, strange=()):
        self.names = names
        self.strange = strange
        self.folder = None

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix='baton-tls-')
        parties = [Party(self.folder, name) for name in self.names]
        for party in parties:
            party.trusted = self.folder + '/trusted.pem'
        with open(self.folder + '/trusted.pem', 'w', encoding='ascii') as trusted:
            trusted.write(''.join(party.certificate for party in parties if party.name not in self.strange))
        return parties

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)


def start_baton(party, hz=TONE, *options):
    return Baton(party.name, hz, party.address, options=(
        f'--tls-listen={party.address}:5061', f'--tls-cert={party.pem}', f'--tls-ca={party.trusted}', '--trace') + options)


def start_baresip(party, hz=PEER):
    return Baresip(party.name, hz, party.address, more_config=(
        'sip_transports udp,tcp,tls', f'sip_certificate {party.pem}', f'sip_cafile {party.trusted}'))


def check_trace(baton):
    """All of it went over TLS."""
    for line in baton.said_aside().splitlines():
        if line.startswith('----') and ' tls ' not in line:
            raise Failed(f'{baton.name}: {line}')


def is_called():
    """Baton calls, holds and resumes, and hangs up."""
    with Parties('baton', 'bob') as (us, them), start_baton(us) as baton, start_baresip(them) as phone:
        calls_phone(baton, phone, them.uri)
        check_trace(baton)


def calls():
    """baresip calls, puts Baton on hold and takes it back, and hangs up."""
    with Parties('baton', 'bob') as (us, them), start_baton(us, TONE, '--answer=auto') as baton, start_baresip(them) as phone:
        call = takes_call(baton, phone, us.uri)
        baton.is_held_and_resumed(call, phone)
        listen_both(baton, phone)
        phone.hangup()
        baton.ended(call)
        check_trace(baton)


def is_transferred():
    """Baton transfers baresip to another Baton: the two hear each other, and who transferred is out."""
    with Parties('baton', 'bob', 'carol') as (us, them, third), start_baton(us) as baton, start_baresip(them) as phone, \
            start_baton(third, OTHER, '--answer=auto') as carol:
        call = baton.dial(them.uri)
        baton.established(call)
        listen_both(baton, phone)
        moves(baton, phone, call, carol, third.uri)
        check_trace(baton)
        check_trace(carol)


def transfers():
    """baresip transfers Baton to another Baton: they hear each other, and the old call ends."""
    with Parties('baton', 'bob', 'carol') as (us, them, third), start_baton(us, TONE, '--answer=auto') as baton, \
            start_baresip(them) as phone, start_baton(third, OTHER, '--answer=auto') as carol:
        call = takes_call(baton, phone, us.uri)
        is_moved(baton, phone, call, carol, third.uri)
        baton.ended(call, 15)
        check_trace(baton)
        check_trace(carol)


def attended():
    """Attended: the call that the target has is replaced, and nobody answers there again."""
    with Parties('baton', 'bob', 'carol') as (us, them, third), start_baton(us) as baton, \
            start_baton(them, PEER, '--answer=auto') as bob, \
            start_baton(third, OTHER, '--refer=ask') as carol:
        to_bob = baton.dial(them.uri)
        baton.established(to_bob)
        baton.hold(to_bob)
        baton.wait('call', call=to_bob, hold='local')
        to_carol = baton.dial(third.uri)
        carol.command(f'answer {carol.incoming()}')
        baton.established(to_carol)
        mark = carol.mark()
        connects(baton, bob, carol, to_bob, to_carol)
        carol.established(carol.incoming(mark))  # nobody answered it there
        for phone in (baton, bob, carol):
            check_trace(phone)


def is_not_trusted():
    """Nobody has issued baresip's certificate: no call goes there, and the user reads why."""
    with Parties('baton', 'bob', strange=('bob',)) as (us, them), start_baton(us) as baton, start_baresip(them) as phone:
        call = baton.dial(them.uri)
        event = baton.ended(call)
        if 'a certificate that this computer does not trust' not in event.get('reason', ''):
            raise Failed(f'the call ended with {event}')
        if any(said.get('type') == 'CALL_INCOMING' for said in phone.events):
            raise Failed('baresip was called')


CASES = [('baresip is called', is_called), ('baresip calls', calls), ('Baton transfers baresip blind', is_transferred),
         ('baresip transfers Baton blind', transfers), ('Baton connects two others', attended),
         ("baresip's certificate is not trusted", is_not_trusted)]  # Debian's baresip trusts everybody

if __name__ == '__main__':
    sys.exit(tap.main(__doc__, dict(baresip=lambda: CASES), at_once=2))
