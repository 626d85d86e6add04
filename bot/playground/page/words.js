// The page's own words, in the language of the person whose chat is open.

let spoken = {};
let current = "";

export function language() {
  return current;
}

export function say(key, values = {}) {
  const sentence = spoken[key] ?? "";
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

export async function speak(wanted) {
  const code = (wanted || navigator.language || "en").slice(0, 2).toLowerCase();
  if (code === current) return false;
  const answer = await fetch(`/words/${encodeURIComponent(code)}`);
  if (!answer.ok) return false;
  const found = await answer.json();
  spoken = found.words;
  current = code;
  document.documentElement.lang = found.language;
  for (const element of document.querySelectorAll("[data-say]")) element.textContent = say(element.dataset.say);
  for (const element of document.querySelectorAll("[data-placeholder]")) element.placeholder = say(element.dataset.placeholder);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", say(element.dataset.label));
    if (element.tagName === "BUTTON") element.title = say(element.dataset.label);
  }
  return true;
}

// Seconds of a sound as people read them: 0:07, 12:30.
export function length(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function clock(seconds) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { hour: "numeric", minute: "2-digit" }).format(seconds * 1000);
}

export function dayOf(seconds) {
  return new Date(seconds * 1000).toDateString();
}

export function dayName(seconds) {
  const now = new Date();
  const day = dayOf(seconds);
  if (day === now.toDateString()) return say("today");
  if (day === new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1).toDateString()) return say("yesterday");
  const year = new Date(seconds * 1000).getFullYear() === now.getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "long", year }).format(seconds * 1000);
}
