// The bar that stands in the text field's place while a voice message is recorded.

import { NoMicrophone, startRecording } from "./recording.js";
import { hush } from "./alone.js";
import { length } from "./words.js";

const LONGEST = 299.5; // seconds; Heed listens to five minutes
const SHORTEST = 0.5; // seconds; less is a slip of the finger
const LATE = 15; // seconds before the end from which the time is shown in the grave colour
const BEAT = 70; // milliseconds between two bars of the level
const BAR = 5; // pixels, the gap included

const field = (id) => document.getElementById(id);

export class Microphone {
  // `send(voice, seconds, chat)` resolves to whether the server has it; `complain(key)` shows a sentence.
  constructor({ send, complain }) {
    this.send = send;
    this.complain = complain;
    this.state = "idle"; // asking, recording, sending, unsent
    this.attempt = 0;
    this.chat = null;
    this.recording = null;
    this.kept = null;
    this.levels = [];
    field("discard").addEventListener("click", () => this.cancel());
    field("deliver").addEventListener("click", () => this.deliver());
    field("record").addEventListener("click", () => this.begin());
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.state === "idle" || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      this.cancel();
    });
  }

  // A recording belongs to the chat it was begun in: another chat ends it.
  open(chat) {
    if (this.chat !== chat) this.cancel();
    this.chat = chat;
  }

  become(state) {
    this.state = state;
    const shown = state !== "idle" && state !== "asking";
    const had = field("recording").contains(document.activeElement);
    field("recording").hidden = !shown;
    field("composer").classList.toggle("recording", shown);
    field("recording").dataset.state = state;
    field("record").setAttribute("aria-busy", String(state === "asking"));
    field("deliver").setAttribute("aria-disabled", String(state === "sending")); // not disabled: that would drop the focus
    field("unsent").hidden = state !== "unsent";
    field("level").hidden = state === "unsent";
    if (state === "recording") field("deliver").focus();
    else if (!shown && had) field("record").focus();
  }

  async begin() {
    if (this.state !== "idle") return;
    hush();
    const attempt = (this.attempt += 1);
    this.become("asking");
    try {
      const recording = await startRecording();
      if (attempt !== this.attempt) return recording.abandon(); // cancelled while the browser asked
      this.recording = recording;
      recording.stream.getAudioTracks()[0].addEventListener("ended", () => this.lost(recording));
      this.levels = [];
      this.become("recording");
      this.ticking = setInterval(() => this.tick(), BEAT);
      this.tick();
    } catch (error) {
      if (!(error instanceof NoMicrophone)) throw error;
      if (attempt !== this.attempt) return;
      this.become("idle");
      this.complain(error.code);
    }
  }

  tick() {
    const { seconds } = this.recording;
    this.levels.push(this.recording.level());
    field("recorded").textContent = length(Math.floor(seconds));
    field("recorded").classList.toggle("grave", seconds > LONGEST - LATE);
    this.draw();
    if (seconds >= LONGEST) this.deliver();
  }

  // The newest loudness at the right, the older ones before it.
  draw() {
    const canvas = field("level");
    const [width, height, scale] = [canvas.clientWidth, canvas.clientHeight, devicePixelRatio];
    if (canvas.width !== Math.round(width * scale)) Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
    const brush = canvas.getContext("2d");
    brush.setTransform(scale, 0, 0, scale, 0, 0);
    brush.clearRect(0, 0, width, height);
    brush.fillStyle = getComputedStyle(canvas).color;
    const shown = Math.floor(width / BAR);
    this.levels.splice(0, this.levels.length - shown);
    const first = width - this.levels.length * BAR;
    this.levels.forEach((level, place) => {
      const tall = Math.max(3, level * height);
      brush.beginPath();
      brush.roundRect(first + place * BAR, (height - tall) / 2, BAR - 2, tall, 1.5);
      brush.fill();
    });
  }

  cancel() {
    this.attempt += 1;
    clearInterval(this.ticking);
    this.recording?.abandon();
    this.recording = null;
    this.kept = null;
    if (this.state !== "idle") this.become("idle");
  }

  // The microphone went away: what it heard until then waits for a decision.
  async lost(recording) {
    if (this.recording !== recording || this.state !== "recording") return;
    await this.keep();
    if (this.kept) this.become("unsent");
  }

  async keep() {
    const { recording } = this;
    clearInterval(this.ticking);
    this.become("sending");
    const kept = await recording.finish();
    if (this.recording !== recording) return;
    this.recording = null;
    this.kept = kept;
  }

  async deliver() {
    if (this.state !== "recording" && this.state !== "unsent") return;
    if (this.recording) {
      if (this.recording.seconds < SHORTEST) {
        this.cancel();
        return this.complain("record_short");
      }
      await this.keep();
    }
    const { kept, attempt } = this;
    if (!kept) return; // cancelled meanwhile
    this.become("sending");
    const sent = await this.send(kept.file, Math.max(1, Math.round(kept.seconds)), this.chat);
    if (attempt !== this.attempt) return;
    if (sent) this.kept = null;
    this.become(sent ? "idle" : "unsent");
  }
}
