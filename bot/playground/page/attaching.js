// Ways for files into the chat: the menu, the choosers, what is dropped on the window and what is pasted.

import { Unsendable, formOf, isPicture } from "./attachment.js";
import { say } from "./words.js";

const field = (id) => document.getElementById(id);

export class Attaching {
  // `chat()` is the open one, or null; `complain(sentence)` shows one.
  constructor({ chat, composer, tray, camera, complain }) {
    Object.assign(this, { chat, composer, tray, camera, complain });
    this.ways = field("ways");
    this.items = [...this.ways.querySelectorAll("button")];
    field("attach").addEventListener("click", () => this.show(this.ways.hidden));
    this.way("way-photo", () => field("photos").click());
    this.way("way-camera", () => this.camera.open(this.chat()));
    this.way("way-file", () => field("file").click());
    this.ways.addEventListener("keydown", (event) => this.pressed(event));
    document.addEventListener("click", (event) => event.target.closest("#ways, #attach") || this.show(false));
    for (const [id, act] of [["photos", (files) => this.take(files)], ["file", (files) => this.sendAsFiles(files)]]) {
      field(id).addEventListener("change", () => {
        const files = [...field(id).files];
        field(id).value = "";
        act(files);
      });
    }
    document.addEventListener("dragover", (event) => this.dragged(event));
    document.addEventListener("dragleave", (event) => event.relatedTarget || this.hover(false));
    document.addEventListener("drop", (event) => this.dropped(event));
    document.addEventListener("paste", (event) => this.pasted(event));
  }

  way(id, act) {
    field(id).addEventListener("click", () => {
      this.show(false);
      act();
    });
  }

  show(shown) {
    this.ways.hidden = !shown;
    field("attach").setAttribute("aria-expanded", String(shown));
    if (shown) this.items[0].focus();
  }

  pressed(event) {
    const place = this.items.indexOf(document.activeElement);
    if (event.key === "Escape" || event.key === "Tab") {
      if (event.key === "Escape") event.preventDefault();
      field("attach").focus();
      this.show(false);
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const way = event.key === "ArrowDown" ? 1 : -1;
      this.items[(place + way + this.items.length) % this.items.length].focus();
    }
  }

  // Whether files may come in now: a chat is open, and no other dialog than the tray.
  get open() {
    const dialog = document.querySelector("dialog[open]");
    return Boolean(this.chat()?.loaded) && (!dialog || (dialog.id === "tray" && !this.tray.busy));
  }

  hover(shown) {
    field("drop").hidden = !shown;
  }

  dragged(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault(); // else the browser would leave the page for the file
    event.dataTransfer.dropEffect = this.open ? "copy" : "none";
    this.hover(this.open);
  }

  dropped(event) {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    this.hover(false);
    if (this.open) this.take([...event.dataTransfer.files]);
  }

  pasted(event) {
    const files = [...event.clipboardData.files];
    if (!files.length || !this.open || event.clipboardData.types.includes("text/plain")) return; // copied text brings a picture of itself along
    event.preventDefault();
    this.take(files);
  }

  // Pictures are looked at before they are sent, and whatever was chosen with them.
  take(files) {
    const chat = this.chat();
    if (chat.standing !== "member") return this.complain(say("error_blocked"));
    if (field("tray").open) return this.tray.add(files);
    if (files.some(isPicture)) return this.tray.open(chat, files);
    return this.sendAsFiles(files);
  }

  // Sends files as they are, one after another; what stands in the field goes with the first.
  async sendAsFiles(files) {
    const chat = this.chat();
    for (const file of files) {
      try {
        const form = await formOf(file);
        const caption = chat.wish.text.trim();
        if (caption) form.caption = caption;
        if (!(await this.composer.file(form, chat))) return;
        if (caption) this.composer.emptied(chat);
      } catch (error) {
        if (!(error instanceof Unsendable)) throw error;
        this.complain(say(error.code, { name: file.name }));
      }
    }
  }
}
