// Files that are sent: what they are sent as, and what is told about them.

const LARGEST = 50 * 1024 * 1024; // bytes, the server's limit
const SIDE = 2560; // pixels; the longer side of a photo as the apps send it
const QUALITY = 0.87;
const SOUNDS = /\.(mp3|m4a|aac|ogg|oga|opus|wav|flac|amr|weba)$/i; // browsers leave some of these without a type

// Sizes beyond the server's and files of no bytes; `code` names the page's sentence.
export class Unsendable extends Error {
  constructor(code) {
    super(code);
    this.code = code;
  }
}

// The form of a message with this file. Throws Unsendable.
export async function formOf(file) {
  if (!file.size) throw new Unsendable("file_empty");
  if (file.size > LARGEST) throw new Unsendable("file_large");
  const kind = file.type.split("/")[0];
  if (kind === "audio" || SOUNDS.test(file.name)) return { audio: file, ...(await measured(file, "audio")) };
  if (kind === "video") return { video: file, ...(await measured(file, "video")) };
  if (kind === "image" && file.type !== "image/gif") {
    const photo = await asPhoto(file);
    if (photo) return { photo };
  }
  return { document: file };
}

// A still picture as JPEG without what the camera wrote beside it, which is how a messenger sends one; null where the browser cannot read it.
async function asPhoto(file) {
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return null;
  }
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)));
  const brush = canvas.getContext("2d");
  brush.fillStyle = "#fff"; // JPEG knows no transparency
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  return new File([blob], "photo.jpg", { type: "image/jpeg" });
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
