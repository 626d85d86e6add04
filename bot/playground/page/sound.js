// A voice message: play, pause, its shape, where it is, its length.

import { alone } from "./alone.js";
import { button, icon, make } from "./elements.js";
import { Slider } from "./slider.js";
import { length, say } from "./words.js";
import { drawing, shapeOf } from "./wave.js";

const LIGHT = 4 * 1024 * 1024; // bytes that are loaded as soon as the message is seen
const DRAWN = 900; // seconds of sound whose shape is worth the memory of decoding it
const SPEEDS = [1, 1.5, 2];

const sounds = new Map(); // "chat message" -> Sound; a message drawn anew goes on playing
const GLANCE = 300; // milliseconds in sight: what only scrolls past, as when a chat is opened at its end, is not loaded
const glances = new WeakMap();
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    clearTimeout(glances.get(target));
    if (!isIntersecting) continue;
    glances.set(
      target,
      setTimeout(() => {
        seen.unobserve(target);
        [...sounds.values()].find((sound) => sound.element === target)?.glimpsed();
      }, GLANCE),
    );
  }
});

const speed = () => (SPEEDS.includes(Number(localStorage.getItem("speed"))) ? Number(localStorage.getItem("speed")) : 1);

// The element of a message's voice, the same one each time.
export function soundOf(message, chat, address) {
  const place = `${chat.id} ${message.message_id}`;
  const file = message.voice;
  let sound = sounds.get(place);
  if (sound?.id !== file.file_id) {
    sound?.release();
    sound = new Sound(file, address);
    sounds.set(place, sound);
    seen.observe(sound.element);
  }
  return sound.element;
}

export function forget(chatId, messageId) {
  const place = `${chatId} ${messageId}`;
  sounds.get(place)?.release();
  sounds.delete(place);
}

export function forgetOthers(chatId) {
  for (const place of [...sounds.keys()]) if (!place.startsWith(`${chatId} `)) forget(...place.split(" "));
}

class Sound {
  constructor(file, address) {
    this.id = file.file_id;
    this.address = address;
    this.size = file.file_size ?? 0;
    this.seconds = file.duration || 0;
    this.audio = new Audio();
    this.wish = 0; // seconds to begin at, chosen before the sound was there
    this.button = button("icon play", say("play"), "play", () => this.toggle());
    this.wave = make("div", "wave", drawing(null));
    this.slider = new Slider(this.wave, this);
    this.time = make("span", "length");
    this.speed = make("button", "speed");
    this.speed.type = "button";
    this.speed.addEventListener("click", () => this.faster());
    this.element = make("div", "sound", this.button, make("div", "track", this.wave, make("div", "foot", this.time, this.speed)));
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", say("kind_voice"));
    this.listen();
    this.show();
  }

  listen() {
    const { audio } = this;
    for (const name of ["play", "pause", "seeked", "timeupdate"]) audio.addEventListener(name, () => this.show());
    audio.addEventListener("play", () => this.run());
    audio.addEventListener("loadedmetadata", () => {
      if (!this.seconds && Number.isFinite(audio.duration)) this.seconds = audio.duration;
      this.show();
    });
    audio.addEventListener("ended", () => {
      audio.currentTime = 0;
      this.show();
    });
  }

  get at() {
    return this.audio.src ? this.audio.currentTime : this.wish;
  }

  async glimpsed() {
    if (this.size <= LIGHT) await this.load();
  }

  // Fetches the sound once. Resolves to whether it is there; after a failure the next press tries again.
  load() {
    this.loading ??= this.fetched().then((there) => {
      if (!there) this.loading = null;
      return there;
    });
    return this.loading;
  }

  async fetched() {
    let blob;
    try {
      const answer = await fetch(this.address);
      if (!answer.ok) return false;
      blob = await answer.blob();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // how fetch says that nobody answered
      return false;
    }
    if (this.released) return false;
    this.audio.src = URL.createObjectURL(blob);
    if (this.wish) this.audio.currentTime = this.wish;
    if (this.seconds > DRAWN || blob.size > 4 * LIGHT) return true;
    try {
      const { levels, seconds } = await shapeOf(await blob.arrayBuffer());
      this.seconds = seconds;
      this.wave.replaceChildren(drawing(levels));
      this.show();
    } catch (error) {
      if (error.name !== "EncodingError") throw error;
      this.element.classList.add("shapeless"); // it may still play: the two readers of a browser differ
    }
    return true;
  }

  async toggle() {
    if (!this.audio.paused) return this.pause();
    this.button.setAttribute("aria-busy", "true");
    const there = await this.load();
    this.button.removeAttribute("aria-busy");
    if (!there) return (this.time.textContent = say("error_other")); // until the next press
    alone(this);
    this.audio.playbackRate = speed();
    try {
      await this.audio.play();
    } catch (error) {
      if (error.name === "NotSupportedError") this.giveUp();
      else if (error.name !== "AbortError") throw error; // paused before it had begun
    }
  }

  pause() {
    this.audio.pause();
  }

  // A sound this browser has no reader for can still be taken away as a file.
  giveUp() {
    const link = make("a", "kind", icon("file"), make("span", "", say("cannot_play")));
    Object.assign(link, { href: this.address, download: "" });
    this.element.replaceChildren(link);
  }

  faster() {
    localStorage.setItem("speed", String(SPEEDS[(SPEEDS.indexOf(speed()) + 1) % SPEEDS.length]));
    for (const sound of sounds.values()) {
      sound.audio.playbackRate = speed();
      sound.show();
    }
  }

  seek(seconds) {
    const wanted = Math.min(Math.max(0, seconds), Math.max(0, this.seconds - 0.05));
    this.wish = wanted;
    if (this.audio.src) this.audio.currentTime = wanted;
    else this.load();
    this.show();
  }

  // While it plays the shape fills smoothly, not four times a second.
  run() {
    this.slider.fill();
    if (!this.audio.paused) requestAnimationFrame(() => this.run());
  }

  show() {
    const runs = !this.audio.paused;
    const label = say(runs ? "pause" : "play");
    if (this.button.title !== label) {
      this.button.replaceChildren(icon(runs ? "pause" : "play"));
      this.button.title = label;
      this.button.setAttribute("aria-label", label);
    }
    this.element.classList.toggle("running", runs);
    this.time.textContent = length(this.at > 0 ? Math.floor(this.at) : Math.round(this.seconds));
    this.speed.textContent = `${speed().toLocaleString(document.documentElement.lang)}×`;
    this.speed.setAttribute("aria-label", `${say("speed")}: ${this.speed.textContent}`);
    this.slider.show();
  }

  release() {
    this.released = true;
    this.audio.pause();
    seen.unobserve(this.element);
    if (this.audio.src) URL.revokeObjectURL(this.audio.src);
  }
}
