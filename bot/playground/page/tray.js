// What was chosen and is not sent yet: previews, a caption, and whether pictures go as photos or as the files they are.

import { Unsendable, formOf, isPicture } from "./attachment.js";
import { button, icon, make } from "./elements.js";
import { photoOf } from "./photo.js";
import { say } from "./words.js";

const MOST = 10; // messages of an album
const LONGEST = 1024; // characters of a caption

const field = (id) => document.getElementById(id);

export class Tray {
  // `send(forms, chat)` resolves to how many of the messages the server has; `sent(chat, text)` tells that the field's text went along; `complain(sentence)` shows one.
  constructor({ send, sent, complain }) {
    this.send = send;
    this.sent = sent;
    this.complain = complain;
    this.dialog = field("tray");
    this.items = [];
    this.again = null;
    this.busy = false;
    field("tray-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.deliver();
    });
    field("tray-cancel").addEventListener("click", () => this.dialog.close());
    field("tray-again").addEventListener("click", () => {
      const { again, chat } = this;
      this.dialog.close();
      again(chat);
    });
    field("caption").addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.deliver();
    });
    field("caption").addEventListener("input", () => this.fit());
    this.dialog.addEventListener("cancel", (event) => this.busy && event.preventDefault());
    this.dialog.addEventListener("close", () => this.empty());
  }

  // `again(chat)`: takes the picture anew, where it came from the camera.
  open(chat, files, { again = null } = {}) {
    this.chat = chat;
    this.again = again;
    this.begun = false;
    this.text = !chat.wish.edit && chat.wish.text.length <= LONGEST ? chat.wish.text : "";
    field("caption").value = this.text.trim();
    field("as-file").checked = false;
    field("tray-again").hidden = !again;
    field("tray-unsent").hidden = true;
    this.dialog.showModal();
    this.add(files);
    this.fit();
    field("caption").focus();
  }

  add(files) {
    for (const file of files) {
      const item = { file, photo: isPicture(file) ? photoOf(file) : Promise.resolve(null) };
      item.element = make("li", "", icon("file"), make("span", "", file.name));
      item.element.classList.toggle("loading", isPicture(file));
      item.element.append(button("icon", say("remove", { name: file.name }), "close", () => this.remove(item)));
      this.items.push(item);
      this.preview(item);
    }
    field("tray-items").replaceChildren(...this.items.map((item) => item.element));
    this.changed();
  }

  async preview(item) {
    const photo = await item.photo;
    item.fields = photo;
    item.element.classList.remove("loading");
    if (!photo || !this.items.includes(item)) return this.changed();
    const image = make("img");
    item.address = URL.createObjectURL(photo.photo_800 ?? photo.photo);
    Object.assign(image, { src: item.address, alt: item.file.name });
    item.element.classList.add("drawn");
    item.element.prepend(image);
    this.changed();
  }

  remove(item) {
    const place = this.items.indexOf(item);
    this.drop([item]);
    if (!this.items.length) return this.dialog.close();
    this.items[Math.min(place, this.items.length - 1)].element.querySelector("button").focus();
  }

  drop(items) {
    for (const item of items) {
      if (item.address) URL.revokeObjectURL(item.address);
      item.element.remove();
    }
    this.items = this.items.filter((item) => !items.includes(item));
    this.changed();
  }

  empty() {
    this.drop(this.items);
    this.chat = null;
  }

  changed() {
    const many = this.items.length;
    const pictures = this.items.filter((item) => item.fields || item.element.classList.contains("loading")).length;
    const what = pictures < many ? "tray_file" : "tray_photo";
    field("tray-title").textContent = say(many === 1 ? what : `${what}s`, { number: many });
    field("tray-items").dataset.many = String(Math.min(many, 3));
    field("as-file-line").hidden = Boolean(this.again) || !pictures;
    for (const { element } of this.items) element.querySelector("button").hidden = many === 1;
  }

  fit() {
    const caption = field("caption");
    caption.style.height = "auto";
    caption.style.height = `${caption.scrollHeight}px`;
  }

  become(busy) {
    this.busy = busy;
    field("tray-send").setAttribute("aria-disabled", String(busy));
    field("tray-send").setAttribute("aria-busy", String(busy));
    for (const id of ["tray-cancel", "tray-again", "caption", "as-file"]) field(id).disabled = busy;
    this.dialog.classList.toggle("busy", busy);
  }

  async deliver() {
    if (this.busy || !this.items.length) return;
    const { chat } = this;
    field("tray-unsent").hidden = true;
    this.become(true);
    try {
      const items = await this.prepared();
      const forms = items.map((item) => item.form);
      const many = await this.send(forms, chat);
      if (many && !this.begun) {
        this.begun = true;
        field("caption").value = "";
        if (this.text) this.sent(chat, this.text);
      }
      this.drop(items.slice(0, many));
      field("tray-unsent").hidden = many === forms.length;
    } finally {
      this.become(false);
    }
    if (this.items.length) field("tray-send").focus();
    else this.dialog.close();
  }

  // The items that can be sent, in the order in which they are, each with its form. What cannot be sent is said and left out.
  async prepared() {
    const photos = [];
    const papers = [];
    const others = [];
    for (const item of [...this.items]) {
      const photo = await item.photo;
      try {
        item.form = photo && !field("as-file").checked ? { ...photo } : await formOf(item.file);
        (item.form.photo ? photos : item.form.document ? papers : others).push(item);
      } catch (error) {
        if (!(error instanceof Unsendable)) throw error;
        this.complain(say(error.code, { name: item.file.name }));
        this.drop([item]);
      }
    }
    group(photos);
    group(papers);
    const items = [...photos, ...papers, ...others];
    const caption = field("caption").value.trim();
    if (items.length && caption) items[0].form.caption = caption;
    return items;
  }
}

// Ten at most make an album; one alone is none.
function group(items) {
  for (let start = 0; start < items.length; start += MOST) {
    const album = items.slice(start, start + MOST);
    const id = `${Date.now()}${String(Math.floor(Math.random() * 10000)).padStart(4, "0")}`;
    for (const item of album) {
      if (album.length > 1) item.album ??= id;
      if (item.album) item.form.media_group_id = item.album;
    }
  }
}
