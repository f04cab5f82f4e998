/** Short unit names: what stands on a tile. A name is shortened, never cut. */
const RANKS = /^(Uỷ ban nhân dân|Ủy ban nhân dân|UBND|Phường|Xã|Đặc khu|Thị trấn|Tỉnh|Thành phố)\s+/iu;

/** The reference data's short form, else the name without its administrative rank. */
export function shortName(unit) {
  if (unit.short) return unit.short;
  let name = unit.name ?? unit.id;
  while (RANKS.test(name)) name = name.replace(RANKS, "");
  return name;
}

/**
 * Ever shorter forms of a name, best first: leading words become initials one after the other
 * ("Nông nghiệp và Môi trường", "N. nghiệp và Môi trường", ..., "NNMT").
 */
export function shorterForms(name) {
  const words = name.split(/\s+/u).filter(Boolean);
  const initial = (word) => [...word][0].toLocaleUpperCase("vi");
  const forms = [name];
  for (let n = 1; n < words.length; n++) {
    forms.push([...words.slice(0, n).map((w) => `${initial(w)}.`), ...words.slice(n)].join(" "));
  }
  forms.push(words.map(initial).join(""));
  return forms;
}
