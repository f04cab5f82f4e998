/** The grid of units: sized so that every name and number stands in full at a readable size. */
import { html } from "lit-html";
import { repeat } from "lit-html/directives/repeat.js";
import { emWidth } from "./fit.js";
import { floorTo } from "./format.js";
import { fitName, shortName } from "./names.js";
import { isOnMap, place, rowsFor } from "./placement.js";
import { shape } from "./shapes.js";
import { judgeRate } from "./verdict.js";

const NAME_WEIGHT = "500";
const NAME_LINE = 1.4; // stacked diacritics need it
const NUMBER_LINE = 1.15;
const PADDING = { x: 0.7, y: 0.1 }; // em, both sides together
const RATE_EM = 0.4 + 0.97 + 2.1; // a gap, a shape, "96,8"
const LARGEST = 1.75; // of the body size
const GAP_EM = 0.18;
const SECTION_GAP_EM = 0.7;
const NAME_EM = [7, 6.2, 5.6, 5]; // names are set ever narrower before a tile is left out

/**
 * The grid with the largest text.
 * @param {number} widest em that the widest name or pair of numbers needs
 * @param {number} body preferred text size in px, `largest` how many times that at most
 * @returns {{columns, rows, font}} font in px
 */
export function fitGrid(width, height, mapped, others, widest, body, largest = LARGEST) {
  const tall = NAME_LINE + NUMBER_LINE + PADDING.y;
  let best = { columns: 1, rows: 1, font: 0, odd: Infinity };
  for (let columns = 1; columns <= Math.max(1, mapped, others); columns++) {
    const rows = rowsFor(columns, mapped, others);
    const gaps = { x: (columns - 1) * GAP_EM, y: (rows - 1) * GAP_EM + (others ? SECTION_GAP_EM : 0) };
    const tile = {
      width: (width - gaps.x * body) / columns,
      height: (height - gaps.y * body) / rows,
    };
    const font = Math.min(tile.width / (widest + PADDING.x), tile.height / tall, largest * body);
    // Among grids equally readable, the one whose tiles are nearest to twice as wide as high.
    const odd = Math.abs(Math.log(tile.width / tile.height / 2.1));
    if (font > best.font * 1.005 || (font > best.font * 0.995 && odd < best.odd)) {
      best = { columns, rows, font, odd };
    }
  }
  return best;
}

function severity(unit, options, target) {
  const order = ["far", "clear", "slight", "met", "few"];
  return [
    order.indexOf(judgeRate(unit.rate, unit.finished, target, options.minimum_volume)),
    -(unit.overdue ?? 0),
  ];
}

/** Units that the reference data names come first: whoever sends dossiers may invent others. */
function worstFirst(units, options, target) {
  return [...units].sort((a, b) => {
    const listed = Number(b.listed ?? true) - Number(a.listed ?? true);
    if (listed) return listed;
    const [levelA, countA] = severity(a, options, target);
    const [levelB, countB] = severity(b, options, target);
    return levelA - levelB || countA - countB || (a.id < b.id ? -1 : 1);
  });
}

/** Room for two digits from the start, so that the grid stays when the tenth dossier is late. */
const digitsOf = (unit) => Math.max(2, String(unit.overdue ?? 0).length);

function widthOf(unit, nameEm) {
  const { text, width } = fitName(shortName(unit), nameEm, NAME_WEIGHT, 1);
  const count = emWidth("0".repeat(digitsOf(unit)), "600");
  return Math.max(emWidth(text, `${width} ${NAME_WEIGHT}`), count + RATE_EM);
}

/** Lays out once per set of units and size of field, and keeps the result: tiles do not wander. */
export class TileField {
  #key = "";
  #layout = null;

  layout(units, width, height, scene, options, target) {
    // The number of digits is part of it: a count that grows by one must still fit.
    const ids = units.map((unit) => `${unit.id}${shortName(unit)}${digitsOf(unit)}`).join("|");
    const key = [ids, Math.round(width), Math.round(height), scene.base, scene.body].join("#");
    if (key !== this.#key) {
      this.#key = key;
      this.#layout = this.#fit(units, width, height, scene, options, target);
    }
    return this.#layout;
  }

