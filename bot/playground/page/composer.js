// Where one writes: the field, reply and edit, the command menu.

import { gist } from "./bubbles.js";
import { make } from "./elements.js";
import { say } from "./words.js";

const field = (id) => document.getElementById(id);

export class Composer {
  // `send(form, chat)` resolves to whether the server has it, the form's fields being those of a person's message.
  constructor(send) {
    this.send = send;
    this.chat = null;
    this.text = field("text");
    this.commands = field("commands");
    this.context = field("context");
    this.menu = field("menu");
    this.picked = 0;
    field("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.text.addEventListener("input", () => this.changed());
    this.text.addEventListener("keydown", (event) => this.pressed(event));
    field("cancel").addEventListener("click", () => this.forgetWish());
    this.menu.addEventListener("click", () => {
      if (this.commands.hidden) {
        this.offer(this.chat.commands, true);
        this.text.focus();
      } else this.close();
    });
    document.addEventListener("click", (event) => {
      if (!event.target.closest("#composer")) this.close();
    });
  }

  open(chat) {
    this.chat = chat;
    this.text.value = chat.wish.text;
    this.close();
    this.changed();
    this.showWish();
    this.standing();
    if (matchMedia("(min-width: 721px)").matches) this.text.focus();
  }

  standing() {
    const blocked = this.chat.standing !== "member";
    document.querySelector(".line").hidden = blocked;
    field("unblock").hidden = !blocked;
  }

  reply(message) {
    Object.assign(this.chat.wish, { reply: message, edit: null });
    this.showWish();
    this.text.focus();
  }

  edit(message) {
    Object.assign(this.chat.wish, { reply: null, edit: message });
    this.text.value = message.text ?? message.caption ?? "";
    this.changed();
    this.showWish();
    this.text.focus();
    this.text.setSelectionRange(this.text.value.length, this.text.value.length);
  }

  forgetWish() {
    if (this.chat.wish.edit) this.text.value = "";
    Object.assign(this.chat.wish, { reply: null, edit: null });
    this.changed();
    this.showWish();
    this.text.focus();
  }

  showWish() {
    const { reply, edit } = this.chat.wish;
    const message = reply ?? edit;
    this.context.hidden = !message;
    if (!message) return;
    const name = message.from?.is_bot ? this.chat.botName : this.chat.person.first_name;
    this.context.querySelector("use").setAttribute("href", edit ? "#i-edit" : "#i-reply");
    this.context.querySelector("strong").textContent = edit ? say("editing") : say("replying", { name });
    this.context.querySelector("span").textContent = gist(message);
  }

  changed() {
    const value = this.text.value;
    this.chat.wish.text = this.chat.wish.edit ? "" : value;
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight}px`;
    const writes = Boolean(value.trim() || this.chat.wish.edit);
    const sent = document.activeElement === field("send");
    field("send").disabled = !value.trim();
    field("send").hidden = !writes;
    field("record").hidden = writes;
    field("attach").hidden = Boolean(this.chat.wish.edit);
    if (sent && !writes) this.text.focus();
    if (/^\/\w*$/.test(value)) {
      const begun = value.slice(1).toLowerCase();
      this.offer(this.chat.commands.filter((command) => command.command.startsWith(begun)));
    } else this.close();
  }

  offer(commands, asked = false) {
    if (!commands.length && !asked) return this.close();
    this.picked = 0;
    this.commands.replaceChildren(
      ...commands.map((command) => {
        const element = make("button", "", make("b", "", `/${command.command}`), make("span", "", command.description));
        element.type = "button";
        element.id = `command-${command.command}`;
        element.setAttribute("role", "option");
        element.addEventListener("click", () => this.take(command.command));
        return element;
      }),
    );
    if (!commands.length) this.commands.append(make("p", "", say("no_commands")));
    this.commands.hidden = false;
    this.menu.setAttribute("aria-expanded", "true");
    this.mark();
  }

  mark() {
    const options = [...this.commands.querySelectorAll("button")];
    options.forEach((element, place) => element.setAttribute("aria-selected", String(place === this.picked)));
    const chosen = options[this.picked];
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) this.text.setAttribute("aria-activedescendant", chosen.id);
  }

  close() {
    this.commands.hidden = true;
    this.menu.setAttribute("aria-expanded", "false");
    this.text.removeAttribute("aria-activedescendant");
  }

  take(command) {
    this.text.value = `/${command}`;
    this.submit();
  }

  pressed(event) {
    if (event.isComposing) return;
    const options = this.commands.querySelectorAll("button");
    const open = !this.commands.hidden && options.length > 0;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.picked = (this.picked + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length;
      this.mark();
    } else if (open && (event.key === "Enter" || event.key === "Tab") && !event.shiftKey) {
      event.preventDefault();
      options[this.picked].click();
    } else if (event.key === "Escape") {
      if (!this.commands.hidden) this.close();
      else if (!this.context.hidden) this.forgetWish();
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "ArrowUp" && !this.text.value) {
      const own = this.chat.ordered.filter((message) => !message.from?.is_bot && (message.text || message.caption)).at(-1);
      if (own) {
        event.preventDefault();
        this.edit(own);
      }
    }
  }

  // Sends what carries a file, as a reply where one was begun.
  async file(form, chat) {
    return (await this.files([form], chat)) === 1;
  }

  // Sends one after another, all as replies where one was begun. Returns how many the server has.
  async files(forms, chat) {
    const { reply } = chat.wish;
    let many = 0;
    for (const form of forms) {
      if (reply) form.reply_to_message_id = reply.message_id;
      if (!(await this.send(form, chat))) return many;
      many += 1;
    }
    if (chat.wish.reply === reply) chat.wish.reply = null;
    if (this.chat === chat) this.showWish();
    return many;
  }

  // The text went along with a file.
  emptied(chat) {
    chat.wish.text = "";
    if (this.chat !== chat) return;
    this.text.value = "";
    this.changed();
  }

  async submit() {
    const text = this.text.value.trim();
    if (!text) return;
    const { reply, edit } = this.chat.wish;
    const form = { text };
    if (reply) form.reply_to_message_id = reply.message_id;
    if (edit) form.edit_message_id = edit.message_id;
    const chat = this.chat;
    this.text.value = "";
    Object.assign(chat.wish, { text: "", reply: null, edit: null });
    this.changed();
    this.showWish();
    if (!(await this.send(form))) {
      chat.wish.text = text; // nothing that was written is lost
      if (this.chat === chat && !this.text.value) {
        this.text.value = text;
        this.changed();
      }
    }
  }
}
