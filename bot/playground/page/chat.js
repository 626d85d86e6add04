// What the page knows of one person's chat with the bot. No elements here.

import { Refused, ask } from "./server.js";

const TYPING_LASTS = 5500; // milliseconds; Telegram shows an action for five seconds
const PAGE = 60;
const MOST = 1000; // messages the server gives at once
const DOING = { upload_photo: "action_photo", record_voice: "action_voice", upload_voice: "action_voice", upload_document: "action_file" };

export class Chat {
  constructor(person, last = null, standing = "member") {
    this.person = person;
    this.last = last;
    this.standing = standing;
    this.messages = new Map();
    this.music = new Map(); // messages with music older than those
    this.waiting = new Set();
    this.pressed = new Map(); // "message_id data" -> callback query id
    this.commands = [];
    this.bot = null;
    this.loaded = false;
    this.complete = false;
    this.unread = 0;
    this.typingUntil = 0;
    this.action = "";
    this.draft = null;
    this.wish = { text: "", reply: null, edit: null };
  }

  get id() {
    return this.person.id;
  }

  get botName() {
    return this.bot?.name ?? "Heed";
  }

  get typing() {
    return this.typingUntil > Date.now();
  }

  // The key of the words for what the bot does just now.
  get doing() {
    return this.draft ? "typing" : (DOING[this.action] ?? "typing");
  }

  get ordered() {
    return [...this.messages.values()].sort((a, b) => a.message_id - b.message_id);
  }

  fileAddress(id) {
    return `/people/${this.id}/files/${encodeURIComponent(id)}`;
  }

  async load() {
    const [state, newest] = await Promise.all([
      ask("GET", `/people/${this.id}/state`),
      ask("GET", `/people/${this.id}/messages?before=9007199254740991&limit=${PAGE}`),
    ]);
    this.take(state);
    this.messages = new Map(newest.map((message) => [message.message_id, message]));
    this.complete = newest.length < PAGE;
    this.music.clear();
    this.finding = null;
    this.loaded = true;
  }

  async refresh() {
    this.take(await ask("GET", `/people/${this.id}/state`));
  }

  take(state) {
    this.person = state.person;
    this.bot = state.bot;
    this.commands = state.commands;
    this.standing = state.standing;
    this.waiting = new Set(state.waiting);
  }

  async older() {
    const first = this.ordered[0]?.message_id;
    if (!first || this.complete) return false;
    const found = await ask("GET", `/people/${this.id}/messages?before=${first}&limit=${PAGE}`);
    for (const message of found) this.messages.set(message.message_id, message);
    this.complete = found.length < PAGE;
    return found.length > 0;
  }

  // The messages with music, oldest first; all of the chat's once they were looked for.
  get tunes() {
    const known = [...new Map([...this.music, ...this.messages]).values()];
    return known.filter(({ audio }) => audio && audio.file_id !== "unusual").sort((a, b) => a.message_id - b.message_id);
  }

  // Looks for music in what is not loaded. Where the server does not answer it is looked for again the next time.
  findTunes() {
    this.finding ??= this.lookForTunes().catch((error) => {
      if (!(error instanceof Refused)) throw error;
      this.finding = null;
    });
    return this.finding;
  }

  async lookForTunes() {
    let before = this.complete ? 0 : (this.ordered[0]?.message_id ?? 0);
    while (before) {
      const found = await ask("GET", `/people/${this.id}/messages?before=${before}&limit=${MOST}`);
      for (const message of found) if (message.audio) this.music.set(message.message_id, message);
      before = found.length < MOST ? 0 : found[0].message_id;
    }
  }

  // Takes one event of this chat in. Returns what changed: "message", "changed", "sign", "list", or "".
  heed(event) {
    const message = event.message;
    switch (event.kind) {
      case "message": {
        const fresh = !this.messages.has(message.message_id);
        this.last = message;
        if (this.loaded) this.messages.set(message.message_id, message);
        if (message.from?.is_bot) {
          this.typingUntil = 0;
          this.draft = null;
        } else if (fresh) this.waiting.add(message.message_id);
        return "message";
      }
      case "edited":
        if (this.last?.message_id === message.message_id) this.last = message;
        for (const known of [this.messages, this.music]) if (known.has(message.message_id)) known.set(message.message_id, message);
        return "changed";
      case "deleted":
        for (const id of event.message_ids) for (const known of [this.messages, this.music]) known.delete(id);
        if (event.message_ids.includes(this.last?.message_id)) this.last = this.ordered.at(-1) ?? null;
        return "changed";
      case "read":
        this.waiting.delete(event.message_id);
        return "changed";
      case "action":
        this.typingUntil = Date.now() + TYPING_LASTS;
        this.action = event.action;
        return "sign";
      case "draft":
        this.draft = event.text ? event : null;
        return "sign";
      case "answer":
        for (const [place, id] of this.pressed) if (id === event.callback_query_id) this.pressed.delete(place);
        return "changed";
      case "standing":
        this.standing = event.standing;
        return "changed";
      default:
        return "";
    }
  }
}
