/** How the picture looks: what the address says, else the settings of the named wall, else as usual. */
import { LANGUAGES } from "./messages.js";

const THEMES = ["dark", "light"];
const PANEL_S = 25;

/** The name of the wall in a path like /wall/hall-3; null for /wall. */
export function wallName(path) {
  return path.match(/^\/wall\/([a-z0-9][a-z0-9-]{0,39})$/)?.[1] ?? null;
}

function oneOf(choices, ...wishes) {
  return wishes.find((wish) => choices.includes(wish)) ?? choices[0];
}

/**
 * @param {URLSearchParams} params of the address: whoever hung up one display knows it best
 * @param {object|null} wall the last message "wall" of the feed
 */
export function lookOf(params, wall) {
  const metres = (name) => params.get(name) ?? (wall?.[name] == null ? null : String(wall[name]));
  const place = new URLSearchParams();
  for (const name of ["distance", "height"]) if (metres(name) !== null) place.set(name, metres(name));
  return {
    lang: oneOf(LANGUAGES, params.get("lang"), wall?.language),
    theme: oneOf(THEMES, params.get("theme"), wall?.theme),
    place,
    panelMs: (wall?.panel_seconds ?? PANEL_S) * 1000,
  };
}

/** `state` under the title and against the target that the named wall sets. No count changes. */
export function titled(state, wall) {
  if (!state || !wall) return state;
  const { figures } = state;
  const rate = wall.target == null ? figures.on_time_rate : { ...figures.on_time_rate, target: wall.target };
  return { ...state, title: wall.title || state.title, figures: { ...figures, on_time_rate: rate } };
}
