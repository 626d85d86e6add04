// Music of the open chat: one tune plays, then the next of the chat. No elements here: who shows it listens to "change" and "time".

import { alone } from "./alone.js";

const LIGHT = 16 * 1024 * 1024; // bytes; the next tune is fetched ahead if it is no heavier
const BEGUN = 3; // seconds after which "previous" means this tune's beginning

class Player extends EventTarget {
  constructor() {
    super();
    this.chat = null;
    this.message = null; // whose audio is in the player
    this.loading = false;
    this.trouble = ""; // the key of a sentence
    this.turn = 0; // rises with every choice: what an older one fetched is not played any more
    this.kept = new Map(); // file id -> promise of the address of its bytes
    this.audio = new Audio();
    for (const name of ["play", "pause", "seeked", "loadedmetadata"]) this.audio.addEventListener(name, () => this.tell());
    this.audio.addEventListener("timeupdate", () => this.dispatchEvent(new Event("time")));
    this.audio.addEventListener("play", () => this.run());
    this.audio.addEventListener("ended", () => this.ended());
    this.offerKeys();
  }

  tell() {
    this.dispatchEvent(new Event("change"));
  }

  get list() {
    return this.chat?.tunes ?? [];
  }

  get place() {
    return this.list.findIndex((message) => message.message_id === this.message?.message_id);
  }

  get before() {
    return this.list[this.place - 1] ?? null;
  }

  get after() {
    return this.list[this.place + 1] ?? null;
  }

  get runs() {
    return this.loading || !this.audio.paused;
  }

  get at() {
    return this.audio.currentTime;
  }

  get seconds() {
    const { duration } = this.audio;
    return Number.isFinite(duration) ? duration : (this.message?.audio.duration ?? 0);
  }

  holds(message) {
    return this.message?.message_id === message.message_id;
  }

  // Another person's chat: their music is not this one's.
  open(chat) {
    if (chat !== this.chat) this.close();
    this.chat = chat;
  }

  // The chat changed: what plays may be gone, or have another title.
  heed() {
    if (!this.message) return;
    const now = this.list[this.place];
    if (now?.audio.file_id === this.message.audio.file_id) this.message = now;
    else return this.close();
    this.tell();
  }

  async play(message) {
    this.clear();
    const { turn, chat } = this;
    Object.assign(this, { message, loading: true });
    this.tell();
    chat.findTunes().then(() => turn === this.turn && this.tell());
    const address = await this.bytes(message);
    if (turn !== this.turn) return;
    this.loading = false;
    if (!address) {
      this.trouble = "error_other";
      return this.tell();
    }
    this.audio.src = address;
    await this.resume();
    if (turn === this.turn) this.keep();
  }

  async resume() {
    alone(this);
    try {
      await this.audio.play();
    } catch (error) {
      if (error.name === "NotSupportedError") this.trouble = "cannot_play";
      else if (error.name !== "AbortError") throw error; // stopped before it had begun
    }
    this.tell();
  }

  pause() {
    if (this.loading) {
      this.clear();
      this.tell();
    } else this.audio.pause();
  }

  toggle(message = this.message) {
    if (!this.holds(message)) return this.play(message);
    if (this.runs) return this.pause();
    return this.audio.src && !this.trouble ? this.resume() : this.play(message);
  }

  next() {
    if (this.after) this.play(this.after);
  }

  previous() {
    if (this.at < BEGUN && this.before) this.play(this.before);
    else this.seek(0);
  }

  seek(seconds) {
    if (this.audio.src) this.audio.currentTime = Math.min(Math.max(0, seconds), Math.max(0, this.seconds - 0.05));
    this.tell();
  }

  ended() {
    if (this.after) return this.play(this.after);
    this.audio.currentTime = 0;
    this.tell();
  }

  clear() {
    this.turn += 1;
    Object.assign(this, { loading: false, trouble: "" });
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
  }

  close() {
    if (!this.message) return;
    this.clear();
    this.message = null;
    this.keep();
    this.tell();
  }

  // The address of a tune's bytes, fetched once; "" where they cannot be had, and then the next try fetches again.
  bytes(message) {
    const id = message.audio.file_id;
    if (!this.kept.has(id)) {
      const found = fetched(this.chat.fileAddress(id));
      this.kept.set(id, found);
      found.then((address) => !address && this.kept.get(id) === found && this.kept.delete(id));
    }
    return this.kept.get(id);
  }

  // Keeps this tune and the next one, and lets go of all others.
  keep() {
    const wanted = [this.message, this.after].filter((message) => message && (message === this.message || (message.audio.file_size ?? 0) <= LIGHT));
    const ids = wanted.map((message) => message.audio.file_id);
    for (const [id, found] of this.kept) {
      if (ids.includes(id)) continue;
      this.kept.delete(id);
      found.then((address) => address && URL.revokeObjectURL(address));
    }
    for (const message of wanted) this.bytes(message);
  }

  run() {
    this.dispatchEvent(new Event("time"));
    if (!this.audio.paused) requestAnimationFrame(() => this.run());
  }

  // The keys for music on a keyboard, a headset, a lock screen.
  offerKeys() {
    const session = navigator.mediaSession;
    if (!session) return;
    const acts = { play: () => this.message && !this.runs && this.toggle(), pause: () => this.pause(), previoustrack: () => this.previous(), nexttrack: () => this.next() };
    for (const [name, act] of Object.entries(acts)) session.setActionHandler(name, act);
    this.addEventListener("change", () => {
      const { title = "", performer: artist = "" } = this.message?.audio ?? {};
      if (session.metadata?.title !== title || session.metadata?.artist !== artist) session.metadata = this.message ? new MediaMetadata({ title, artist }) : null;
    });
  }
}

async function fetched(address) {
  try {
    const answer = await fetch(address);
    return answer.ok ? URL.createObjectURL(await answer.blob()) : "";
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // how fetch says that nobody answered
    return "";
  }
}

export const player = new Player();
