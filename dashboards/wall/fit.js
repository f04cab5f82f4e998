/** Text widths from the font itself, so that a text is chosen to fit instead of cut to fit. */
export const FAMILY = '"IBM Plex Sans Variable"';

const context = document.createElement("canvas").getContext("2d");
const SIZE = 100; // widths are measured once at this size and scale linearly
const cache = new Map();

/** Width of `text` in em. `style`: e.g. "600" or "semi-condensed 500" (CSS font shorthand). */
export function emWidth(text, style = "400") {
  const key = `${style}|${text}`;
  let width = cache.get(key);
  if (width === undefined) {
    context.font = `${style} ${SIZE}px ${FAMILY}`;
    width = context.measureText(text).width / SIZE;
    if (cache.size > 20_000) cache.clear();
    cache.set(key, width);
  }
  return width;
}

/** The first of `variants` (best first) that is at most `em` wide, else the last. */
export function firstThatFits(variants, em, style = "400") {
  return variants.find((text) => emWidth(text, style) <= em) ?? variants.at(-1);
}

/** Wait for the faces that the wall uses: before that every width is a fallback font's. */
export async function loadFonts() {
  const faces = ["400", "500", "600", "semi-condensed 500"];
  await Promise.all(faces.map((face) => document.fonts.load(`${face} 20px ${FAMILY}`, "aạĐ0")));
}
