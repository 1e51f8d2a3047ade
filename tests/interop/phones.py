# SPDX-License-Identifier: GPL-3.0-or-later
"""Phones as processes: Baton's and those that others wrote, behind the same few verbs.

Each has `uri`, `dial ()`, `hangup ()`, `hold ()`, `transfer ()`, and `heard ()`: the files of what it heard.
Nothing here sleeps for a fixed time: everything waits for a fact, with a deadline."""
import atexit
import itertools
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

from sound import write_tone
from tap import DEADLINE, Failed, Skipped, hurried, port_taken, tied, wait_until


class Addresses:
    """Addresses of 127.0.0.0/8 that no other test of this run uses, so that everybody may have port 5060."""

    def __init__(self):
        self.net = f'127.{16 + os.getpid() % 200}.{1 + os.getpid() // 200 % 250}'
        self.numbers = itertools.count(1)

    def new(self):
        return f'{self.net}.{next(self.numbers)}'


addresses = Addresses()


living = []


@atexit.register
def close_all():
    """Those whose start failed, or was interrupted: nobody had them yet."""
    for phone in list(living):
        phone.close()


class Phone:
    program = None

    def __init__(self, name, hz=440, address=None):
        if self.program and not shutil.which(self.program):
            raise Skipped(f'{self.program} is not installed')
        self.name = name
        self.hz = hz
        self.address = address or addresses.new()
        self.uri = f'sip:{name}@{self.address}'
        self.folder = tempfile.mkdtemp(prefix=f'baton-{name}-')
        self.lines = []
        self.process = None
        self.group = False
        self.closed = False
        living.append(self)

    def start(self, command, env=None, tie=signal.SIGKILL, group=False, **more):
        """@tie: what it gets when we are gone; @group: it has children, which end with it."""
        os.mkdir(self.folder + '/run', 0o700)
        environment = dict(os.environ, HOME=self.folder, XDG_CONFIG_HOME=self.folder + '/.config',
                           XDG_DATA_HOME=self.folder + '/.local/share', XDG_CACHE_HOME=self.folder + '/.cache',
                           XDG_RUNTIME_DIR=self.folder + '/run', TMPDIR=self.folder)
        environment.update(env or {})
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment,
                                        stderr=more.pop('stderr', subprocess.STDOUT), cwd=self.folder,
                                        preexec_fn=tied(tie), start_new_session=group, **more)
        self.group = group
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            self.line(line.decode(errors='replace').rstrip('\n'))

    def line(self, line):
        self.lines.append(line)

    def write(self, line):
        if self.process.poll() is not None:
            raise Failed(f'{self.name} ended with status {self.process.returncode}: {self.tail()}')
        self.process.stdin.write(line.encode() + b'\n')
        self.process.stdin.flush()

    def tail(self, count=6):
        return ' | '.join(self.lines[-count:])

    def kill(self):
        """At once, and whatever it has started too."""
        try:
            if self.group:
                os.killpg(self.process.pid, signal.SIGKILL)
            else:
                self.process.kill()
        except ProcessLookupError:
            pass
        self.process.wait()

    def end(self):
        status = None
        try:
            if hurried():
                self.kill()
            elif self.process.poll() is None:
                self.stop()
            status = self.process.wait(4)
        except (subprocess.TimeoutExpired, OSError, Failed):
            self.kill()
        self.reader.join(2)
        self.process.stdout.close()
        self.process.stdin.close()
        return status

    def close(self):
        """Ends it; says with what status (None: it had to be killed)."""
        if self.closed:
            return None
        self.closed = True
        living.remove(self)
        status = self.end() if self.process else None
        if not os.environ.get('BATON_KEEP'):
            shutil.rmtree(self.folder, ignore_errors=True)
        return status

    def stop(self):
        self.process.send_signal(signal.SIGTERM)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, *_):
        if isinstance(error, Failed):
            error.add_note(f'{self.name}: {self.story()}')
        self.close()

    def story(self):
        """What it said, for whoever has to find out why a case failed."""
        return self.tail(20)

    def heard(self):
        return sorted(os.path.join(self.folder, name) for name in os.listdir(self.folder)
                      if name.endswith('.wav') and not name.startswith('play'))

    def ready_to_record(self):
        """Whether the next call gets a recording of its own: baresip names them by the second."""
        return True


