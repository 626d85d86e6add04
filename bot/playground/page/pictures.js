// Pictures in a message: one in a frame of its own shape, several as an album in rows. Room is kept before they are loaded.

import { icon, make } from "./elements.js";
import { say } from "./words.js";

const WIDEST = 420; // pixels of the screen
const TALLEST = 380;
const NARROWEST = 132;
const CAPTIONED = 250; // a caption needs this much
const ROWS = [[], [1], [2], [1, 2], [2, 2], [2, 3], [3, 3], [3, 4], [2, 3, 3], [3, 3, 3], [3, 3, 4]];
const THUMBNAIL = 8 * 1024 * 1024; // bytes; larger documents are shown without one

const within = (value, least, most) => Math.min(most, Math.max(least, value));

function shape(message) {
  const { width, height } = message.photo.at(-1);
  return width && height ? width / height : 4 / 3;
}

// The smallest size that is sharp at so many pixels of the screen.
function sizeFor(message, wide) {
  return message.photo.find((size) => size.width >= wide * devicePixelRatio) ?? message.photo.at(-1);
}

export function labelOf(message, chat, number = 1, count = 1) {
  const name = message.from?.is_bot ? chat.botName : chat.person.first_name;
  return count > 1 ? say("picture_of", { name, number, count }) : say("picture_from", { name });
}

function picture(message, chat, label, wide, look) {
  const size = sizeFor(message, wide);
  const image = make("img");
  Object.assign(image, { alt: label, loading: "lazy", decoding: "async", draggable: false, src: chat.fileAddress(size.file_id) });
  image.dataset.file = size.file_id;
  const element = make("button", "picture", image);
  element.type = "button";
  element.title = say("enlarge");
  element.dataset.missing = say("picture_missing");
  element.addEventListener("click", () => {
    const shown = element.querySelector("img");
    if (element.classList.contains("broken")) shown.src = chat.fileAddress(shown.dataset.file); // once more
    else look(message);
  });
  image.addEventListener("error", () => image.parentElement?.classList.add("broken"));
  image.addEventListener("load", () => image.parentElement?.classList.remove("broken"));
  return element;
}

// The pictures of one message or one album. `bubble` gets their width; `look(message)` enlarges one.
export function pictures(messages, chat, bubble, look) {
  bubble.classList.add("pictured");
  const captioned = messages.some((message) => message.caption);
  return messages.length > 1 ? album(messages, chat, bubble, look) : single(messages[0], chat, bubble, captioned, look);
}

function single(message, chat, bubble, captioned, look) {
  const ratio = within(shape(message), 0.5, 2.8);
  const own = message.photo.at(-1).width || WIDEST;
  const wide = Math.round(Math.max(Math.min(WIDEST, TALLEST * ratio, own), captioned ? CAPTIONED : NARROWEST));
  bubble.style.setProperty("--wide", `${wide}px`);
  const element = picture(message, chat, labelOf(message, chat), wide, look);
  element.style.aspectRatio = String(Math.max(ratio, wide / TALLEST));
  return element;
}

function album(messages, chat, bubble, look) {
  bubble.style.setProperty("--wide", `${WIDEST}px`);
  const element = make("div", "album");
  let place = 0;
  for (const many of rowsOf(messages)) {
    const row = make("div", "row");
    const ratios = messages.slice(place, place + many).map((message) => within(shape(message), 0.7, 1.8));
    const together = ratios.reduce((sum, ratio) => sum + ratio, 0);
    row.style.aspectRatio = String(within(together, 1.25, 3.4));
    for (const ratio of ratios) {
      const label = labelOf(messages[place], chat, place + 1, messages.length);
      const part = picture(messages[place], chat, label, (WIDEST * ratio) / together, look);
      part.style.flexGrow = String(ratio);
      row.append(part);
      place += 1;
    }
    element.append(row);
  }
  return element;
}

// How many pictures stand in each row.
function rowsOf(messages) {
  const count = messages.length;
  if (count === 2 && messages.every((message) => shape(message) > 1.5)) return [1, 1];
  if (count === 3 && messages.every((message) => shape(message) < 0.9)) return [3];
  if (count === 4 && shape(messages[0]) > 1.5) return [1, 3];
  return ROWS[count] ?? Array.from({ length: Math.ceil(count / 3) }, (_, row) => Math.min(3, count - row * 3));
}

// A file sent as it is: name and size, and a small picture where it is one.
export function paper(message, source) {
  const { file_name: name, file_size: size, mime_type: type } = message.document;
  const shown = source && /^image\/(jpeg|png|webp|gif|avif)$/.test(type) && size < THUMBNAIL;
  const sign = make("span", "sheet", icon("file"));
  if (shown) {
    const image = make("img");
    Object.assign(image, { alt: "", loading: "lazy", decoding: "async", src: source });
    image.dataset.file = message.document.file_id;
    image.addEventListener("error", () => image.remove());
    sign.append(image);
  }
  const words = make("span", "", make("b", "", name || say("kind_document")));
  if (size) words.append(make("small", "", weight(size)));
  const link = make(source ? "a" : "span", "paper", sign, words);
  if (source) Object.assign(link, { href: source, download: name || "" });
  return link;
}

function weight(bytes) {
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, "kilobyte"] : [bytes / 1e6, "megabyte"];
  const form = { style: "unit", unit, maximumFractionDigits: value < 10 ? 1 : 0 };
  return new Intl.NumberFormat(document.documentElement.lang, form).format(value);
}

// Moves pictures that are already loaded from a message's older element to its newer one.
export function keepPictures(older, newer) {
  for (const image of newer.querySelectorAll("img[data-file]")) {
    const known = [...older.querySelectorAll("img[data-file]")].find((other) => other.dataset.file === image.dataset.file);
    if (!known || known.parentElement.classList.contains("broken")) continue;
    known.alt = image.alt;
    image.replaceWith(known);
  }
}
