// A piece of music in a message: cover, title, performer, play, where it is. The same element as long as the message is there.

import { icon, make } from "./elements.js";
import { player } from "./player.js";
import { Slider } from "./slider.js";
import { length, say } from "./words.js";

const tunes = new Map(); // message id -> Tune

export const titleOf = (audio) => audio.title || audio.file_name || say("kind_audio");

// Title and performer in one line.
export const nameOf = (audio) => [audio.performer, titleOf(audio)].filter(Boolean).join(" – ");

// The cover of a tune, or a coloured ground with a note where it has none.
export function coverOf(audio, chat) {
  const element = make("span", "cover", icon("note"));
  const words = [...nameOf(audio)].reduce((sum, sign) => (sum * 31 + sign.codePointAt(0)) % 360, 0);
  element.style.setProperty("--hue", String(words));
  if (!audio.thumbnail) return element;
  const image = make("img");
  Object.assign(image, { alt: "", loading: "lazy", decoding: "async", draggable: false, src: chat.fileAddress(audio.thumbnail.file_id) });
  image.addEventListener("error", () => image.remove());
  element.append(image);
  return element;
}

export function tuneOf(message, chat) {
  let tune = tunes.get(message.message_id);
  if (tune?.message.audio.file_id !== message.audio.file_id) {
    tune = new Tune(message, chat);
    tunes.set(message.message_id, tune);
  }
  return tune.element;
}

export function forgetTune(id) {
  tunes.delete(id);
}

export function forgetTunes() {
  tunes.clear();
}

player.addEventListener("change", () => {
  for (const tune of tunes.values()) tune.show();
});
player.addEventListener("time", () => tunes.get(player.message?.message_id)?.time());

class Tune {
  constructor(message, chat) {
    const { audio } = message;
    this.message = message;
    this.source = chat.fileAddress(audio.file_id);
    this.sign = make("span", "sign");
    this.button = make("button", "", coverOf(audio, chat), this.sign);
    this.button.type = "button";
    this.button.addEventListener("click", () => player.toggle(message));
    this.line = make("div", "reel");
    this.slider = new Slider(this.line, player);
    this.clock = make("span", "length");
    this.foot = make("div", "foot", this.line, this.clock);
    const performer = audio.performer ? [make("span", "performer", audio.performer)] : [];
    this.element = make("div", "tune", this.button, make("div", "about", make("b", "title", titleOf(audio)), ...performer, this.foot));
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", `${say("kind_audio")}: ${nameOf(audio)}`);
    this.show();
  }

  show() {
    const held = player.holds(this.message);
    const runs = held && player.runs;
    const label = say(runs ? "pause" : "play");
    if (this.button.title !== label) {
      this.sign.replaceChildren(icon(runs ? "pause" : "play"));
      this.button.title = label;
      this.button.setAttribute("aria-label", label);
    }
    this.button.setAttribute("aria-busy", String(held && player.loading));
    this.element.classList.toggle("held", held);
    this.line.hidden = !held || Boolean(player.trouble);
    this.shown = "";
    this.time();
    if (held && player.trouble === "cannot_play") this.giveUp();
    else if (held && player.trouble) this.clock.textContent = say(player.trouble); // until the next press
  }

  time() {
    const held = player.holds(this.message);
    const all = length(Math.round(held ? player.seconds : (this.message.audio.duration ?? 0)));
    const shown = held ? `${length(Math.floor(player.at))} / ${all}` : all;
    if (held) this.slider.fill();
    if (shown === this.shown) return;
    this.shown = this.clock.textContent = shown;
    if (held) this.slider.show();
  }

  // A tune this browser has no reader for can still be taken away as a file.
  giveUp() {
    const link = make("a", "kind", icon("file"), make("span", "", say("cannot_play")));
    Object.assign(link, { href: this.source, download: this.message.audio.file_name ?? "" });
    this.foot.replaceChildren(link);
  }
}