class Baton(Phone):
    """baton-cli, by its contract: one command a line in, one JSON object a line out."""

    def __init__(self, name='baton', hz=440, address=None, options=(), env=None, program=None, audio=None, record=True):
        super().__init__(name, hz, address)
        self.program = program or os.environ['BATON_CLI']
        self.events = []
        self.said = threading.Condition()
        self.seen = 0
        command = [self.program, '--json', f'--audio={audio or f"tone:{hz}"}']
        if not any(option.startswith('--listen') for option in options):
            command.append(f'--listen={self.address}:5060')
        if not any(option.startswith('--identity') for option in options):
            command.append(f'--identity={self.uri}')
        if not any(option.startswith('--codecs') for option in options):
            command.append('--codecs=pcmu,pcma')
        if record:
            command.append(f'--record={self.folder}')
        self.errors = tempfile.NamedTemporaryFile(prefix='baton-cli-', suffix='.log')
        self.start(command + list(options), env, stderr=self.errors)
        self.wait('ready')

    def line(self, line):
        super().line(line)
        try:
            event = json.loads(line)
        except ValueError:
            event = dict(event='not-json', line=line)
        with self.said:
            self.events.append(event)
            self.said.notify_all()

    def wait(self, name, seconds=DEADLINE, since=0, **fields):
        """The first event of that name with those fields, from number `since` of the list on."""
        end = time.monotonic() + seconds
        with self.said:
            while True:
                for event in self.events[since:]:
                    if event.get('event') == name and all(event.get(key) == value for key, value in fields.items()):
                        return event
                left = end - time.monotonic()
                if left <= 0 or (self.process.poll() is not None and not self.reader.is_alive()):
                    wanted = ' '.join([name] + [f'{key}={value}' for key, value in fields.items()])
                    raise Failed(f'{self.name}: no event {wanted} within {seconds:g} s; '
                                 f'last: {self.tail()} {self.complaint()}')
                self.said.wait(min(left, 0.2))

    def said_aside(self):
        with open(self.errors.name, encoding='utf-8', errors='replace') as log:
            return log.read()

    def complaint(self):
        return self.said_aside()[-1500:]

    def mark(self):
        with self.said:
            return len(self.events)

    def command(self, line):
        self.write(line)

    def dial(self, uri):
        """Places a call; says its number."""
        mark = self.mark()
        self.command(f'dial {uri}')
        return self.wait('call', since=mark, direction='outgoing')['call']

    def established(self, call, seconds=DEADLINE):
        return self.wait('call', seconds, call=call, state='established')

    def incoming(self, since=0):
        return self.wait('call', since=since, direction='incoming')['call']

    def hangup(self, call):
        self.command(f'hangup {call}')

    def hold(self, call):
        self.command(f'hold {call}')

    def resume(self, call):
        self.command(f'resume {call}')

    def hold_and_resume(self, call):
        self.hold(call)
        self.wait('call', call=call, hold='local')
        mark = self.mark()
        self.resume(call)
        self.wait('call', since=mark, call=call, hold='none')

    def is_held_and_resumed(self, call, phone):
        """By the phone at the other end"""
        phone.hold()
        self.wait('call', call=call, hold='remote')
        mark = self.mark()
        phone.resume()
        self.wait('call', since=mark, call=call, hold='none')

    def transfer(self, call, target):
        self.command(f'transfer {call} {target}')

    def ended(self, call, seconds=DEADLINE):
        return self.wait('call', seconds, call=call, state='ended')

    def held(self, call):
        """Its hold as it was told last."""
        with self.said:
            return next((event['hold'] for event in reversed(self.events)
                         if event.get('event') == 'call' and event.get('call') == call), None)

    def calls_up(self):
        """How many calls are established just now."""
        with self.said:
            states = {event['call']: event['state'] for event in self.events if event.get('event') == 'call'}
        return sum(state == 'established' for state in states.values())

    def keeps(self, *calls):
        """Shows that these go on: for a while that is long enough for a BYE, none of them ends."""
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            with self.said:
                lost = [event for event in self.events
                        if event.get('event') == 'call' and event.get('call') in calls and event['state'] == 'ended']
                if lost:
                    raise Failed(f'{self.name}: a call was lost: {lost}')
                self.said.wait(0.1)

    def stats(self, call):
        mark = self.mark()
        self.command(f'stats {call}')
        return self.wait('stats', since=mark, call=call)

    def errors_said(self):
        with self.said:
            return [event for event in self.events if event.get('event') in ('error', 'not-json')]

    def stop(self):
        self.write('quit')

    def __exit__(self, kind, *_):
        killed = self.closed
        status = self.close()
        if kind is None and status != 0 and not killed:
            raise Failed(f'{self.name} ended with status {status}: {self.complaint()}')


