import { createStore } from "../../shared/store.ts";

/** Sound is off until somebody turns it on: browsers allow it only after a tap. */
export const soundOn = createStore(false);

let context: AudioContext | null = null;

export async function toggleSound(): Promise<void> {
  if (soundOn.get()) return soundOn.set(false);
  context ??= new AudioContext();
  await context.resume();
  soundOn.set(true);
  chime(1);
}

/** Two falling tones, `times` over. */
export function chime(times: number): void {
  if (!soundOn.get() || !context) return;
  for (let n = 0; n < times; n++) {
    tone(context, 880, n * 0.7);
    tone(context, 660, n * 0.7 + 0.25);
  }
}

function tone(audio: AudioContext, hertz: number, after: number): void {
  const at = audio.currentTime + after;
  const oscillator = audio.createOscillator();
  const volume = audio.createGain();
  oscillator.frequency.value = hertz;
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.3, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.22);
  oscillator.connect(volume).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + 0.24);
}
