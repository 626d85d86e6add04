// What the microphone hears, until it is finished or abandoned. No elements here.

import { NotOpus, inOgg } from "./ogg.js";

const KINDS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus", "audio/mp4"]; // the first is what Telegram's apps send
const BITS_A_SECOND = 32000;
const WHY = {
  NotAllowedError: "mic_refused",
  SecurityError: "mic_refused",
  NotFoundError: "mic_absent",
  OverconstrainedError: "mic_absent",
  NotReadableError: "mic_busy",
  AbortError: "mic_busy",
};

// `code` names the page's sentence.
export class NoMicrophone extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// Asks for the microphone and listens. Throws NoMicrophone.
export async function startRecording() {
  if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) throw new NoMicrophone("mic_absent");
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
    return new Recording(stream);
  } catch (error) {
    if (!(error instanceof DOMException) || !WHY[error.name]) throw error;
    throw new NoMicrophone(WHY[error.name]);
  }
}

class Recording {
  constructor(stream) {
    this.stream = stream;
    this.pieces = [];
    const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
    this.recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS_A_SECOND });
    this.recorder.addEventListener("dataavailable", (event) => this.pieces.push(event.data));
    this.ended = new Promise((resolve) => this.recorder.addEventListener("stop", resolve, { once: true }));
    this.context = new AudioContext();
    this.meter = new AnalyserNode(this.context, { fftSize: 1024 });
    new MediaStreamAudioSourceNode(this.context, { mediaStream: stream }).connect(this.meter);
    this.recorder.start(1000);
    this.begun = performance.now();
  }

  get seconds() {
    return (performance.now() - this.begun) / 1000;
  }

  // Loudness now, from 0 (nothing) to 1, over 50 dB.
  level() {
    const wave = new Float32Array(this.meter.fftSize);
    this.meter.getFloatTimeDomainData(wave);
    const power = wave.reduce((sum, value) => sum + value * value, 0) / wave.length;
    return Math.min(1, Math.max(0, 1 + (10 * Math.log10(power + 1e-9)) / 50));
  }

  release() {
    for (const track of this.stream.getTracks()) track.stop();
    if (this.context.state !== "closed") this.context.close();
  }

  abandon() {
    if (this.recorder.state !== "inactive") this.recorder.stop();
    this.pieces = [];
    this.release();
  }

  // The recording as a file, and its length in seconds.
  async finish() {
    const timed = this.seconds;
    if (this.recorder.state !== "inactive") this.recorder.stop();
    await this.ended;
    this.release();
    const type = this.recorder.mimeType.split(";")[0];
    if (type !== "audio/webm") return { file: new File(this.pieces, type === "audio/ogg" ? "voice.ogg" : "voice.m4a", { type }), seconds: timed };
    try {
      const { pages, seconds } = inOgg(new Uint8Array(await new Blob(this.pieces).arrayBuffer()));
      return { file: new File(pages, "voice.ogg", { type: "audio/ogg" }), seconds };
    } catch (error) {
      if (!(error instanceof NotOpus)) throw error;
      return { file: new File(this.pieces, "voice.webm", { type }), seconds: timed };
    }
  }
}
