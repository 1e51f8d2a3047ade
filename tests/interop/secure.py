#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Encrypted calls between Baton and programs that others wrote: SDES and DTLS, each way, and who can't agree.

  secure.py baresip | linphone [CASE…]"""
import sys

import tap
from phones import Baresip, Baton, Linphone
from sound import listen_both
from tap import Failed

TONE, PEER = 440, 600


def sure(baton, call, keys):
    """The call is encrypted that way, has a cipher, and nothing was dropped but what came before the keys."""
    baton.established(call)
    stats = baton.stats(call)
    if stats.get('srtp') != keys or (keys != 'none' and not stats.get('cipher')):
        raise Failed(f'wanted {keys}, got {stats}')
    print(f'# {keys}: {stats.get("cipher")}')


def make(kind, keys, must=False):
    """A phone with encryption: offered, or with @must wanted."""
    if kind is Baresip:
        if keys == 'dtls':
            return Baresip('bob', PEER, encryption='dtls_srtp')
        return Baresip('bob', PEER, encryption='srtp-mand' if must else 'srtp')
    return Linphone('bob', PEER, encryption=dict(dtls='dtls', sdes='srtp', none='none')[keys], mandatory=must)


def is_called(kind, keys, *options, must=False, phone_keys=None):
    """Baton calls, holds and resumes."""
    with Baton(hz=TONE, options=options) as baton, make(kind, phone_keys or keys, must) as phone:
        call = baton.dial(phone.uri)
        baton.established(call)
        listen_both(baton, phone)
        sure(baton, call, keys)
        baton.hold_and_resume(call)
        listen_both(baton, phone)
        sure(baton, call, keys)
        baton.hangup(call)
        phone.ended()
        baton.ended(call)


def calls(kind, keys, *options, must=False):
    """The phone calls Baton, and puts it on hold and back."""
    with Baton(hz=TONE, options=('--answer=auto',) + options) as baton, make(kind, keys, must) as phone:
        phone.dial(baton.uri)
        call = baton.incoming()
        baton.established(call)
        phone.established()
        listen_both(baton, phone)
        sure(baton, call, keys)
        baton.is_held_and_resumed(call, phone)
        listen_both(baton, phone)
        sure(baton, call, keys)
        baton.hangup(call)
        baton.ended(call)


def refused_by_baton(kind):
    """The phone wants SRTP, Baton has it off: 488."""
    with Baton(hz=TONE, options=('--answer=auto', '--srtp=off')) as baton, make(kind, 'sdes', True) as phone:
        phone.dial(baton.uri)
        call = baton.incoming()
        event = baton.wait('call', call=call, state='ended')
        if event.get('status') != 488 or 'SRTP' not in (event.get('reason') or ''):
            raise Failed(f'the call ended with {event}')


def is_refused(encryption, *options):
    """baresip and Baton can't agree: 488, and no sound went."""
    with Baton(hz=TONE, options=options) as baton, Baresip('bob', PEER, encryption=encryption) as phone:
        call = baton.dial(phone.uri)
        baton.wait('call', call=call, state='ended', status=488)


def plain(kind):
    """Baton's best effort does no harm to a phone that knows nothing of it."""
    with Baton(hz=TONE) as baton, kind('bob', PEER) as phone:
        call = baton.dial(phone.uri)
        baton.established(call)
        listen_both(baton, phone)
        sure(baton, call, 'none')
        baton.hangup(call)
        baton.ended(call)


def cases_with(kind):
    name = kind.program
    return [(f'{name}: {what}', function) for what, function in [
        ('SDES, it calls', lambda: calls(kind, 'sdes')),
        ('SDES, it calls and wants it', lambda: calls(kind, 'sdes', must=True)),
        # linphonec takes no keys beside RTP/AVP (RFC 8643) and talks in clear then
        ('SDES, is called at best effort', lambda: is_called(kind, 'none' if kind is Linphone else 'sdes', phone_keys='sdes')),
        ('SDES, is called with both required', lambda: is_called(kind, 'sdes', '--srtp=required')),
        ('SDES, is called with SDES required', lambda: is_called(kind, 'sdes', '--srtp=required', '--srtp-keys=sdes')),
        ('DTLS, it calls', lambda: calls(kind, 'dtls')),
        # baresip's DTLS wants it in the m= line, and refuses our first offer; the second has it there
        ('DTLS, is called at best effort',
         lambda: is_called(kind, 'none' if kind is Linphone else 'dtls', phone_keys='dtls')),
        # linphonec takes the crypto line of RTP/SAVP
        ('DTLS, is called with both required',
         lambda: is_called(kind, 'sdes' if kind is Linphone else 'dtls', '--srtp=required', phone_keys='dtls')),
        ('DTLS, is called with DTLS required', lambda: is_called(kind, 'dtls', '--srtp=required', '--srtp-keys=dtls')),
        ('no SRTP, best effort does no harm', lambda: plain(kind)),
        ('it wants SRTP, Baton has it off', lambda: refused_by_baton(kind)),
        # linphonec that does not ask for SRTP takes it all the same
        ('Baton wants SRTP, it has none', lambda: is_called(kind, 'sdes', '--srtp=required', phone_keys='none')
         if kind is Linphone else is_refused(None, '--srtp=required')),
    ]]


if __name__ == '__main__':
    sys.exit(tap.main(__doc__, dict(baresip=lambda: cases_with(Baresip), linphone=lambda: cases_with(Linphone)), at_once=2))
