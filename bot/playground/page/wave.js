// The shape of a sound as bars: how loud it is, piece by piece.

export const BARS = 46;
const STEP = 4; // units of the drawing from bar to bar
const HEIGHT = 28;
const RATE = 16000; // samples a second; enough to see loudness

// The loudness of each of the bars from 0 to 1, and the length in seconds. Rejects where the browser cannot read the sound.
export async function shapeOf(bytes) {
  const sound = await new OfflineAudioContext(1, 1, RATE).decodeAudioData(bytes);
  const wave = sound.getChannelData(0);
  const powers = Array.from({ length: BARS }, (_, bar) => {
    const piece = wave.subarray(Math.floor((bar * wave.length) / BARS), Math.floor(((bar + 1) * wave.length) / BARS));
    return Math.sqrt(piece.reduce((sum, value) => sum + value * value, 0) / Math.max(1, piece.length));
  });
  const loudest = Math.max(...powers, 1e-3);
  return { levels: powers.map((power) => Math.sqrt(power / loudest)), seconds: sound.duration };
}

function line(levels) {
  return levels
    .map((level, bar) => {
      const half = Math.max(0.01, (level * (HEIGHT - 4)) / 2);
      return `M${bar * STEP + STEP / 2} ${(HEIGHT / 2 - half).toFixed(2)}v${(2 * half).toFixed(2)}`;
    })
    .join("");
}

// The drawing: every bar quiet, and over them the same bars in colour as far as `--at` says. `levels` null: not known.
export function drawing(levels) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", `0 0 ${BARS * STEP} ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  for (const name of ["rest", "done"]) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("class", name);
    path.setAttribute("d", line(levels ?? new Array(BARS).fill(0)));
    svg.append(path);
  }
  return svg;
}
