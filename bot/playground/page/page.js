// The page: people, the open chat, and what happens in them.

import { Attaching } from "./attaching.js";
import { Camera } from "./camera.js";
import { Chat } from "./chat.js";
import { Composer } from "./composer.js";
import { Messages } from "./messages.js";
import { Microphone } from "./microphone.js";
import { drawPeople } from "./people.js";
import { player } from "./player.js";
import { PlayerBar } from "./playerbar.js";
import { Refused, ask, listen } from "./server.js";
import { Tray } from "./tray.js";
import { Viewer } from "./viewer.js";
import { language, say, speak } from "./words.js";

const $ = (id) => document.getElementById(id);
const chats = new Map();
let open = null;
let trouble = "";

const messages = new Messages({
  reply: (message) => composer.reply(message),
  edit: (message) => composer.edit(message),
  show: (id) => messages.show(id),
  command: (text) => send({ text }),
  look: (message) => viewer.open(open, message),
  press,
});
const viewer = new Viewer();
const composer = new Composer(send);
const microphone = new Microphone({
  send: (voice, duration, chat) => composer.file({ voice, duration }, chat),
  complain: (key) => (key.startsWith("mic_") ? question(say(key), say("ok")) : toast(say(key))),
});
const tray = new Tray({
  send: (forms, chat) => composer.files(forms, chat),
  sent: (chat, text) => chat.wish.text === text && composer.emptied(chat),
  complain: toast,
});
const camera = new Camera({
  taken: (file, chat) => tray.open(chat, [file], { again: (again) => camera.open(again) }),
  complain: (key) => question(say(key), say("ok")),
});
new PlayerBar((id) => messages.show(id));
new Attaching({ chat: () => open, composer, tray, camera, complain: toast });

async function send(form, chat = open) {
  try {
    const { messages: sent } = await ask("POST", `/people/${chat.id}/messages`, form);
    for (const message of sent) take({ kind: form.edit_message_id ? "edited" : "message", chat: chat.id, message });
    return true;
  } catch (error) {
    return failed(error);
  }
}

async function press(message, data) {
  const chat = open;
  const place = `${message.message_id} ${data}`;
  if (chat.pressed.has(place)) return;
  chat.pressed.set(place, "");
  drawChat();
  try {
    const { callback_query_id: id } = await ask("POST", `/people/${chat.id}/press`, { message_id: message.message_id, data });
    chat.pressed.set(place, id);
    setTimeout(() => chat.pressed.get(place) === id && chat.pressed.delete(place) && drawChat(), 15000);
  } catch (error) {
    chat.pressed.delete(place);
    failed(error);
  }
  drawChat();
}

function failed(error) {
  if (!(error instanceof Refused)) throw error;
  toast(say(["no_bot", "blocked", "unreachable", "token"].includes(error.code) ? `error_${error.code}` : "error_other"));
  return false;
}

let fading = 0;
function toast(text) {
  $("toast").textContent = text;
  $("toast").classList.add("shown");
  clearTimeout(fading);
  fading = setTimeout(() => $("toast").classList.remove("shown"), 3500);
}

function question(text, yes, grave = false) {
  $("notice-text").textContent = text;
  $("notice-ok").textContent = yes;
  $("notice-ok").classList.toggle("grave", grave);
  $("notice-cancel").hidden = !grave;
  $("notice").returnValue = "";
  $("notice").showModal();
  return new Promise((resolve) => $("notice").addEventListener("close", () => resolve($("notice").returnValue === "yes"), { once: true }));
}

// What happened, told by the server (or by our own sending, which is then told again: taken once).
function take(event) {
  if (event.kind === "profile") return refresh();
  const chat = chats.get(event.chat);
  if (!chat) return event.chat > 0 ? load() : undefined;
  const known = event.kind === "message" && chat.messages.has(event.message.message_id);
  const change = chat.heed(event);
  const seen = chat === open && !document.hidden && (matchMedia("(min-width: 721px)").matches || $("app").dataset.screen === "chat");
  if (change === "message" && !known && event.message.from?.is_bot && !seen) chat.unread += 1;
  if (change === "sign") setTimeout(draw, 5600);
  if (event.kind === "answer" && chat === open && event.text) {
    if (event.alert) question(event.text, say("ok"));
    else toast(event.text);
  }
  if (chat === open && change === "message" && !known) {
    messages.arrived(event.message);
    frame();
  } else if (chat === open) drawChat();
  drawPeople(chats, open, choose);
}

async function refresh() {
  if (!open) return;
  await open.refresh();
  drawChat();
}

function draw() {
  drawPeople(chats, open, choose);
  drawChat();
}

function drawChat() {
  if (!open?.loaded) return;
  messages.draw();
  frame();
}

