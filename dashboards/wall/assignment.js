/**
 * Linear assignment (Hungarian method with potentials, O(n² m)): each row gets its own column at
 * the least total cost. 168 units on 168 cells take a few milliseconds.
 *
 * @param {number[][]} cost n rows of m >= n columns
 * @returns {number[]} column of each row
 */
export function assign(cost) {
  const n = cost.length;
  const m = n ? cost[0].length : 0;
  const rowPotential = new Float64Array(n + 1);
  const columnPotential = new Float64Array(m + 1);
  const rowOf = new Int32Array(m + 1); // 0 = free; column 0 is the virtual start
  const previous = new Int32Array(m + 1);
  for (let row = 1; row <= n; row++) {
    rowOf[0] = row;
    let column = 0;
    const least = new Float64Array(m + 1).fill(Infinity);
    const used = new Uint8Array(m + 1);
    do {
      used[column] = 1;
      const current = rowOf[column];
      let delta = Infinity;
      let next = 0;
      for (let j = 1; j <= m; j++) {
        if (used[j]) continue;
        const reduced = cost[current - 1][j - 1] - rowPotential[current] - columnPotential[j];
        if (reduced < least[j]) {
          least[j] = reduced;
          previous[j] = column;
        }
        if (least[j] < delta) {
          delta = least[j];
          next = j;
        }
      }
      for (let j = 0; j <= m; j++) {
        if (used[j]) {
          rowPotential[rowOf[j]] += delta;
          columnPotential[j] -= delta;
        } else {
          least[j] -= delta;
        }
      }
      column = next;
    } while (rowOf[column] !== 0);
    while (column) {
      rowOf[column] = rowOf[previous[column]];
      column = previous[column];
    }
  }
  const columns = new Array(n);
  for (let j = 1; j <= m; j++) if (rowOf[j]) columns[rowOf[j] - 1] = j - 1;
  return columns;
}
