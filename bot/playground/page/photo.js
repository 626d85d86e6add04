// A picture as a messenger sends a photo: drawn anew as JPEG in several sizes, so that nothing the camera wrote beside it goes along.

let worker = null;
let number = 0;
const asked = new Map(); // number -> resolve

// The fields of a message with this photo: `photo`, the largest, and `photo_90` … below it. Null where the browser cannot read the file, or its form is that of no photo.
export function photoOf(file) {
  worker ??= started();
  number += 1;
  worker.postMessage({ number, file });
  return new Promise((resolve) => asked.set(number, resolve));
}

function started() {
  const fresh = new Worker("/page/drawing.js", { type: "module" });
  fresh.addEventListener("message", ({ data }) => {
    asked.get(data.number)(data.fields);
    asked.delete(data.number);
  });
  fresh.addEventListener("error", (event) => {
    for (const resolve of asked.values()) resolve(null); // what cannot be drawn goes as the file it is
    asked.clear();
    worker = null;
    throw new Error(event.message);
  });
  return fresh;
}
