// A picture as a messenger sends a photo: drawn anew as JPEG in several sizes, so that nothing the camera wrote beside it goes along.

const SIDES = [90, 320, 800, 1280, 2560]; // pixels of the longer side, as Telegram makes them
const QUALITY = 0.87;
const LARGEST = 10 * 1024 * 1024; // bytes; a photo beyond this is compressed more
const STEEPEST = 20; // the longer side divided by the shorter one; beyond it a picture is no photo

// The fields of a message with this photo: `photo`, the largest, and `photo_90` … below it. Null where the browser cannot read the file, or its form is that of no photo.
export async function photoOf(file) {
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
