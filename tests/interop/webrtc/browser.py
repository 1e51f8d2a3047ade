# SPDX-License-Identifier: GPL-3.0-or-later
"""A headless Chromium with a page of SIP.js, driven by WebDriver (plain HTTP); and the server that both register at."""
import functools
import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request

import kamailio
from phones import Phone
from tap import Failed, Skipped, hurried, wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
# No browser's own traffic: nothing but this machine is ever looked up.
FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-dev-shm-usage',
         '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-extensions',
         '--disable-default-apps', '--no-default-browser-check', '--metrics-recording-only', '--no-pings',
         '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.*', '--mute-audio',
         '--autoplay-policy=no-user-gesture-required', '--use-fake-ui-for-media-stream',
         '--use-fake-device-for-media-stream', '--allow-loopback-in-peer-connection',
         '--disable-features=WebRtcHideLocalIpsWithMdns,OptimizationHints,MediaRouter,Translate']
MODULES = ['websocket.so', 'xhttp.so', 'nathelper.so']


def find_sip_js():
    """The folder of npm's sip.js: $BATON_NODE_MODULES, or installed by the lock into the build folder."""
    given = os.environ.get('BATON_NODE_MODULES')
    if given:
        folder = given
    else:
        place = os.environ.get('BATON_NPM_FOLDER') or os.path.join(tempfile.gettempdir(), 'baton-npm')
        folder = os.path.join(place, 'node_modules')
        if not os.path.exists(folder + '/sip.js/lib/index.js'):
            if not shutil.which('npm'):
                raise Skipped('npm is not installed, and BATON_NODE_MODULES names no folder with sip.js')
            os.makedirs(place, exist_ok=True)
            for name in ('package.json', 'package-lock.json'):
                shutil.copy(os.path.join(HERE, name), place)
            done = subprocess.run(['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'], cwd=place, timeout=120,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            if done.returncode:
                raise Skipped('npm could not install sip.js: ' +
                              done.stdout.decode(errors='replace').strip().replace('\n', ' ')[-200:])
    if not os.path.exists(folder + '/sip.js/lib/index.js'):
        raise Skipped(f'no sip.js in {folder}')
    return folder + '/sip.js/lib'


class Pages(http.server.SimpleHTTPRequestHandler):
    """The page, and SIP.js's modules as they were published."""
    extensions_map = {'.html': 'text/html', '.js': 'text/javascript'}

    def __init__(self, *args, library=None, **more):
        self.library = library
        super().__init__(*args, directory=HERE, **more)

    def translate_path(self, path):
        if path.startswith('/sip.js/'):
            relative = os.path.normpath(path.split('?')[0][len('/sip.js/'):])
            return os.path.join(self.library, relative) if not relative.startswith('..') else self.library
        return super().translate_path(path)

    def log_message(self, *_):
        pass


class Kamailio(kamailio.Kamailio):
    """With its websocket module: SIP on port 5060, websockets on 8080."""

    def __init__(self):
        found = {name for folder, _, names in os.walk('/usr/lib') if folder.endswith('kamailio/modules') for name in names}
        for name in MODULES:
            if name not in found:
                raise Skipped(f"Kamailio's {name} is not installed (kamailio-websocket-modules)")
        super().__init__(HERE + '/kamailio.cfg.in', port=8080, tcp=True)


class Browser(Phone):
    """Chromium as a phone. One for the whole run: a page is loaded anew for each case."""
    program = 'chromedriver'

    def __init__(self, name='browser', hz=700):
        super().__init__(name, hz)
        self.binary = shutil.which('chromium') or shutil.which('chromium-browser') or shutil.which('google-chrome')
        if not self.binary:
            raise Skipped('chromium is not installed')
        self.session = None
        self.pages = http.server.ThreadingHTTPServer(('127.0.0.1', 0),
                                                     functools.partial(Pages, library=find_sip_js()))
        threading.Thread(target=self.pages.serve_forever, daemon=True).start()
        self.start([self.program, '--port=0', '--log-level=WARNING'], group=True)
        port = wait_until(lambda: f'chromedriver says its port ({self.tail()})', self.find_port)
        self.driver = f'http://127.0.0.1:{port}'
        profile = os.path.join(self.folder, 'profile')
        options = dict(binary=self.write_starter(), args=FLAGS + [f'--user-data-dir={profile}'])
        made = self.ask('POST', '/session', dict(capabilities=dict(alwaysMatch={'goog:chromeOptions': options})), 40)
        self.session = f'/session/{made["sessionId"]}'
        self.ask('POST', self.session + '/timeouts', dict(script=20000, pageLoad=20000))

    def write_starter(self):
        """The browser leaves its driver's process group, and stays when the driver is killed; so it is tied to it."""
        starter = os.path.join(self.folder, 'chromium')
        with open(starter, 'w', encoding='utf-8') as file:
            file.write(f'#!/bin/sh\nexec setpriv --pdeathsig KILL {self.binary} "$@"\n')
        os.chmod(starter, 0o755)
        return starter

    def find_port(self):
        for line in self.lines:
            if 'started successfully on port' in line:
                return int(line.rsplit(' ', 1)[1].rstrip('.'))
        return 0

    def ask(self, method, path, body=None, seconds=25):
        request = urllib.request.Request(self.driver + path, method=method,
                                         data=json.dumps(body).encode() if body is not None else None,
                                         headers={'Content-Type': 'application/json'})
        try:
            with urllib.request.urlopen(request, timeout=seconds) as response:
                return json.load(response)['value']
        except urllib.error.HTTPError as error:
            raise Failed(f'the browser: {json.load(error)["value"]["message"][:600]}') from error

    def run(self, script, *args):
        return self.ask('POST', self.session + '/execute/sync', dict(script=script, args=list(args)))

    def register(self, server):
        """A page anew, registered there."""
        self.uri = f'sip:{self.name}@{server.address}'
        self.ask('POST', self.session + '/url', dict(url=f'http://localhost:{self.pages.server_port}/page.html'))
        wait_until('the page is loaded', lambda: self.run('return window.phone !== undefined'))
        self.run('return window.phone.start(arguments[0])',
                 dict(server=f'ws://{server.address}:8080', uri=self.uri, hz=self.hz))
        self.wait('registerer', state='Registered')

    def log(self):
        return self.run('return window.phone.log')

    def mark(self):
        return len(self.log())

    def wait(self, name, seconds=15, since=0, **fields):
        last = []

        def find():
            last[:] = self.log()
            return next((event for event in last[since:] if event['event'] == name and
                         all(event.get(key) == value for key, value in fields.items())), None)
        return wait_until(lambda: f'the browser: {name} {fields}; it said {last[-8:]}', find, seconds, 0.05)

    def call(self, command, *args):
        return self.run(f'return window.phone.{command}(...arguments)', *args)

    def dial(self, uri):
        return self.call('dial', uri)

    def established(self, call, seconds=15):
        return self.wait('call', seconds, call=call, state='Established')

    def ended(self, call, seconds=15):
        return self.wait('call', seconds, call=call, state='Terminated')

    def hears(self, call, hz, seconds=15):
        """Until what the call hears is that tone; says (hz, dB)."""
        last = [None]

        def find():
            last[0] = self.call('hears', call)
            return last[0] if abs(last[0][0] - hz) <= hz * 0.02 and last[0][1] > -60 else None
        return wait_until(lambda: f'the browser hears {hz} Hz (it hears {last[0]})', find, seconds, 0.1)

    def hears_nothing(self, call, seconds=15):
        last = [None]

        def find():
            last[0] = self.call('hears', call)
            return last[0][1] < -70
        wait_until(lambda: f'the browser hears nothing (it hears {last[0]})', find, seconds, 0.1)

    def stop(self):
        if self.session and not hurried():
            try:
                self.ask('DELETE', self.session, seconds=8)
            except (OSError, Failed):
                pass
        super().stop()

    def close(self):
        if not self.closed and getattr(self, 'pages', None):
            self.pages.shutdown()
            self.pages.server_close()
        return super().close()
