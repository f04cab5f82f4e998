/**
 * What a unit's on-time rate says: the only thing that colours a tile.
 *
 * By rate, not by count, and only above a minimum volume, so that one late dossier does not shame
 * a small unit. Grey is normal: a slight miss shows its shape alone, colour begins further down.
 */
export const LEVELS = [
  { name: "far", below: 8 }, // points under the target
  { name: "clear", below: 3 },
  { name: "slight", below: 0 },
];

/** "few" (too few finished to judge) | "met" | "slight" | "clear" | "far". */
export function judgeRate(rate, finished, target, minimumVolume) {
  if (rate == null || (finished ?? 0) < minimumVolume) return "few";
  return LEVELS.find(({ below }) => rate < target - below)?.name ?? "met";
}
