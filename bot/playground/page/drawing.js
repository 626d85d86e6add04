// Beside the page: draws pictures as photos, JPEG in several sizes, while the page stays quick. (On the page itself a browser compresses only when nothing moves.)

const SIDES = [90, 320, 800, 1280, 2560]; // pixels of the longer side, as Telegram makes them
const QUALITY = 0.87;
const LARGEST = 10 * 1024 * 1024; // bytes; a photo beyond this is compressed more
const STEEPEST = 20; // the longer side divided by the shorter one; beyond it a picture is no photo

let last = Promise.resolve();

// Takes { number, file }, one after another (decoded, they are large); answers { number, fields }: the fields of a message with this photo, or null.
self.addEventListener("message", ({ data: { number, file } }) => {
  last = last.then(async () => self.postMessage({ number, fields: await photoOf(file) }));
});

async function photoOf(file) {
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return null;
  }
  try {
    const [width, height] = [picture.width, picture.height];
    if (Math.max(width, height) > STEEPEST * Math.min(width, height)) return null;
    return await inSizes(picture, width, height);
  } finally {
    picture.close();
  }
}

async function inSizes(picture, width, height) {
  const longest = Math.max(width, height);
  const sides = SIDES.filter((side) => side < longest);
  if (longest <= SIDES.at(-1)) sides.push(longest);
  const fields = {};
  let source = picture;
  for (const side of sides.reverse()) {
    source = drawn(source, Math.max(1, Math.round((width * side) / longest)), Math.max(1, Math.round((height * side) / longest)));
    const name = fields.photo ? `photo_${side}` : "photo";
    fields[name] = new File([await asJpeg(source)], `${name}.jpg`, { type: "image/jpeg" });
  }
  return fields;
}

// Each size is drawn from the next larger one: quicker, and without the grain of one large step.
function drawn(source, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const brush = canvas.getContext("2d", { alpha: false });
  brush.imageSmoothingQuality = "high";
  brush.fillStyle = "#fff"; // JPEG knows no transparency
  brush.fillRect(0, 0, width, height);
  brush.drawImage(source, 0, 0, width, height);
  return canvas;
}

async function asJpeg(canvas) {
  for (let quality = QUALITY; ; quality -= 0.15) {
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
    if (blob.size <= LARGEST || quality < 0.3) return blob;
  }
}
