// The open chat's messages on the screen: kept in step with the chat, one element a message or album, scrolled as a messenger scrolls.

import { bubble, draft, typing } from "./bubbles.js";
import { make } from "./elements.js";
import { keepPictures } from "./pictures.js";
import { forget, forgetOthers } from "./sound.js";
import { forgetTune, forgetTunes } from "./tune.js";
import { dayName, dayOf } from "./words.js";

const NEAR = 120; // pixels from the end that still count as being there

export class Messages {
  constructor(deeds) {
    this.deeds = deeds;
    this.list = document.getElementById("messages");
    this.scroll = document.getElementById("scroll");
    this.down = document.getElementById("down");
    this.made = new Map(); // id of the message, or of an album's first -> { element, seen, ids }
    this.chat = null;
    this.below = 0;
    this.scroll.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.down.addEventListener("click", () => this.toEnd(true));
    new ResizeObserver(() => this.stuck && this.toEnd()).observe(this.scroll);
    new ResizeObserver(() => this.stuck && this.toEnd()).observe(this.list);
    this.stuck = true;
  }

  open(chat) {
    this.chat = chat;
    forgetOthers(chat.id);
    forgetTunes();
    this.made.clear();
    this.list.replaceChildren();
    this.below = 0;
    this.stuck = true;
    this.draw();
    this.toEnd();
  }

  // Brings the screen in step with the chat.
  draw(fresh = null) {
    const wanted = [];
    let before = null;
    const albums = inAlbums(this.chat.ordered);
    const known = new Set(albums.map(([first]) => first.message_id));
    for (const id of this.made.keys()) {
      if (known.has(id)) continue;
      this.made.delete(id);
      forget(this.chat.id, id);
      forgetTune(id);
    }
    albums.forEach((album, place) => {
      const [message] = album;
      const after = albums[place + 1]?.[0];
      if (!before || dayOf(before.date) !== dayOf(message.date)) wanted.push(this.day(message.date));
      const element = this.element(album);
      element.classList.toggle("first", !together(before, message));
      element.classList.toggle("last", !together(message, after));
      if (message.message_id === fresh) element.classList.add("fresh");
      wanted.push(element);
      before = message;
    });
    if (this.chat.draft) wanted.push(draft(this.chat.draft, this.deeds.command));
    else if (this.chat.typing) wanted.push(this.list.querySelector(".typing") ?? typing());
    wanted.forEach((element, place) => {
      if (this.list.children[place] !== element) this.list.insertBefore(element, this.list.children[place] ?? null);
    });
    while (this.list.children.length > wanted.length) this.list.lastElementChild.remove();
    if (this.stuck) this.toEnd();
  }

  arrived(message) {
    const mine = !message.from?.is_bot;
    if (mine) this.stuck = true;
    else if (!this.stuck) this.below += 1;
    this.draw(message.message_id);
    this.scrolled();
  }

  element(album) {
    const [message] = album;
    const pressed = [...this.chat.pressed.keys()].filter((place) => place.startsWith(`${message.message_id} `)).join();
    const ids = album.map((one) => one.message_id);
    const seen = JSON.stringify([album, ids.map((id) => this.chat.waiting.has(id)), pressed]);
    const known = this.made.get(message.message_id);
    if (known?.seen === seen) return known.element;
    const focused = document.activeElement;
    const element = bubble(album, this.chat, this.deeds);
    if (known) {
      keepPictures(known.element, element);
      known.element.replaceWith(element);
    }
    if (element.contains(focused)) focused.focus({ preventScroll: true }); // a sound's element moves over, without its focus
    this.made.set(message.message_id, { element, seen, ids });
    return element;
  }

  day(seconds) {
    const name = dayName(seconds);
    const known = [...this.list.querySelectorAll(".day")].find((element) => element.dataset.day === dayOf(seconds));
    if (known && known.textContent === name) return known;
    const element = make("li", "day", name);
    element.dataset.day = dayOf(seconds);
    return element;
  }

  show(id) {
    const found = [...this.made.values()].find(({ ids }) => ids.includes(id))?.element;
    if (!found) return;
    this.stuck = false;
    found.scrollIntoView({ block: "center", behavior: "smooth" });
    found.classList.remove("found");
    requestAnimationFrame(() => found.classList.add("found"));
  }

  toEnd(smooth = false) {
    this.stuck = true;
    this.scroll.scrollTo({ top: this.scroll.scrollHeight, behavior: smooth ? "smooth" : "instant" });
  }

  async scrolled() {
    const left = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight;
    this.stuck = left < NEAR;
    if (this.stuck) this.below = 0;
    this.down.hidden = this.stuck;
    const badge = this.down.querySelector(".badge");
    badge.hidden = !this.below;
    badge.textContent = this.below;
    if (this.scroll.scrollTop < 200 && this.chat?.loaded && !this.loading) {
      this.loading = true;
      try {
        const height = this.scroll.scrollHeight;
        const chat = this.chat;
        if ((await chat.older()) && chat === this.chat) {
          this.draw();
          if (!this.stuck) this.scroll.scrollTop += this.scroll.scrollHeight - height;
        }
      } finally {
        this.loading = false;
      }
    }
  }
}

// The photos that were sent as one album stand together.
function inAlbums(messages) {
  const albums = [];
  for (const message of messages) {
    const before = albums.at(-1)?.[0];
    if (message.photo && message.media_group_id && before?.photo && before.media_group_id === message.media_group_id) albums.at(-1).push(message);
    else albums.push([message]);
  }
  return albums;
}

function together(one, other) {
  if (!one || !other) return false;
  const sameSide = Boolean(one.from?.is_bot) === Boolean(other.from?.is_bot);
  return sameSide && other.date - one.date < 300 && dayOf(one.date) === dayOf(other.date);
}
