// The camera: what it sees, live, until a picture is taken or the dialog is closed.

import { say } from "./words.js";

const WISH = { width: { ideal: 1920 }, height: { ideal: 1080 } };
const QUALITY = 0.95; // it is compressed once more as a photo
const WHY = {
  NotAllowedError: "camera_refused",
  SecurityError: "camera_refused",
  NotFoundError: "camera_absent",
  OverconstrainedError: "camera_absent",
  NotReadableError: "camera_busy",
  AbortError: "camera_busy",
};

const field = (id) => document.getElementById(id);

export class Camera {
  // `taken(file, chat)` gets the picture; `complain(key)` shows a sentence.
  constructor({ taken, complain }) {
    this.taken = taken;
    this.complain = complain;
    this.chat = null;
    this.stream = null;
    this.attempt = 0;
    this.dialog = field("camera");
    this.view = field("camera-view");
    field("camera-take").addEventListener("click", () => this.take());
    field("camera-turn").addEventListener("click", () => this.turn());
    field("camera-close").addEventListener("click", () => this.dialog.close());
    this.view.addEventListener("playing", () => (field("camera-take").disabled = false));
    this.view.addEventListener("resize", () => this.dialog.style.setProperty("--shape", String(this.view.videoWidth / this.view.videoHeight || 4 / 3)));
    this.dialog.addEventListener("close", () => this.release());
  }

  async open(chat) {
    this.chat = chat;
    await this.look({ facingMode: "user" });
  }

  // Opens the dialog once there is something to see; where there is nothing, the reason is said.
  async look(which) {
    const attempt = (this.attempt += 1);
    this.stop();
    field("camera-take").disabled = true;
    try {
      if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("", "NotFoundError");
      const stream = await navigator.mediaDevices.getUserMedia({ video: { ...WISH, ...which } });
      if (attempt !== this.attempt) return stopped(stream);
      this.stream = stream;
    } catch (error) {
      if (!(error instanceof DOMException) || !WHY[error.name]) throw error;
      if (attempt !== this.attempt) return undefined;
      return this.lost(WHY[error.name]);
    }
    const [track] = this.stream.getVideoTracks();
    track.addEventListener("ended", () => attempt === this.attempt && this.lost("camera_busy"));
    this.view.classList.toggle("mirrored", track.getSettings().facingMode !== "environment");
    this.view.srcObject = this.stream;
    if (!this.dialog.open) this.dialog.showModal();
    field("camera-take").focus();
    return this.offerOthers();
  }

  async offerOthers() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    this.cameras = devices.filter((device) => device.kind === "videoinput").map((device) => device.deviceId);
    field("camera-turn").hidden = this.cameras.length < 2;
  }

  turn() {
    const now = this.stream?.getVideoTracks()[0].getSettings().deviceId;
    const next = this.cameras[(this.cameras.indexOf(now) + 1) % this.cameras.length];
    return this.look({ deviceId: { exact: next } });
  }

  async take() {
    const { view, chat } = this;
    if (!view.videoWidth) return;
    const canvas = new OffscreenCanvas(view.videoWidth, view.videoHeight);
    canvas.getContext("2d", { alpha: false }).drawImage(view, 0, 0);
    this.dialog.close();
    const picture = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
    this.taken(new File([picture], `${say("kind_photo")}.jpg`, { type: "image/jpeg" }), chat);
  }

  lost(code) {
    this.dialog.close();
    this.release();
    this.complain(code);
  }

  stop() {
    if (this.stream) stopped(this.stream);
    this.stream = null;
    this.view.srcObject = null;
  }

  release() {
    this.attempt += 1;
    this.stop();
  }
}

function stopped(stream) {
  for (const track of stream.getTracks()) track.stop();
}
