// Text with Bot API entities as elements. Offsets count UTF-16 units, as JavaScript does. Text is only ever set as text.

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote", expandable_blockquote: "blockquote" };

function address(entity, text) {
  if (entity.type === "text_link") return entity.url;
  if (entity.type === "email") return `mailto:${text}`;
  return /^https?:/i.test(text) ? text : `https://${text}`;
}

function wrap(entity, text, act) {
  if (["text_link", "url", "email"].includes(entity.type)) {
    const target = address(entity, text);
    if (!/^(https?:|mailto:)/i.test(target)) return document.createElement("span");
    const link = document.createElement("a");
    Object.assign(link, { href: target, target: "_blank", rel: "noopener noreferrer" });
    return link;
  }
  if (entity.type === "bot_command") {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "command" });
    button.addEventListener("click", () => act(text));
    return button;
  }
  if (entity.type === "spoiler") {
    const cover = document.createElement("span");
    Object.assign(cover, { className: "spoiler", tabIndex: 0 });
    return cover;
  }
  return document.createElement(TAGS[entity.type] ?? "span");
}

// `act` is called with a command that was clicked.
export function written(text, entities, act) {
  const root = document.createElement("span");
  root.className = "words";
  root.dir = "auto";
  fill(root, text, 0, text.length, [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length), act);
  return root;
}

function fill(parent, text, from, to, entities, act) {
  let place = from;
  while (entities.length && entities[0].offset < to) {
    const entity = entities.shift();
    const start = Math.max(entity.offset, place);
    const end = Math.min(entity.offset + entity.length, to);
    if (end <= start) continue;
    parent.append(text.slice(place, start));
    const element = wrap(entity, text.slice(start, end), act);
    fill(element, text, start, end, entities, act);
    parent.append(element);
    place = end;
  }
  parent.append(text.slice(place, to));
}
