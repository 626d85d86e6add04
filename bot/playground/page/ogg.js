// Opus sound out of WebM into Ogg, the container of Telegram's voice messages. Nothing is encoded anew: the same packets,
// wrapped otherwise. WebM: RFC 9559 (Matroska); Ogg: RFC 3533; Opus in Ogg: RFC 7845; length of a packet: RFC 6716, 3.1.

const STEPPED_INTO = new Set([0x18538067, 0x1f43b675, 0x1654ae6b, 0xae, 0xa0]); // Segment, Cluster, Tracks, TrackEntry, BlockGroup
const CODEC_HEAD = 0x63a2;
const BLOCKS = new Set([0xa3, 0xa1]); // SimpleBlock, Block
const LACED = 0x06;
const SECOND = 48000; // granules

export class NotOpus extends Error {}

// A number as Matroska writes it: the zeros before the first one say how many bytes follow.
function vint(bytes, at, keepMark) {
  const length = Math.clz32(bytes[at]) - 23;
  if (length > 8 || at + length > bytes.length) throw new NotOpus("cut");
  let value = keepMark ? bytes[at] : bytes[at] & (0xff >> length);
  for (let place = 1; place < length; place += 1) value = value * 256 + bytes[at + place];
  return { value, end: at + length };
}

function packetsOf(webm) {
  const packets = [];
  let head = null;
  for (let at = 0; at < webm.length; ) {
    const id = vint(webm, at, true);
    const size = vint(webm, id.end, false);
    const end = size.end + size.value;
    at = STEPPED_INTO.has(id.value) ? size.end : end;
    if (id.value === CODEC_HEAD) head = webm.subarray(size.end, end);
    if (!BLOCKS.has(id.value)) continue;
    const flags = vint(webm, size.end, false).end + 2; // behind the track's number and the time
    if (end > webm.length || webm[flags] & LACED) throw new NotOpus("block");
    packets.push(webm.subarray(flags + 1, end));
  }
  if (!head || !packets.length || new TextDecoder().decode(head.subarray(0, 8)) !== "OpusHead") throw new NotOpus("head");
  return { head, packets };
}

function granules(packet) {
  const configuration = packet[0] >> 3;
  const step = configuration & 3;
  const milliseconds = configuration < 12 ? [10, 20, 40, 60][step] : configuration < 16 ? [10, 20][step & 1] : [2.5, 5, 10, 20][step];
  const frames = [1, 2, 2, packet[1] & 63][packet[0] & 3];
  return milliseconds * frames * 48;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) value = (value << 1) ^ (value < 0 ? 0x04c11db7 : 0);
  return value;
});

function checksum(bytes) {
  let value = 0;
  for (const byte of bytes) value = (value << 8) ^ TABLE[(value >>> 24) ^ byte];
  return value >>> 0;
}

function lacing(packet) {
  return [...new Array(Math.floor(packet.length / 255)).fill(255), packet.length % 255];
}

function page(packets, { number, serial, granule, flags }) {
  const table = packets.flatMap(lacing);
  const bytes = new Uint8Array(27 + table.length + packets.reduce((sum, packet) => sum + packet.length, 0));
  const view = new DataView(bytes.buffer);
  bytes.set([0x4f, 0x67, 0x67, 0x53, 0, flags]); // "OggS", version, 2: first page, 4: last page
  view.setBigInt64(6, BigInt(granule), true);
  view.setUint32(14, serial, true);
  view.setUint32(18, number, true);
  bytes[26] = table.length;
  bytes.set(table, 27);
  let at = 27 + table.length;
  for (const packet of packets) {
    bytes.set(packet, at);
    at += packet.length;
  }
  view.setUint32(22, checksum(bytes), true);
  return bytes;
}

function tags() {
  const vendor = new TextEncoder().encode("Heed");
  const bytes = new Uint8Array(16 + vendor.length);
  bytes.set(new TextEncoder().encode("OpusTags"));
  new DataView(bytes.buffer).setUint32(8, vendor.length, true);
  bytes.set(vendor, 12);
  return bytes;
}

// `webm`: Uint8Array. Returns the Ogg file and its length in seconds. Throws NotOpus where the bytes are not Opus in WebM.
export function inOgg(webm) {
  const { head, packets } = packetsOf(webm);
  const serial = crypto.getRandomValues(new Uint32Array(1))[0];
  const pages = [page([head], { number: 0, serial, granule: 0, flags: 2 }), page([tags()], { number: 1, serial, granule: 0, flags: 0 })];
  let granule = 0;
  let begun = 0;
  let waiting = [];
  packets.forEach((packet, place) => {
    waiting.push(packet);
    granule += granules(packet);
    const last = place === packets.length - 1;
    const next = last ? [] : lacing(packets[place + 1]);
    if (!last && granule - begun < SECOND && waiting.flatMap(lacing).length + next.length <= 255) return;
    pages.push(page(waiting, { number: pages.length, serial, granule, flags: last ? 4 : 0 }));
    waiting = [];
    begun = granule;
  });
  const skipped = head[10] + head[11] * 256; // samples a decoder drops at the beginning
  return { pages, seconds: Math.max(0, granule - skipped) / SECOND };
}