class Baresip(Phone):
    """Debian's baresip 1.0, driven through ctrl_tcp; it hears through its sndfile filter and says a sine."""
    program = 'baresip'
    MODULES = '/usr/lib/baresip/modules'

    def __init__(self, name='baresip', hz=600, address=None, codecs='pcmu', answer='auto', record=True, audio=None,
                 encryption=None, more_config=(), env=None, device=None):
        super().__init__(name, hz, address)
        answer = answer if isinstance(answer, str) else 'auto' if answer else 'manual'
        rate, channels, player = 48000, 2, 'none,x'
        if device is not None:
            source, player, modules, rate, channels = device, device, [device.split(',', maxsplit=1)[0]], 8000, 1
            with open(self.folder + '/.asoundrc', 'w', encoding='ascii') as alsa:  # Debian's has no module for PulseAudio
                alsa.write('pcm.!default { type pulse }\n')
        elif audio is None:
            source, modules = f'ausine,{hz}', ['ausine']
        else:
            source, modules = f'aufile,{audio}', ['aufile']
            rate, channels = 8000, 1
        modules += ['g711', 'g722', 'opus', 'ctrl_tcp'] + (['sndfile'] if record else [])
        if encryption:  # a baresip mediaenc: srtp, srtp-mand, srtp-mandf, dtls_srtp
            modules += ['dtls_srtp' if encryption.startswith('dtls') else 'srtp']
        with open(self.folder + '/config', 'w', encoding='ascii') as config:
            config.write('\n'.join([
                'poll_method epoll', f'sip_listen {self.address}:5060', 'call_local_timeout 120', 'call_max_calls 64',
                f'audio_player {player}', f'audio_source {source}', 'audio_alert none,x', f'ausrc_srate {rate}',
                f'ausrc_channels {channels}', 'audio_buffer 20-160', 'rtp_ports 20000-22000',
                f'net_interface {self.address}', f'module_path {self.MODULES}', *[f'module {name}.so' for name in modules],
                'module_tmp account.so', 'module_tmp uuid.so', 'module_app menu.so',
                f'ctrl_tcp_listen {self.address}:4444', f'snd_path {self.folder}', *more_config]) + '\n')
        with open(self.folder + '/accounts', 'w', encoding='ascii') as accounts:
            accounts.write(f'<{self.uri}>;regint=0;answermode={answer};audio_codecs={codecs}'
                           f'{f";mediaenc={encryption}" if encryption else ""}\n')
        open(self.folder + '/contacts', 'w', encoding='ascii').close()
        self.events = []
        self.start([self.program, '-f', self.folder, '-v'], env)
        wait_until(lambda: f'baresip is ready ({self.tail()})', lambda: any('is ready' in line for line in self.lines))
        self.control = socket.create_connection((self.address, 4444), 5)
        self.control.settimeout(None)
        threading.Thread(target=self.read_control, daemon=True).start()

    def read_control(self):
        buffer = b''
        while True:
            try:
                data = self.control.recv(65536)
            except OSError:
                return
            if not data:
                return
            buffer += data
            while True:
                match = re.match(rb'(\d+):', buffer)
                if not match or len(buffer) < match.end() + int(match.group(1)) + 1:
                    break
                end = match.end() + int(match.group(1))
                self.events.append(json.loads(buffer[match.end():end].decode(errors='replace')))
                buffer = buffer[end + 1:]

    def command(self, name, params=''):
        message = json.dumps(dict(command=name, params=params, token='t')).encode()
        self.control.sendall(b'%d:%s,' % (len(message), message))

    def wait(self, kind, seconds=DEADLINE, since=0):
        return wait_until(lambda: f'{self.name} says {kind}; last: {[e.get("type") for e in self.events[-6:]]}',
                          lambda: next((e for e in self.events[since:] if e.get('type') == kind), None), seconds)

    def mark(self):
        return len(self.events)

    def dial(self, uri):
        self.command('dial', uri)

    def established(self, seconds=DEADLINE, since=0):
        return self.wait('CALL_ESTABLISHED', seconds, since)

    def ended(self, seconds=DEADLINE, since=0):
        return self.wait('CALL_CLOSED', seconds, since)

    def rings(self):
        return self.wait('CALL_INCOMING')

    def decline(self):
        self.hangup()

    def hangup(self):
        self.command('hangup')

    def hold(self):
        self.command('hold')

    def resume(self):
        self.command('resume')

    def transfer(self, target):
        self.command('transfer', target)

    def heard(self):
        return [path for path in super().heard() if path.endswith('-dec.wav')]

    def ready_to_record(self):
        return not any(time.strftime('%Y-%m-%d-%H-%M-%S') in path for path in self.heard())

    def close(self):
        if getattr(self, 'control', None):
            self.control.close()
        return super().close()