  #fit(units, width, height, scene, options, target) {
    const largest = scene.name === "narrow" ? 1 : LARGEST;
    const grid = (chosen, nameEm) => {
      const mapped = chosen.filter(isOnMap).length;
      const widest = Math.max(...chosen.map((unit) => widthOf(unit, nameEm)));
      return fitGrid(width, height, mapped, chosen.length - mapped, widest, scene.body, largest);
    };
    for (const nameEm of NAME_EM) {
      const whole = grid(units, nameEm);
      if (whole.font >= scene.base) return this.#settle(units, whole, width, scene);
    }
    // Too small to read: the units in most need stay.
    const ranked = worstFirst(units, options, target);
    let count = units.length;
    let part;
    do part = grid(ranked.slice(0, --count), NAME_EM[0]);
    while (part.font < scene.base && count > 1);
    return this.#settle(ranked.slice(0, count), part, width, scene);
  }

  #settle(chosen, grid, width, scene) {
    const font = Math.floor(grid.font * 10) / 10;
    const room = (width - (grid.columns - 1) * GAP_EM * scene.body) / grid.columns / font - PADDING.x;
    return {
      ...grid,
      font,
      ids: new Set(chosen.map((unit) => unit.id)),
      cells: place(chosen, grid.columns),
      names: new Map(
        chosen.map((unit) => [unit.id, fitName(shortName(unit), room, NAME_WEIGHT, 1)]),
      ),
      sections: chosen.some(isOnMap) && chosen.some((unit) => !isOnMap(unit)),
      mapRows: Math.ceil(chosen.filter(isOnMap).length / grid.columns),
    };
  }
}

const SHAPES = { far: "down", clear: "down", slight: "down-hollow" };

function tile(unit, layout, level, format) {
  const { column, row, section } = layout.cells.get(unit.id);
  const { text, width } = layout.names.get(unit.id);
  const gridRow = row + 1 + (layout.sections && section === "other" ? 1 : 0);
  return html`<li
    class="tile ${level}"
    data-unit=${unit.id}
    title=${unit.name}
    .style=${`grid-column:${column + 1};grid-row:${gridRow}`}
  >
    <span class="tile-name ${width}">${text}</span>
    <span class="tile-numbers">
      <b class="count">${unit.overdue ? format.integer(unit.overdue) : "·"}</b>
      <span class="rate"
        >${level in SHAPES ? shape(SHAPES[level]) : ""}<span
          class=${level !== "few" && unit.rate_window === "30d" ? "days" : ""}
          >${level === "few"
            ? "–"
            : format.decimal(floorTo(unit.rate, 1), unit.rate === 100 ? 0 : 1)}</span
        ></span
      >
    </span>
  </li>`;
}

/** The grid of `units` in the `layout` that `TileField` has found for them. */
export function tilesTemplate(units, layout, state, format, messages) {
  const shown = units.filter((unit) => layout.ids.has(unit.id));
  const target = state.figures.on_time_rate.target;
  const rows = Array.from({ length: layout.rows + (layout.sections ? 1 : 0) }, (_, i) =>
    layout.sections && i === layout.mapRows ? `${SECTION_GAP_EM - GAP_EM}em` : "minmax(0,1fr)",
  ).join(" ");
  return html`<ol
    class="tiles"
    aria-label=${messages.text("units_title")}
    .style=${`--tile-font:${layout.font}px;grid-template-columns:repeat(${layout.columns},minmax(0,1fr));grid-template-rows:${rows}`}
  >
    ${repeat(
      shown,
      (unit) => unit.id,
      (unit) =>
        tile(
          unit,
          layout,
          judgeRate(unit.rate, unit.finished, target, state.options.minimum_volume),
          format,
        ),
    )}
  </ol>`;
}
