/**
 * How fresh the picture is. Pure: the caller passes the monotonic time in ms.
 *
 * Three clocks stand behind it: the transport (when was anything heard), the pipeline (how long
 * since its watermark last advanced) and the sources (their own limits, on the data line). The
 * age that a message reports grows here between messages, so a frozen picture never looks fine.
 */
export const LIVE_MS = 10_000;
export const STALE_MS = 60_000;
export const SILENCE_MS = 15_000;

/** What is known before the first message. `heardAt`, `agedAt`: monotonic ms. */
export function initial(now) {
  return { heardAt: now, agedAt: now, ageMs: null, watermark: null, everHeard: false };
}

/**
 * Fold one message in. `tickAgeMs` (real ms since the watermark advanced, as the server saw it)
 * wins; without it an advanced watermark means age 0, and anything else leaves the age growing.
 */
export function heard(state, { watermark, tickAgeMs }, now) {
  const next = { ...state, heardAt: now, everHeard: true };
  const advanced = watermark != null && watermark !== state.watermark;
  if (watermark != null) next.watermark = watermark;
  if (tickAgeMs != null) {
    next.ageMs = tickAgeMs;
    next.agedAt = now;
  } else if (advanced) {
    next.ageMs = 0;
    next.agedAt = now;
  }
  return next;
}

/** Real ms since the watermark last advanced; null before the first tick. */
export function age(state, now) {
  return state.ageMs === null ? null : state.ageMs + Math.max(0, now - state.agedAt);
}

/**
 * "lost" | "empty" | "stale" | "delayed" | "live". A lost connection outranks all: nothing that
 * the pipeline said is known to hold any more.
 */
export function judge(state, now) {
  if (now - state.heardAt > SILENCE_MS) return "lost";
  const ageMs = age(state, now);
  if (ageMs === null) return "empty";
  if (ageMs <= LIVE_MS) return "live";
  return ageMs <= STALE_MS ? "delayed" : "stale";
}

/**
 * The display slept for `ms` before `now`: nothing is known until it hears again, and what was known
 * is so much older. Its monotonic clock may have stood still meanwhile.
 */
export function slept(state, ms, now) {
  const ageMs = state.ageMs === null ? null : Math.max(age(state, now), state.ageMs + ms);
  return { ...state, ageMs, agedAt: now, heardAt: now - SILENCE_MS - 1 };
}

/** True where the numbers still tell the present and may wear colour. */
export function isTrusted(verdict) {
  return verdict === "live" || verdict === "delayed";
}

/**
 * Data time now, in epoch ms: the watermark moved on by what passed since, at the timeline's own
 * speed, for as long as the pipeline counts as live. Null before the first tick.
 */
export function dataTime(state, clockSpeed, now) {
  if (state.watermark === null) return null;
  const passed = Math.min(age(state, now) ?? 0, LIVE_MS);
  return state.watermark + passed * clockSpeed;
}
