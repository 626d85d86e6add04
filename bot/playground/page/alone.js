// Of all that can sound on the page one does at a time.

let sounding = null;

// `sound` begins: whatever else sounds stops. Anything with pause().
export function alone(sound) {
  if (sounding !== sound) sounding?.pause();
  sounding = sound;
}

export function hush() {
  sounding?.pause();
}
