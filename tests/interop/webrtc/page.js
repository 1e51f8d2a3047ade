// SPDX-License-Identifier: GPL-3.0-or-later
// A phone of SIP.js in a page: it says a sine and measures the frequency of what it hears. The test drives it by
// window.phone, and reads window.phone.log.
import { UserAgent, Registerer, RegistererState, Inviter, SessionState, Web } from "/sip.js/index.js";

const audio = new AudioContext();
const calls = new Map();
const log = [];
let agent, registerer, tone, last = 0;

function say (event, fields) {
  log.push({ event, ...fields });
}

function toneStream () {
  const destination = audio.createMediaStreamDestination();
  tone.connect(destination);
  return destination.stream;
}

// A remote stream is decoded only when an element plays it; the analyser then sees the same sound.
function listen (call, stream) {
  call.element = new Audio();
  call.element.srcObject = stream;
  call.element.muted = true;
  call.element.play().catch(error => say("error", { message: `play: ${error}` }));
  call.analyser = audio.createAnalyser();
  call.analyser.fftSize = 32768;
  call.analyser.smoothingTimeConstant = 0;
  audio.createMediaStreamSource(stream).connect(call.analyser);
}

function watch (session, direction) {
  const number = ++last;
  const call = { number, session, analyser: null };
  calls.set(number, call);
  session.stateChange.addListener(state => {
    say("call", { call: number, direction, state });
    if (state !== SessionState.Established)
      return;
    const handler = session.sessionDescriptionHandler;
    call.connection = handler.peerConnection;
    listen(call, handler.remoteMediaStream);
    handler.peerConnection.addEventListener("connectionstatechange",
      () => say("connection", { call: number, state: handler.peerConnection.connectionState }));
  });
  session.delegate = {
    // a REFER of the other side is followed at once
    onRefer: referral => {
      say("refer", { call: number, to: referral.referTo.uri.toString() });
      referral.accept().then(() => {
        const next = referral.makeInviter();
        const made = watch(next, "refer");
        say("following", { call: made });
        return next.invite();
      }).catch(error => say("error", { message: `refer: ${error}` }));
    },
    onNotify: notification => {
      notification.accept();
    },
    onBye: request => {
      request.accept();
    },
  };
  return number;
}

function transferred (number, other) {
  const { session } = calls.get(number);
  session.refer(other, {
    requestDelegate: {
      onAccept: () => say("refer-accepted", { call: number }),
      onReject: response => say("refer-rejected", { call: number, status: response.message.statusCode }),
    },
    onNotify: notification => {
      const line = notification.request.body.split("\r\n")[0];
      notification.accept();
      say("refer-notify", { call: number, line });
      if (/^SIP\/2\.0 2\d\d/.test(line) && session.state === SessionState.Established)
        session.bye();
    },
  });
}

function held (number, hold) {
  const { session } = calls.get(number);
  const handler = session.sessionDescriptionHandler;
  session.sessionDescriptionHandlerOptionsReInvite = { hold };
  session.invite({
    requestDelegate: {
      onAccept: () => {
        handler.enableSenderTracks(!hold);
        say("hold", { call: number, hold });
      },
      onReject: () => say("hold-refused", { call: number, hold }),
    },
  }).catch(error => say("error", { message: `hold: ${error}` }));
}

window.phone = {
  log,

  async start ({ server, uri, hz, codecs, domain }) {
    await audio.resume();
    tone = audio.createOscillator();
    tone.frequency.value = hz;
    const gain = audio.createGain();
    gain.gain.value = 0.35;
    tone.connect(gain);
    tone.start();
    tone = gain;
    agent = new UserAgent({
      uri: UserAgent.makeURI(uri),
      transportOptions: { server },
      logBuiltinEnabled: false,
      sessionDescriptionHandlerFactory: Web.defaultSessionDescriptionHandlerFactory(async () => toneStream()),
      sessionDescriptionHandlerFactoryOptions: {
        iceGatheringTimeout: 3000,
        peerConnectionConfiguration: { iceServers: [], bundlePolicy: "max-bundle", rtcpMuxPolicy: "require" },
      },
      delegate: {
        onInvite: invitation => {
          say("incoming", { call: watch(invitation, "incoming") }); // Replaces is SIP.js's own affair
          invitation.accept().catch(error => say("error", { message: `accept: ${error}` }));
        },
      },
    });
    await agent.start();
    registerer = new Registerer(agent, { expires: 600 });
    registerer.stateChange.addListener(state => say("registerer", { state }));
    await registerer.register();
  },

  dial (target) {
    const session = new Inviter(agent, UserAgent.makeURI(target));
    const number = watch(session, "outgoing");
    session.invite().catch(error => say("error", { message: `invite: ${error}` }));
    return number;
  },

  hangup (number) {
    calls.get(number).session.bye();
  },

  hold (number) {
    held(number, true);
  },

  resume (number) {
    held(number, false);
  },

  transfer (number, target) {
    transferred(number, UserAgent.makeURI(target));
  },

  transferTo (number, other) {
    transferred(number, calls.get(other).session);
  },

  dtmf (number, digit) {
    const sender = calls.get(number).connection.getSenders().find(item => item.track && item.track.kind === "audio");
    sender.dtmf.insertDTMF(digit, 120, 60);
  },

  // [hz, dB] of the strongest line of what the call hears now; parabolic between the bins
  hears (number) {
    const { analyser } = calls.get(number);
    if (!analyser)
      return [0, -200];
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    let top = 4;
    for (let i = 4; i < bins.length - 1; i++)
      if (bins[i] > bins[top])
        top = i;
    const [a, b, c] = [bins[top - 1], bins[top], bins[top + 1]];
    const shift = isFinite(a + b + c) && a - 2 * b + c !== 0 ? (a - c) / (2 * (a - 2 * b + c)) : 0;
    return [(top + shift) * audio.sampleRate / analyser.fftSize, isFinite(b) ? b : -200];
  },

  descriptions (number) {
    const { connection } = calls.get(number);
    return [connection.localDescription.sdp, connection.remoteDescription.sdp];
  },

  // what the browser counts of its DTLS and its path
  async facts (number) {
    const { connection } = calls.get(number);
    const found = {};
    for (const item of (await connection.getStats()).values())
      if (item.type === "transport")
        Object.assign(found, { dtls: item.dtlsState, cipher: item.srtpCipher, role: item.dtlsRole,
                               ice: item.iceState });
    return found;
  },
};
say("loaded", {});
