/**
 * Where each unit's tile stands: roughly as on a map, on a full grid.
 *
 * A tile's wish is 0.75 x rank + 0.25 x scaled coordinate in each direction: ranks spread a crowded
 * centre over the grid, coordinates keep neighbours near. A linear assignment grants the wishes
 * with the least total squared distance. Units without a place on the map (departments sit in one
 * building) follow in rows of their own, by name.
 */
import { assign } from "./assignment.js";

const RANK_SHARE = 0.75;

function wishes(values) {
  const order = values.map((_, i) => i).sort((a, b) => values[a] - values[b] || a - b);
  const rank = new Array(values.length);
  order.forEach((index, position) => {
    rank[index] = values.length > 1 ? position / (values.length - 1) : 0.5;
  });
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  return values.map((v, i) => RANK_SHARE * rank[i] + (1 - RANK_SHARE) * ((v - low) / span));
}

/** Whether a unit has a place of its own; departments stand below the map. */
export function isOnMap(unit) {
  return unit.x != null && unit.y != null && unit.kind !== "department";
}

/** Rows that a grid of `columns` needs for `mapped` map tiles and `others` tiles below. */
export function rowsFor(columns, mapped, others) {
  return Math.ceil(mapped / columns) + Math.ceil(others / columns);
}

/**
 * @param {{id, name, kind, x, y}[]} units
 * @param {number} columns
 * @returns {Map<string, {column, row, section}>} 0-based cell; section "map" | "other"
 */
export function place(units, columns) {
  const mapped = units.filter(isOnMap);
  const others = units
    .filter((unit) => !isOnMap(unit))
    .sort((a, b) => a.name.localeCompare(b.name, "vi") || (a.id < b.id ? -1 : 1));
  const cells = new Map();
  const rows = Math.ceil(mapped.length / columns);
  if (mapped.length) {
    const x = wishes(mapped.map((unit) => unit.x));
    const y = wishes(mapped.map((unit) => unit.y));
    const cost = mapped.map((_, i) =>
      Array.from({ length: rows * columns }, (_unused, cell) => {
        const dx = x[i] * (columns - 1) - (cell % columns);
        const dy = y[i] * (rows - 1) - Math.floor(cell / columns);
        return dx * dx + dy * dy;
      }),
    );
    assign(cost).forEach((cell, i) => {
      cells.set(mapped[i].id, {
        column: cell % columns, row: Math.floor(cell / columns), section: "map",
      });
    });
  }
  others.forEach((unit, i) => {
    cells.set(unit.id, {
      column: i % columns, row: rows + Math.floor(i / columns), section: "other",
    });
  });
  return cells;
}
