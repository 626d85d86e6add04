// One message as an element: quote, content, time, ticks, buttons.

import { button, icon, make } from "./elements.js";
import { written } from "./entities.js";
import { paper, pictures } from "./pictures.js";
import { soundOf } from "./sound.js";
import { nameOf, tuneOf } from "./tune.js";
import { clock, say } from "./words.js";

const UNUSUAL = ["sticker", "location", "venue", "poll", "contact", "dice", "animation", "video"];

// A message in one line of plain text, for quotes and the list of people.
export function gist(message) {
  const words = message.text ?? message.caption;
  if (words) return words;
  if (message.audio) return nameOf(message.audio);
  for (const kind of ["voice", "photo", "document", "video_note", ...UNUSUAL]) {
    if (message[kind]) return say(`kind_${kind}`);
  }
  return say("kind_other");
}

function picked(message) {
  return message.voice ?? message.audio ?? message.video_note ?? message.video ?? message.animation ?? message.document;
}

function media(message, chat) {
  const file = picked(message);
  const source = file && file.file_id !== "unusual" ? chat.fileAddress(file.file_id) : "";
  if (source && message.voice) return [soundOf(message, chat, source)];
  if (source && message.audio) return [tuneOf(message, chat)];
  if (source && (message.video_note || message.video || message.animation)) {
    const player = make("video");
    Object.assign(player, { src: source, controls: true, preload: "metadata" });
    return [player];
  }
  if (message.document) return [paper(message, source)];
  const kind = UNUSUAL.find((name) => message[name]);
  if (kind) return [make("span", "kind", message.sticker?.emoji ?? message.dice?.emoji ?? "", ` ${say(`kind_${kind}`)}`)];
  return message.text === undefined ? [make("span", "kind", say("kind_other"))] : [];
}

function quote(message, chat, deeds) {
  const replied = message.reply_to_message;
  if (!replied) return [];
  const name = make("b", "", replied.from?.is_bot ? chat.botName : chat.person.first_name);
  const line = make("span", "", message.quote?.text ?? gist(replied));
  const element = make("button", "quote", name, line);
  element.type = "button";
  element.addEventListener("click", () => deeds.show(replied.message_id));
  return [element];
}

function meta(message, mine, chat) {
  const element = make("span", "meta");
  if (message.edit_date) element.append(make("span", "", say("edited")));
  const time = make("time", "", clock(message.date));
  time.dateTime = new Date(message.date * 1000).toISOString();
  element.append(time);
  if (mine) {
    const read = !chat.waiting.has(message.message_id);
    const ticks = icon(read ? "ticks" : "tick", read ? "double" : "");
    ticks.removeAttribute("aria-hidden");
    ticks.setAttribute("role", "img");
    ticks.setAttribute("aria-label", say(read ? "read" : "delivered"));
    element.append(ticks);
  }
  return element;
}

function key(wish, message, chat, deeds) {
  if (wish.url) {
    const link = make("a", "key", wish.text, icon("link"));
    if (/^https?:/i.test(wish.url)) Object.assign(link, { href: wish.url, target: "_blank", rel: "noopener noreferrer" });
    return link;
  }
  const element = make("button", "key", wish.text);
  element.type = "button";
  if (chat.pressed.has(`${message.message_id} ${wish.callback_data}`)) {
    element.classList.add("waiting");
    element.setAttribute("aria-busy", "true");
  }
  element.addEventListener("click", () => deeds.press(message, wish.callback_data ?? ""));
  return element;
}

function onlyEmoji(text) {
  return text !== undefined && text.length <= 12 && /^(\p{Extended_Pictographic}|\p{Emoji_Modifier}|\u200d|\ufe0f)+$/u.test(text);
}

// `messages`: one, or those of an album. `deeds`: reply(message), edit(message), press(message, data), show(message_id), command(text), look(message).
export function bubble(messages, chat, deeds) {
  const [message] = messages;
  const mine = !message.from?.is_bot;
  const worded = messages.find((one) => one.text ?? one.caption) ?? message;
  const words = worded.text ?? worded.caption;
  const body = make("div", "bubble", ...quote(message, chat, deeds));
  if (message.photo) body.append(pictures(messages, chat, body, deeds.look));
  else body.append(...media(message, chat));
  if (words) body.append(written(words, worded.entities ?? worded.caption_entities, deeds.command));
  body.append(meta(worded, mine, chat));
  const actions = make("div", "deeds", button("icon", say("reply"), "reply", () => deeds.reply(message)));
  if (mine && words) actions.append(button("icon", say("edit"), "edit", () => deeds.edit(worded)));
  const holder = make("div", "body", body, actions);
  const element = make("li", mine ? "message mine" : "message", holder);
  if (onlyEmoji(message.text)) element.classList.add("emoji");
  element.dataset.id = message.message_id;
  const rows = message.reply_markup?.inline_keyboard ?? [];
  if (rows.length) {
    const keyboard = make("div", "keyboard", ...rows.map((row) => make("div", "keys", ...row.map((wish) => key(wish, message, chat, deeds)))));
    keyboard.setAttribute("role", "group");
    keyboard.setAttribute("aria-label", say("buttons"));
    element.append(keyboard);
  }
  body.addEventListener("click", (event) => {
    if (event.target.closest("button, a, video, .sound, .tune")) return;
    for (const other of document.querySelectorAll(".message.picked")) if (other !== element) other.classList.remove("picked");
    element.classList.toggle("picked");
  });
  return element;
}

export function typing() {
  const sign = make("div", "bubble", make("i"), make("i"), make("i"));
  sign.setAttribute("aria-label", say("typing"));
  return make("li", "message typing first last", sign);
}

export function draft(found, act) {
  return make("li", "message draft first last", make("div", "bubble", written(found.text, found.entities, act)));
}