// Everything around the messages of the open chat.
function frame() {
  player.heed();
  $("chat-name").textContent = open.botName;
  const busy = open.typing || Boolean(open.draft);
  $("status").textContent = trouble ? say(`error_${trouble}`) : busy ? say(open.doing) : say("as_person", { name: open.person.first_name });
  $("status").classList.toggle("busy", busy && !trouble);
  const empty = open.messages.size === 0;
  $("empty").hidden = !empty;
  $("messages").hidden = empty && !open.typing;
  $("empty-name").textContent = open.botName;
  $("empty-text").textContent = open.bot?.description || say("empty");
  $("block").textContent = say(open.standing === "member" ? "block" : "unblock");
  composer.standing();
}

async function choose(chat) {
  open = chat;
  chat.unread = 0;
  localStorage.setItem("person", String(chat.id));
  $("app").dataset.screen = "chat";
  await speak(chat.person.language_code);
  try {
    if (!chat.loaded) await chat.load();
  } catch (error) {
    failed(error);
    chat.loaded = true;
  }
  if (open !== chat) return;
  player.open(chat);
  messages.open(chat);
  composer.open(chat);
  microphone.open(chat);
  frame();
  drawPeople(chats, open, choose);
}

async function load() {
  const { people } = await ask("GET", "/people");
  const known = new Set(people.map(({ person }) => person.id));
  for (const id of chats.keys()) if (!known.has(id)) chats.delete(id);
  for (const { person, last, standing } of people) {
    const chat = chats.get(person.id);
    if (chat) Object.assign(chat, { person, last, standing });
    else chats.set(person.id, new Chat(person, last, standing));
  }
  drawPeople(chats, open, choose);
}

async function again() {
  await load();
  if (!chats.size) await welcome(say("first_name"), language());
  for (const chat of chats.values()) chat.loaded = false;
  const last = chats.get(Number(localStorage.getItem("person"))) ?? [...chats.values()].at(-1);
  const screen = $("app").dataset.screen;
  await choose(open && chats.has(open.id) ? open : last);
  if (matchMedia("(max-width: 720px)").matches) $("app").dataset.screen = screen;
}

async function welcome(name, code) {
  const { person } = await ask("POST", "/people", { name, language_code: code });
  const chat = chats.get(person.id) ?? new Chat(person);
  chats.set(person.id, chat);
  return chat;
}

$("start").addEventListener("click", () => send({ text: "/start" }));
$("back").addEventListener("click", () => ($("app").dataset.screen = "list"));
$("add").addEventListener("click", () => {
  $("newcomer-name").value = "";
  $("newcomer-language").value = language();
  $("newcomer").showModal();
});
$("newcomer-cancel").addEventListener("click", () => $("newcomer").close());
$("newcomer").querySelector("form").addEventListener("submit", async () => {
  try {
    await choose(await welcome($("newcomer-name").value, $("newcomer-language").value));
  } catch (error) {
    failed(error);
  }
});
$("notice").querySelector("form").addEventListener("submit", () => ($("notice").returnValue = "yes"));
$("notice-ok").addEventListener("click", () => $("notice").close("yes"));
$("notice-cancel").addEventListener("click", () => $("notice").close(""));

function options(shown) {
  $("options").hidden = !shown;
  $("more").setAttribute("aria-expanded", String(shown));
  if (shown) $("block").focus();
}
$("more").addEventListener("click", () => options($("options").hidden));
document.addEventListener("click", (event) => !event.target.closest("#options, #more") && options(false));
$("options").addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    options(false);
    $("more").focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    (document.activeElement === $("block") ? $("erase") : $("block")).focus();
  }
});

async function block() {
  options(false);
  const chat = open;
  try {
    await ask("POST", `/people/${chat.id}/${chat.standing === "member" ? "block" : "unblock"}`, {});
    await chat.refresh();
    drawChat();
  } catch (error) {
    failed(error);
  }
}
$("block").addEventListener("click", block);
$("unblock").addEventListener("click", block);
$("erase").addEventListener("click", async () => {
  options(false);
  const chat = open;
  if (!(await question(say("erase_sure", { name: chat.person.first_name }), say("erase"), true))) return;
  try {
    await ask("DELETE", `/people/${chat.id}`);
    chats.delete(chat.id);
    open = null;
    await again();
    $("app").dataset.screen = "list";
  } catch (error) {
    failed(error);
  }
});

$("theme").addEventListener("click", () => {
  const dark = getComputedStyle(document.body).colorScheme === "dark" || (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  const theme = dark ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  localStorage.setItem("theme", theme);
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && open) {
    open.unread = 0;
    drawPeople(chats, open, choose);
  }
});

if (localStorage.getItem("theme")) document.documentElement.dataset.theme = localStorage.getItem("theme");
await speak("");
listen({
  take,
  again,
  reach: (code) => {
    trouble = ["no_bot", "token"].includes(code) ? code : code ? "unreachable" : "";
    if (open) frame();
    else if (trouble) toast(say(`error_${trouble}`));
  },
});