class Talker(Phone):
    """One that says in lines what happens."""

    def wait(self, text, seconds=DEADLINE, since=0):
        return wait_until(lambda: f'{self.name} says "{text}"; last: {self.tail()}',
                          lambda: next((line for line in self.lines[since:] if text in line), None), seconds)

    def mark(self):
        return len(self.lines)


class Linphone(Talker):
    """Debian's linphonec 5.1, driven through its standard input; sound from and to files."""
    program = 'linphonec'

    def __init__(self, name='linphone', hz=800, address=None, codecs=('PCMU',), answer=True, record=True,
                 encryption='none', mandatory=False, env=None, device=None):
        super().__init__(name, hz, address)
        os.makedirs(self.folder + '/.local/share/linphone')
        known = [('opus', 48000, 2), ('speex', 16000, 1), ('speex', 8000, 1), ('PCMU', 8000, 1), ('PCMA', 8000, 1),
                 ('GSM', 8000, 1), ('G722', 8000, 1), ('G729', 8000, 1), ('speex', 32000, 1)]
        with open(self.folder + '/rc', 'w', encoding='ascii') as config:
            config.write(f'[sip]\nsip_port=5060\nsip_tcp_port=0\nsip_tls_port=0\nbind_address={self.address}\n'
                         f'guess_hostname=0\ncontact={self.uri}\nuse_ipv6=0\nmedia_encryption={encryption}\n'
                         f'media_encryption_mandatory={int(mandatory)}\n'
                         f'ping_with_options=0\n[net]\nfirewall_policy=0\n[rtp]\naudio_rtp_port=7078-7198\n'
                         f'bind_address={self.address}\n[sound]\necho_cancellation=0\n'
                         + (f'playback_dev_id=PulseAudio: ear-{device}\nringer_dev_id=PulseAudio: ear-{device}\n'
                            f'capture_dev_id=PulseAudio: Monitor of mic-{device}\n' if device else '') +
                         '[misc]\nmax_calls=40\n')
            for number, (mime, rate, channels) in enumerate(known):
                config.write(f'[audio_codec_{number}]\nmime={mime}\nrate={rate}\nchannels={channels}\n'
                             f'enabled={int(mime in codecs)}\n')
        write_tone(self.folder + '/play.wav', hz)
        self.start([self.program, '-S', '-c', self.folder + '/rc'] + (['-a'] if answer else []), env)
        # It takes a moment from the prompt until it listens.
        wait_until(lambda: f'{self.name} listens on its port', lambda: port_taken(self.address, 5060))
        if device:
            return
        self.write('soundcard use files')
        self.write(f'play {self.folder}/play.wav')
        if record:
            self.write(f'record {self.folder}/heard.wav')

    def dial(self, uri):
        self.write(f'call {uri} --audio-only')

    def established(self, seconds=DEADLINE, since=0):
        return self.wait('Media streams established', seconds, since)

    def ended(self, seconds=DEADLINE, since=0):
        return self.wait(' ended', seconds, since)

    def rings(self):
        return self.wait('incoming call')

    def decline(self):
        self.hangup()

    def hangup(self):
        self.write('terminate')

    def hold(self):
        mark = self.mark()
        self.write('pause')
        self.wait('is now paused', since=mark)

    def resume(self, call=None):
        self.write(f'resume {call}' if call else 'resume 1')

    def transfer(self, target):
        self.write(f'transfer {target}')

    def stop(self):
        self.write('quit')


def free_port():
    """A UDP port that is free on all addresses, for a program that can't be told an address."""
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    probe.bind(('0.0.0.0', 0))
    port = probe.getsockname()[1]
    probe.close()
    return port


