// The list of people at the left.

import { gist } from "./bubbles.js";
import { make } from "./elements.js";
import { clock, dayName, dayOf, say } from "./words.js";

function when(seconds) {
  return dayOf(seconds) === new Date().toDateString() ? clock(seconds) : dayName(seconds);
}

function face(person) {
  const circle = make("span", "face", [...person.first_name][0] ?? "");
  circle.setAttribute("aria-hidden", "true");
  circle.style.setProperty("--hue", String((person.id * 67) % 360));
  return circle;
}

function entry(chat, open, choose) {
  const { person, last, unread } = chat;
  const name = make("span", "name", person.first_name);
  if (person.language_code) name.append(make("small", "", person.language_code));
  const line = make("span", chat.typing ? "last busy" : "last", chat.typing ? say(chat.doing) : last ? gist(last) : say("nothing_yet"));
  const row = make("button", "person", face(person), name, make("time", "", last ? when(last.date) : ""), line);
  row.type = "button";
  row.dataset.person = person.id;
  if (open) row.setAttribute("aria-current", "true");
  if (unread) {
    const badge = make("span", "badge", String(unread));
    badge.setAttribute("aria-label", say("unread", { number: unread }));
    row.append(badge);
  }
  row.addEventListener("click", () => choose(chat));
  return make("li", "", row);
}

// Draws the list, the latest chat first, and keeps the keyboard's focus where it was.
export function drawPeople(chats, open, choose) {
  const list = document.getElementById("list");
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.person : null;
  const sorted = [...chats.values()].sort((a, b) => (b.last?.message_id ?? 0) - (a.last?.message_id ?? 0) || b.id - a.id);
  list.replaceChildren(...sorted.map((chat) => entry(chat, chat === open, choose)));
  if (focused) list.querySelector(`[data-person="${focused}"]`)?.focus();
  const unread = sorted.reduce((sum, chat) => sum + chat.unread, 0);
  document.title = unread ? `(${unread}) Heed` : "Heed";
}
