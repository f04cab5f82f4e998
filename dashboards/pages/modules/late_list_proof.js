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
  const STRINGS = /"[^"\\]*(?:\\.[^"\\]*)*"/g;
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

  function bytesOf(salt) {
    if (!/^[0-9a-f]{32}$/.test(salt)) throw new RangeError("salt");
    return Uint8Array.from(salt.match(/../g), (pair) => Number.parseInt(pair, 16));
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

  const textHash = async (value) => sha256(encoder.encode(canonical(value)));
  const listed = (value) => (Array.isArray(value) ? value : []);
  const others = (value, wanted) => Object.keys(value).filter((key) => !wanted.includes(key));
  const isSealed = (value) => typeof value?.salt === "string" && typeof value?.row === "object";
  const isPdf = (bytes) => String.fromCharCode(...bytes.subarray(0, 5)) === "%PDF-";

  /**
   * What a file is: `{verdict, edition, file, faults, counted, content}`. `known`: manifests, newest
   * first. Verdicts: same (the published bytes), signed (these, a newline, and something behind
   * that is not judged here), content (a JSON file saved anew that says the same), row (a single
   * row that was published), different (`faults` says where), unknown. `content`: a list as read.
   */
  async function proveFile(bytes, name, known) {
    const digest = await sha256(bytes);
    const found = fileBy(known, (file) => file.sha256 === digest);
    const read = isPdf(bytes) ? null : parsed(bytes);
    const content = read?.value;
    if (found) {
      const rows = content?.list ? counted(content) : null;
      return { verdict: "same", ...found, faults: [], counted: rows, content };
    }
    if (isPdf(bytes)) return provePdf(bytes, name, known);
    return (await proveRead(read, known)) ?? other(name, bytes.length, known);
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
      const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
      return { text, value: JSON.parse(text) };
    } catch {
      return null;
    }
  }

  function namesIn(value) {
    if (value === null || typeof value !== "object") return 0;
    const inner = Object.values(value);
    const here = Array.isArray(value) ? 0 : inner.length;
    return inner.reduce((sum, each) => sum + namesIn(each), here);
  }

  /** Whether every program reads the same in it: no name twice, no number but integers. */
  function isPlain({ text, value }) {
    const bare = text.replace(STRINGS, "");
    return !/\d[.eE]/.test(bare) && bare.split(":").length - 1 === namesIn(value);
  }

  /** A row or a list; null if it is neither. */
  async function proveRead(read, known) {
    const value = read?.value;
    const faults = () => (isPlain(read) ? [] : [{ what: "ambiguous" }]);
    if (isSealed(value)) {
      const found = faults();
      return found.length ? { verdict: "different", faults: found } : proveRow(value, known);
    }
    return value?.list && value.rows ? proveContent(value, faults(), known) : null;
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
  async function proveContent(content, faults, known) {
    const { list } = content;
    const core = await textHash(list).catch(() => "");
    const same = core && known.find((each) => [each.core, each.was].includes(core));
    const edition =
      same || known.find((each) => each.list === list.id && each.edition === list.edition);
    if (!same) faults.push({ what: "core" });
    faults.push(...extraFaults(content), ...(await rowFaults(content)));
    faults.push(...(await sheetFaults(content)), ...sumFaults(content));
    if (faults.length) return { verdict: edition ? "different" : "unknown", edition, faults };
    return { verdict: "content", edition, faults, counted: counted(content), content };
  }

  function extraFaults(content) {
    const extra = [...others(content, ["list", "rows", "names"]), ...others(content.rows, KINDS)];
    return extra.slice(0, MOST_NAMED).map((id) => ({ what: "extra", id: id.slice(0, 60) }));
  }

  async function rowFaults({ list, rows }) {
    const faults = [];
    for (const kind of KINDS) {
      const hashes = listed(list[kind]);
      const mine = listed(rows[kind]);
      if (hashes.length !== mine.length) {
        faults.push({ what: "number", kind, size: mine.length, published: hashes.length });
      }
      for (const [place, sealed] of mine.entries()) {
        if (faults.length >= MOST_NAMED) return faults;
        const hash = await rowHash(sealed).catch(() => "");
        const id = sealed?.row?.dossier ?? sealed?.row?.officer ?? "";
        if (hash !== hashes[place] || others(sealed, ["salt", "row"]).length) {
          faults.push({ what: "row", kind, place: place + 1, id });
        }
      }
    }
    return faults;
  }

  async function sheetFaults({ list, names }) {
    if (names === null || names === undefined) return [];
    const hash = await textHash(names).catch(() => "");
    return hash && hash === list.sheet ? [] : [{ what: "names" }];
  }

  function sumFaults({ list, rows }) {
    const dossiers = listed(rows.dossiers).map((sealed) => sealed?.row ?? {});
    const number = (wanted) => dossiers.filter(wanted).length;
    const found = {
      late: dossiers.length,
      done: number((row) => row.finished_at !== null),
      open: number((row) => row.finished_at === null),
      zero: number((row) => row.late === 0),
      late_receptions: listed(rows.receptions).length,
    };
    return Object.entries(found)
      .filter(([count, size]) => size !== list.whole?.[count])
      .map(([count, size]) => ({ what: "sum", count, size, published: list.whole?.[count] ?? 0 }));
  }

  const counted = ({ rows }) =>
    Object.fromEntries(KINDS.map((kind) => [kind, listed(rows?.[kind]).length]));

  /** The rows of a dossier in a list that was read, with their salts. */
  const rowsOf = (content, dossier) =>
    KINDS.flatMap((kind) => listed(content?.rows?.[kind])).filter(
      (sealed) => sealed?.row?.dossier === dossier,
    );

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
  const proveText = async (text, known) => proveRead(parsed(encoder.encode(text)), known);

  globalThis.lateListProof = { KINDS, canonical, sha256, rowHash, rowsOf, proveFile, proveText };
})();
