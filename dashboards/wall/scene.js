/**
 * Which picture fits the viewer: pure arithmetic on the viewing distance and the screen.
 *
 * A capital letter must be seen under 16 arc minutes. With the font's cap height as a share of
 * its size that gives the smallest size as a share of the picture height; what cannot be read at
 * that size is not shown, so the size picks the scene.
 */
export const ARC_MINUTES = 16;
export const CAP_HEIGHT = 0.698; // IBM Plex Sans: capital height over font size (OS/2 table)

/** A desk or the front row of an operations room: used where the address gives no distance. */
const DEFAULT_VIEW = { distance: 1.2, height: 0.68 };
const DENSE_BODY = 0.01574; // 17 px of 1080: preferred text of the dense scene
const SMALLEST_PX = 11;
const SMALLEST_BODY_PX = 13;
const NARROW_PX = 760;
const LIMITS_M = { distance: [0.3, 60], height: [0.1, 30] };

/** Smallest font size, as a share of the picture height, at `distance` m from a picture `height` m high. */
export function smallestSize(distance, height) {
  const capital = distance * Math.tan(((ARC_MINUTES / 60) * Math.PI) / 180);
  return Math.max(capital / CAP_HEIGHT, 0.0065 * distance) / height;
}

function metres(params, name) {
  const value = Number.parseFloat(params.get(name) ?? "");
  const [least, most] = LIMITS_M[name];
  return Number.isFinite(value) && value >= least && value <= most ? value : null;
}

/** Scenes for a landscape screen, richest first: each with the em that it needs. */
const NEEDS = [
  { name: "dense", rows: 48, columns: 84 },
  { name: "middle", rows: 33, columns: 62 },
  { name: "sparse", rows: 15.5, columns: 27.5 },
  { name: "far", rows: 0, columns: 0 },
];

/**
 * @returns {{name, base, body, columns, rows, roomy}} name: dense | middle | sparse | far | narrow;
 * base: smallest font in px; body: 1 em of the layout in px; columns, rows: the viewport in em;
 * roomy: there is a grid of units
 */
export function chooseScene(params, width, height) {
  const distance = metres(params, "distance");
  const picture = metres(params, "height") ?? DEFAULT_VIEW.height;
  const share = smallestSize(distance ?? DEFAULT_VIEW.distance, picture);
  const base = Math.max(share * height, distance === null ? SMALLEST_PX : 1);
  const narrow = width < NARROW_PX || width < height;
  const body = narrow ? Math.max(16, base) : Math.max(base, DENSE_BODY * height, SMALLEST_BODY_PX);
  const columns = width / body;
  const rows = height / body;
  const name = narrow
    ? "narrow"
    : NEEDS.find((scene) => rows >= scene.rows && columns >= scene.columns).name;
  return { name, base, body, columns, rows, roomy: name === "dense" || name === "middle" };
}
