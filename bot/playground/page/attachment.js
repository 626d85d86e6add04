// Files that are sent: what they are sent as, and what is told about them.

const LARGEST = 50 * 1024 * 1024; // bytes, the server's limit
const SOUNDS = /\.(mp3|m4a|aac|ogg|oga|opus|wav|flac|amr|weba)$/i; // browsers leave some of these without a type

// Sizes beyond the server's and files of no bytes; `code` names the page's sentence.
export class Unsendable extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// Whether a file may become a photo; GIFs move, and stay files.
export const isPicture = (file) => file.type.startsWith("image/") && !/gif|svg/.test(file.type);

// The fields of a message with this file, which is left as it is: a sound and a video as such, everything else as a document. Throws Unsendable.
export async function formOf(file) {
  if (!file.size) throw new Unsendable("file_empty");
  if (file.size > LARGEST) throw new Unsendable("file_large");
  const kind = file.type.split("/")[0];
  if (kind === "audio" || SOUNDS.test(file.name)) return { audio: file, ...(await measured(file, "audio")) };
  if (kind === "video") return { video: file, ...(await measured(file, "video")) };
  return { document: file };
}

// Length in seconds, and size of a video in pixels, as far as the browser can tell.
function measured(file, tag) {
  const player = document.createElement(tag);
  const address = URL.createObjectURL(file);
  return new Promise((resolve) => {
    const done = (found) => {
      URL.revokeObjectURL(address);
      resolve(found);
    };
    player.addEventListener("error", () => done({}));
    player.addEventListener("loadedmetadata", () => {
      const found = Number.isFinite(player.duration) ? { duration: Math.round(player.duration) } : {};
      if (player.videoWidth) Object.assign(found, { width: player.videoWidth, height: player.videoHeight });
      done(found);
    });
    player.preload = "metadata";
    player.src = address;
  });
}
