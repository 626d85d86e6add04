// A picture enlarged: over the whole window, with its words, and the chat's other pictures to both sides.

import { labelOf } from "./pictures.js";

const field = (id) => document.getElementById(id);

export class Viewer {
  constructor() {
    this.chat = null;
    this.message = null;
    this.dialog = field("viewer");
    field("viewer-close").addEventListener("click", () => this.dialog.close());
    field("viewer-before").addEventListener("click", () => this.step(-1));
    field("viewer-after").addEventListener("click", () => this.step(1));
    this.dialog.addEventListener("click", (event) => event.target.closest("img, a, button, figcaption") || this.dialog.close());
    this.dialog.addEventListener("keydown", (event) => {
      if (event.key === "ArrowLeft") this.step(-1);
      if (event.key === "ArrowRight") this.step(1);
    });
    this.dialog.addEventListener("close", () => field("viewer-picture").removeAttribute("src"));
  }

  open(chat, message) {
    this.chat = chat;
    this.show(message);
    this.dialog.showModal();
    field("viewer-close").focus();
  }

  get all() {
    return this.chat.ordered.filter((message) => message.photo);
  }

  get place() {
    return this.all.findIndex((message) => message.message_id === this.message.message_id);
  }

  step(way) {
    const next = this.all[this.place + way];
    if (next) this.show(next);
  }

  show(message) {
    this.message = message;
    const { all, place } = this;
    const size = message.photo.at(-1);
    const source = this.chat.fileAddress(size.file_id);
    const image = field("viewer-picture");
    image.src = source;
    image.alt = labelOf(message, this.chat);
    if (size.width) Object.assign(image, { width: size.width, height: size.height });
    field("viewer-words").textContent = message.caption ?? "";
    field("viewer-words").hidden = !message.caption;
    field("viewer-save").href = source;
    for (const [id, far] of [["viewer-before", place <= 0], ["viewer-after", place >= all.length - 1]]) {
      if (far && document.activeElement === field(id)) field("viewer-close").focus();
      field(id).hidden = far;
    }
  }
}