class Twinkle(Talker):
    """Debian's twinkle-console 1.10, driven through its standard input. Its sound goes nowhere: ALSA's null device.
    It listens on all addresses and calls itself 127.0.0.1, so it has a port of its own."""
    program = 'twinkle-console'

    def __init__(self, name='twinkle', hz=0, answer=True, **_):
        super().__init__(name, hz, '127.0.0.1')
        self.port = free_port()
        self.uri = f'sip:{name}@127.0.0.1:{self.port}'
        os.mkdir(self.folder + '/.twinkle')
        with open(self.folder + '/.asoundrc', 'w', encoding='ascii') as alsa:
            alsa.write('pcm.!default { type null }\nctl.!default { type null }\n')
        with open(self.folder + '/.twinkle/twinkle.sys', 'w', encoding='ascii') as system:
            system.write('dev_ringtone=alsa:null\ndev_speaker=alsa:null\ndev_mic=alsa:null\nvalidate_audio_dev=no\n'
                         f'sip_udp_port={self.port}\nsip_tcp_port={self.port}\nrtp_port={20000 + self.port % 20000 * 2}\n'
                         f'start_user_profile={name}\n')
        with open(f'{self.folder}/.twinkle/{name}.cfg', 'w', encoding='ascii') as profile:
            profile.write(f'user_name={name}\nuser_domain=127.0.0.1\ncodecs=g711u\nask_user_to_refer=no\n'
                          'allow_refer=yes\nregister_at_startup=no\n')
        self.start([self.program, f'{name}.cfg'])
        wait_until(lambda: f'{self.name} listens on its port ({self.tail()})', lambda: port_taken('127.0.0.1', self.port))
        if answer:
            self.write('auto_answer -a on')
            self.wait('Auto answer enabled')

    def dial(self, uri):
        self.write(f'call {uri}')

    def established(self, seconds=DEADLINE, since=0):
        return wait_until(lambda: f'{self.name} has a call; last: {self.tail()}',
                          lambda: any(text in line for line in self.lines[since:]
                                      for text in ('call established', 'answered call')), seconds)

    def ended(self, seconds=DEADLINE, since=0):
        return wait_until(lambda: f'{self.name} has no call any more; last: {self.tail()}',
                          lambda: any(text in line for line in self.lines[since:]
                                      for text in ('ended call', 'call ended')), seconds)

    def rings(self):
        return self.wait('ncoming call')

    def decline(self):
        self.write('reject')

    def hangup(self):
        self.write('bye')

    def hold(self):
        mark = self.mark()
        self.write('hold')
        self.wait('re-INVITE successful', since=mark)  # before that it takes no `retrieve`

    def resume(self):
        self.write('retrieve')

    def transfer(self, target):
        self.write(f'transfer {target}')

    def stop(self):
        self.write('quit')


class Sipp(Phone):
    """SIPp with a scenario of its own (built in) or of ours; close () or finish () says how it went."""
    program = 'sipp'

    def __init__(self, *options, target=None, name='sipp', address=None, calls=1, stdin_null=True):
        super().__init__(name, 0, address)
        command = [self.program] + ([target] if target else []) + list(options) + [
            '-i', self.address, '-p', '5060', '-mi', self.address, '-m', str(calls), '-nostdin', '-trace_err',
            '-error_file', self.folder + '/errors.log',
            '-trace_logs', '-log_file', self.folder + '/log', '-timeout', '30', '-timeout_error',
            '-trace_shortmsg', '-shortmessage_file', self.folder + '/messages']
        self.start(command, env=dict(TERM='dumb'))

    def finish(self, seconds=35):
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise Failed(f'SIPp did not end within {seconds} s: {self.errors()}') from error
        if status:
            raise Failed(f'SIPp says {status}: {self.errors()}')

    def read_file(self, name):
        try:
            with open(f'{self.folder}/{name}', encoding='utf-8', errors='replace') as file:
                return file.read()
        except OSError:
            return ''

    def log(self):
        """What the scenario's <log> said."""
        return self.read_file('log')

    def errors(self):
        return self.read_file('errors.log')[:2000] or self.tail()

    def story(self):
        return f'{self.read_file("messages")}\n{self.errors()}'

    def wait_listening(self):
        wait_until('SIPp listens', lambda: port_taken(self.address, 5060) or port_taken(self.address, 5060, tcp=True))
