// The bar at the top of the chat while music is in the player, and the list of the chat's music beneath it.

import { icon, make } from "./elements.js";
import { player } from "./player.js";
import { Slider } from "./slider.js";
import { coverOf, nameOf, titleOf } from "./tune.js";
import { length, say } from "./words.js";

const $ = (id) => document.getElementById(id);

export class PlayerBar {
  // `show(message_id)` brings a message into sight.
  constructor(show) {
    this.bar = $("player");
    this.list = $("playlist");
    this.slider = new Slider($("player-line"), player);
    this.drawn = ""; // which tunes the list shows
    $("player-before").addEventListener("click", () => player.previous());
    $("player-play").addEventListener("click", () => player.toggle());
    $("player-after").addEventListener("click", () => player.next());
    $("player-what").addEventListener("click", () => show(player.message.message_id));
    $("player-list").addEventListener("click", () => this.unfold(this.list.hidden));
    $("player-close").addEventListener("click", () => {
      player.close();
      $("scroll").focus();
    });
    this.bar.addEventListener("keydown", (event) => this.pressed(event));
    document.addEventListener("click", (event) => !event.composedPath().includes(this.bar) && this.unfold(false));
    player.addEventListener("change", () => this.draw());
    player.addEventListener("time", () => this.time());
  }

  unfold(shown) {
    if (this.list.hidden === !shown) return;
    this.list.hidden = !shown;
    $("player-list").setAttribute("aria-expanded", String(shown));
    if (!shown) return;
    this.fill();
    (this.list.querySelector("[aria-current='true']") ?? this.list.querySelector("button"))?.focus();
  }

  pressed(event) {
    if (this.list.hidden) return;
    const entries = [...this.list.querySelectorAll("button")];
    const place = entries.indexOf(document.activeElement);
    const places = { ArrowDown: place + 1, ArrowUp: place - 1, Home: 0, End: entries.length - 1 };
    if (event.key === "Escape") {
      this.unfold(false);
      $("player-list").focus();
    } else if (place >= 0 && event.key in places) entries[places[event.key]]?.focus();
    else return;
    event.preventDefault();
  }

  draw() {
    this.appear(!player.message);
    if (!player.message) return;
    const { audio } = player.message;
    $("player-title").textContent = titleOf(audio);
    $("player-performer").textContent = player.trouble ? say(player.trouble) : (audio.performer ?? "");
    $("player-performer").classList.toggle("grave", Boolean(player.trouble));
    const label = say(player.runs ? "pause" : "play");
    $("player-play").replaceChildren(icon(player.runs ? "pause" : "play"));
    $("player-play").title = label;
    $("player-play").setAttribute("aria-label", label);
    $("player-play").setAttribute("aria-busy", String(player.loading));
    $("player-after").disabled = !player.after;
    $("player-line").hidden = Boolean(player.trouble);
    this.shown = "";
    this.time();
    if (!this.list.hidden) this.fill();
  }

  // What is read stays where it is when the bar comes or goes.
  appear(hidden) {
    if (this.bar.hidden === hidden) return;
    const scroll = $("scroll");
    const before = scroll.clientHeight;
    if (hidden) this.unfold(false);
    this.bar.hidden = hidden;
    scroll.scrollTop += before - scroll.clientHeight;
  }

  time() {
    if (!player.message) return;
    this.slider.fill();
    const shown = `${length(Math.floor(player.at))} / ${length(Math.round(player.seconds))}`;
    if (shown === this.shown) return;
    this.shown = $("player-time").textContent = shown;
    this.slider.show();
  }

  fill() {
    const tunes = player.list;
    const wanted = JSON.stringify([player.chat.id, tunes.map(({ message_id: id, audio }) => [id, audio])]);
    if (wanted !== this.drawn) {
      const focused = document.activeElement?.dataset.tune;
      $("playlist-tunes").replaceChildren(...tunes.map((message) => this.entry(message)));
      this.drawn = wanted;
      if (focused) this.list.querySelector(`[data-tune="${focused}"]`)?.focus();
    }
    for (const entry of this.list.querySelectorAll("[data-tune]")) {
      const held = Number(entry.dataset.tune) === player.message?.message_id;
      entry.setAttribute("aria-current", String(held));
      entry.classList.toggle("running", held && player.runs);
    }
  }

  entry(message) {
    const { audio } = message;
    const words = make("span", "about", make("b", "title", titleOf(audio)), make("span", "performer", audio.performer ?? ""));
    const cover = coverOf(audio, player.chat);
    cover.append(make("span", "beat", make("i"), make("i"), make("i")));
    const element = make("button", "", cover, words, make("span", "length", length(audio.duration ?? 0)));
    element.type = "button";
    element.dataset.tune = message.message_id;
    element.setAttribute("aria-label", `${nameOf(audio)}, ${length(audio.duration ?? 0)}`);
    element.addEventListener("click", () => player.toggle(message));
    return make("li", "", element);
  }
}
