/**
 * Proves, without a network, that a file or a row is what was published: canonical JSON (RFC 8785),
 * SHA-256, and comparison with manifests. A plain script, so that it also runs from a folder on a
 * disk, where browsers load no modules; what it offers is `lateListProof`.
 */
(() => {
  "use strict";
  const KINDS = ["officers", "dossiers", "receptions", "excluded"];
  const MOST_NAMED = 8; // rows that a verdict names
  const NEWLINE = 10;
  const encoder = new TextEncoder();

  /** What was read as JSON, as its one text. Numbers are integers here; others are an error. */
  function canonical(value) {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (value !== null && typeof value === "object") {
      const pairs = Object.keys(value).sort();
      return `{${pairs.map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
    }
    if (typeof value === "number" && !Number.isSafeInteger(value)) throw new RangeError("number");
    return JSON.stringify(value);
  }

  /** In hexadecimal. Browsers offer it over https, from this machine and from a disk. */
  async function sha256(bytes) {
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    return Array.from(digest, (each) => each.toString(16).padStart(2, "0")).join("");
  }

  function bytesOf(hexadecimal) {
    if (!/^([0-9a-f]{2})*$/.test(hexadecimal)) throw new RangeError("salt");
    return Uint8Array.from(hexadecimal.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  }

  /** SHA-256 of the salt's bytes and the row's canonical JSON. */
  async function rowHash({ salt, row }) {
    const before = bytesOf(salt);
    const content = encoder.encode(canonical(row));
    const all = new Uint8Array(before.length + content.length);
    all.set(before);
    all.set(content, before.length);
    return sha256(all);
  }

  const textHash = (value) => sha256(encoder.encode(canonical(value)));
  const isSealed = (value) => typeof value?.salt === "string" && typeof value?.row === "object";
  const isPdf = (bytes) => String.fromCharCode(...bytes.subarray(0, 5)) === "%PDF-";

  /**
   * What a file is: `{verdict, edition, file, faults, counted}`. `known`: manifests, newest first.
   * Verdicts: same (the published bytes), signed (these, a newline, and a signature behind),
   * content (a JSON file saved anew that says the same), row (a single row that was published),
   * different (`faults` says where), unknown.
   */
  async function proveFile(bytes, name, known) {
    const digest = await sha256(bytes);
    const found = fileBy(known, (file) => file.sha256 === digest);
    const read = isPdf(bytes) ? null : parsed(bytes);
    if (found) return { verdict: "same", ...found, faults: [], counted: read?.list ? counted(read) : null };
    if (isPdf(bytes)) return provePdf(bytes, name, known);
    if (isSealed(read)) return proveRow(read, known);
    if (read?.list && read?.rows) return proveContent(read, known);
    return other(name, bytes.length, known);
  }

  function fileBy(known, wanted) {
    for (const edition of known) {
      const file = edition.files.find(wanted);
      if (file) return { edition, file };
    }
    return null;
  }

  function parsed(bytes) {
    try {
      return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch {
      return null;
    }
  }

  /** A signature is added behind what was published: that must stand in front, byte by byte. */
  async function provePdf(bytes, name, known) {
    for (const edition of known) {
      for (const file of edition.files) {
        if (!file.name.endsWith(".pdf") || file.size >= bytes.length) continue;
        if ((await sha256(bytes.subarray(0, file.size))) !== file.sha256) continue;
        if (bytes[file.size] === NEWLINE) return { verdict: "signed", edition, file, faults: [] };
        return { verdict: "different", edition, file, faults: [{ what: "appended" }] };
      }
    }
    return other(name, bytes.length, known);
  }

  /** Nothing known; by its name it may be one of ours that was changed. */
  function other(name, size, known) {
    const plain = name.replace(/ ?\(\d+\)(?=\.[a-z]+$)/, ""); // "list (1).pdf" of a browser
    const found = fileBy(known, (file) => file.name === plain);
    if (!found) return { verdict: "unknown", faults: [] };
    const what = found.file.size === size ? "bytes" : "size";
    return { verdict: "different", ...found, faults: [{ what, size, published: found.file.size }] };
  }

  /** The JSON file, however it was saved: core, each row, name sheet, and that they add up. */
  async function proveContent(content, known) {
    let core;
    try {
      core = await textHash(content.list);
    } catch {
      return { verdict: "different", faults: [{ what: "core" }] };
    }
    const edition = known.find((each) => each.core === core);
    const named = edition ?? known.find(({ list, edition }) =>
      list === content.list.id && edition === content.list.edition);
    const faults = edition ? [] : [{ what: "core" }];
    faults.push(...(await rowFaults(content)), ...(await sheetFaults(content)), ...sumFaults(content));
    if (!faults.length) return { verdict: "content", edition, faults, counted: counted(content) };
    return { verdict: named ? "different" : "unknown", edition: named, faults };
  }

  async function rowFaults({ list, rows }) {
    const faults = [];
    for (const kind of KINDS) {
      const hashes = list[kind] ?? [];
      const mine = rows[kind] ?? [];
      if (hashes.length !== mine.length) {
        faults.push({ what: "number", kind, size: mine.length, published: hashes.length });
      }
      for (const [place, sealed] of mine.entries()) {
        if (faults.length >= MOST_NAMED) return faults;
        const hash = await rowHash(sealed).catch(() => "");
        const id = sealed?.row?.dossier ?? sealed?.row?.officer ?? "";
        if (hash !== hashes[place]) faults.push({ what: "row", kind, place: place + 1, id });
      }
    }
    return faults;
  }

  async function sheetFaults({ list, names }) {
    if (!list.sheet || !names) return [];
    return (await textHash(names)) === list.sheet ? [] : [{ what: "names" }];
  }

  function sumFaults({ list, rows }) {
    const dossiers = (rows.dossiers ?? []).map((sealed) => sealed?.row ?? {});
    const number = (wanted) => dossiers.filter(wanted).length;
    const found = {
      late: dossiers.length,
      done: number((row) => row.finished_at !== null),
      open: number((row) => row.finished_at === null),
      zero: number((row) => row.late === 0),
      late_receptions: (rows.receptions ?? []).length,
    };
    return Object.entries(found)
      .filter(([count, size]) => size !== list.whole?.[count])
      .map(([count, size]) => ({ what: "sum", count, size, published: list.whole?.[count] ?? 0 }));
  }

  const counted = ({ rows }) =>
    Object.fromEntries(KINDS.map((kind) => [kind, (rows?.[kind] ?? []).length]));

  /** A row with its salt: in which edition it stands, and where. */
  async function proveRow(sealed, known) {
    const hash = await rowHash(sealed).catch(() => "");
    for (const edition of known) {
      for (const kind of KINDS) {
        const place = (edition[kind] ?? []).indexOf(hash);
        if (place >= 0) {
          return { verdict: "row", edition, kind, place: place + 1, hash, faults: [] };
        }
      }
    }
    return { verdict: "unknown", hash, faults: [{ what: hash ? "row_unknown" : "row_broken" }] };
  }

  /** What somebody pasted; null if it is neither a row with its salt nor a list. */
  async function proveText(text, known) {
    const read = parsed(encoder.encode(text));
    if (isSealed(read)) return proveRow(read, known);
    return read?.list && read?.rows ? proveContent(read, known) : null;
  }

  globalThis.lateListProof = { canonical, sha256, rowHash, proveFile, proveText };
})();
