// A line one drags along with mouse, finger or keyboard: where a sound is.

import { length, say } from "./words.js";

// `sound`: at and seconds (numbers), seek(seconds), toggle(). How far it is stands in the style as --at, for the drawing.
export class Slider {
  constructor(element, sound) {
    this.element = element;
    this.sound = sound;
    element.tabIndex = 0;
    element.setAttribute("role", "slider");
    element.setAttribute("aria-valuemin", "0");
    element.addEventListener("keydown", (event) => this.pressed(event));
    element.addEventListener("pointerdown", (event) => {
      element.setPointerCapture(event.pointerId);
      this.seekTo(event);
    });
    element.addEventListener("pointermove", (event) => element.hasPointerCapture(event.pointerId) && this.seekTo(event));
  }

  seekTo(event) {
    const { left, width } = this.element.getBoundingClientRect();
    this.sound.seek(((event.clientX - left) / width) * this.sound.seconds);
  }

  pressed(event) {
    const { at, seconds } = this.sound;
    const step = seconds > 30 ? 5 : 1;
    const places = { ArrowRight: at + step, ArrowUp: at + step, ArrowLeft: at - step, ArrowDown: at - step, Home: 0, End: seconds };
    if (event.key === " " || event.key === "Enter") this.sound.toggle();
    else if (event.key in places) this.sound.seek(places[event.key]);
    else return;
    event.preventDefault();
  }

  fill() {
    const { at, seconds } = this.sound;
    this.element.style.setProperty("--at", `${seconds ? Math.min(100, (100 * at) / seconds) : 0}%`);
  }

  show() {
    const [now, all] = [Math.floor(this.sound.at), Math.round(this.sound.seconds)];
    this.element.setAttribute("aria-label", say("position"));
    this.element.setAttribute("aria-valuemax", String(all));
    this.element.setAttribute("aria-valuenow", String(now));
    this.element.setAttribute("aria-valuetext", say("position_of", { now: length(now), length: length(all) }));
    this.fill();
  }
}
