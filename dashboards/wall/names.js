/** Short unit names: what stands on a tile. A name is set narrower, then shortened, never cut. */
import { emWidth } from "./fit.js";

const RANKS = /^(Uỷ ban nhân dân|Ủy ban nhân dân|UBND|Phường|Xã|Đặc khu|Thị trấn|Tỉnh|Thành phố)\s+/iu;
const SHORT_RANK = /^(P|X|TT|ĐK|TP|T)\.\s*/u; // "P. Kim Phú"
const PLACE = /\s((?:thành phố|tỉnh|phường|xã|đặc khu)\s+(?!.*\s(?:thành phố|tỉnh|phường|xã)\s).+)$/iu;

/** The reference data's short form, else the name without its administrative rank. */
export function shortName(unit) {
  if (unit.short && unit.short !== unit.name) return unit.short;
  return withoutRank(unit.name ?? unit.id);
}

/** "Thành phố Sông Vàm" -> "Sông Vàm". */
export function withoutRank(name) {
  return RANKS.test(name) ? withoutRank(name.replace(RANKS, "")) : name;
}

// A unit whose name no reference data has, as the server writes it; the number tells it from others.
const UNLISTED = /chưa có trong danh mục \((\d+)\)/u;
const UNLISTED_WORDS = /^(?:chưa có trong danh mục|not in the reference data) (\(\d+\))$/u;

/** `state` with such names in the wall's language; what has none keeps its identity. */
export function worded(state, messages) {
  if (typeof state === "string") {
    return state.replace(UNLISTED, (_all, n) => messages.text("unlisted", { n }));
  }
  if (state === null || typeof state !== "object") return state;
  const entries = Object.entries(state).map(([key, value]) => [key, worded(value, messages)]);
  if (entries.every(([key, value]) => value === state[key])) return state;
  return Array.isArray(state) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}

/**
 * Ever shorter forms of a name, best first: without its rank, then leading words become initials
 * ("Nông nghiệp và Môi trường", "N. nghiệp và Môi trường", ..., "NNMT").
 */
export function shorterForms(name) {
  const unlisted = name.match(UNLISTED_WORDS);
  if (unlisted) return [name, `? ${unlisted[1]}`];
  const bare = name.replace(SHORT_RANK, "");
  const words = bare.split(/\s+/u).filter(Boolean);
  const initial = (word) => [...word][0].toLocaleUpperCase("vi");
  const forms = [...new Set([name, bare])];
  for (let n = 1; n < words.length; n++) {
    forms.push([...words.slice(0, n).map((w) => `${initial(w)}.`), ...words.slice(n)].join(" "));
  }
  forms.push(words.map(initial).join(""));
  return forms;
}

/** "Trung tâm giám sát thành phố Minh Hòa" -> "Thành phố Minh Hòa"; null where it names no place. */
export function placeIn(title) {
  const found = title.match(PLACE)?.[1];
  return found ? found.charAt(0).toLocaleUpperCase("vi") + found.slice(1) : null;
}

const WIDTHS = ["", "semi-condensed", "condensed"];

/**
 * The best form of a name for `room` em: as it is, set narrower, and only then shortened.
 * @param {number} narrowest index into WIDTHS to begin with (1: semi-condensed at least)
 * @returns {{text: string, width: string}} width: "", "semi-condensed" or "condensed"
 */
export function fitName(name, room, weight = "400", narrowest = 0) {
  for (const text of shorterForms(name)) {
    for (const width of WIDTHS.slice(narrowest)) {
      if (emWidth(text, `${width} ${weight}`.trim()) <= room) return { text, width };
    }
  }
  return { text: shorterForms(name).at(-1), width: WIDTHS.at(-1) };
}

/** The first of `titles` that fits into `room` em, set narrower where it must; else nothing. */
export function fitTitle(titles, room, weight = "600") {
  for (const text of titles) {
    for (const width of WIDTHS) {
      if (emWidth(text, `${width} ${weight}`.trim()) <= room) return { text, width };
    }
  }
  return { text: "", width: "" };
}
