/**
 * RFC 7396 JSON merge patch: what a delta of the feed is.
 *
 * Returns a new value; the target is not touched. Members that the patch does not name keep their
 * identity, so a consumer can compare parts of two states with `===`.
 */
export function mergePatch(target, patch) {
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) return patch;
  const base = target !== null && typeof target === "object" && !Array.isArray(target) ? target : {};
  const merged = { ...base };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergePatch(merged[key], value);
  }
  return merged;
}
