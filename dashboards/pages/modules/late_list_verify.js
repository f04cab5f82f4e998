/**
 * The page that checks files and rows: what lateListProof finds, in words. What it compares with is
 * in the page, or loaded at once when the page is; after that it asks nobody for anything, but for
 * the hashes of other lists when a row is in none that it knows.
 */
(() => {
  "use strict";
  const proof = globalThis.lateListProof;
  const read = (id) => JSON.parse(document.getElementById(id)?.content.textContent || "null");
  const said = read("sentences");
  const known = read("known");
  const form = document.getElementById("checker");
  const outcome = document.getElementById("outcome");
  if (!said || !known || !form) return;
  const MOST_AT_ONCE = 6; // editions of one list that are loaded with the page
  let latest = 0; // of several checks, the one that is told
  let checked = null; // the published list that was checked last

  const fill = (key, values) =>
    said[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));

  function show(tone, lines) {
    outcome.className = `outcome ${tone}`;
    outcome.replaceChildren(
      ...lines.filter(Boolean).map((line, place) => {
        const made = document.createElement(place ? "p" : "strong");
        made.textContent = line;
        return made;
      }),
    );
    outcome.hidden = false;
  }

  function listName({ list }) {
    const [month, unit] = list.split("~");
    return `${month.slice(5)}/${month.slice(0, 4)}${unit ? `, ${unit}` : ""}`;
  }

  function edition(found) {
    if (!found) return "";
    return fill("pub_v_edition", {
      list: listName(found),
      edition: found.edition,
      no: found.document_no,
      number: found.approved.number,
    });
  }

  const kindOf = (kind) => said[`pub_k_${kind}`] ?? kind;
  const fault = (each) => fill(`pub_f_${each.what}`, { ...each, kind: kindOf(each.kind) });
  const GOOD = ["same", "content", "row"];
  const toneOf = (verdict) =>
    GOOD.includes(verdict) ? "good" : verdict === "signed" ? "doubtful" : "bad";

  function tell(result, ms) {
    const { verdict, file, kind, place, id, faults, counted, loaded } = result;
    const good = GOOD.includes(verdict);
    show(toneOf(verdict), [
      fill(`pub_v_${verdict}`, { file: file?.name, kind: kindOf(kind), place, id }),
      ...faults.map(fault),
      verdict === "unknown" && !known.all ? said.pub_f_not_all : "",
      edition(result.edition),
      good && result.edition?.newest === false ? said.pub_v_old : "",
      good && counted ? fill("pub_v_counted", counted) : "",
      loaded
        ? fill("pub_v_loaded", { n: loaded })
        : fill("pub_v_time", { ms: Math.max(1, Math.round(ms)) }),
    ]);
  }

  /** Whatever happens in a check, the outcome of the one before does not stay. */
  async function timed(check) {
    latest += 1;
    const mine = latest;
    outcome.hidden = true;
    const start = performance.now();
    const result = await check().catch(() => ({ verdict: "broken", faults: [] }));
    if (mine !== latest) return;
    tell(result ?? { verdict: "unreadable", faults: [] }, performance.now() - start);
  }

  /** Hashes of an edition's rows beside those of its files. */
  async function load(edition) {
    const answer = await fetch(edition.manifest);
    if (!answer.ok) throw new Error(edition.manifest);
    const manifest = await answer.json();
    for (const kind of proof.KINDS) edition[kind] = manifest[kind];
  }

  /** A list that was found to be as published makes its rows known, too. */
  function learn(result) {
    const list = result?.content?.list;
    if (!list || !["same", "content"].includes(result.verdict)) return result;
    checked = result.content;
    for (const kind of proof.KINDS) result.edition[kind] ??= list[kind];
    return result;
  }

  async function checkFile(file) {
    if (file.size > Number(form.dataset.most)) {
      latest += 1;
      return show("bad", [fill("pub_v_too_large", { size: Math.round(form.dataset.most / 1e6) })]);
    }
    return timed(async () => {
      const bytes = new Uint8Array(await file.arrayBuffer());
      return learn(await proof.proveFile(bytes, file.name, known.editions));
    });
  }

  /** A row of another list: its hashes are loaded now. From a disk, nothing can be loaded. */
  async function elsewhere(text, result) {
    let loaded = 0;
    for (const each of known.editions) {
      if (each.dossiers) continue;
      try {
        await load(each);
      } catch {
        return { ...result, loaded };
      }
      loaded += 1;
      const found = await proof.proveText(text, [each]);
      if (found.verdict === "row") return { ...found, loaded };
    }
    return known.all ? { ...result, loaded, faults: [{ what: "row_nowhere" }] } : result;
  }

  async function checkText(box) {
    const text = box.value.trim();
    if (/^[[{]/.test(text)) {
      const result = learn(await proof.proveText(text, known.editions));
      return result?.verdict === "unknown" && result.hash ? elsewhere(text, result) : result;
    }
    const [row] = proof.rowsOf(checked, text);
    if (!row) {
      const what = checked ? "dossier_unknown" : "no_list";
      return { verdict: "no_dossier", id: text.slice(0, 200), faults: [{ what }] };
    }
    box.value = JSON.stringify(row);
    return proof.proveText(box.value, known.editions);
  }

  /** Of the QR code on a document: the hash of its list stands behind the address. */
  function scanned() {
    const core = location.hash.slice(1);
    if (!/^[0-9a-f]{64}$/.test(core)) return;
    const found = known.editions.find((each) => [each.core, each.was].includes(core));
    show(found ? "doubtful" : "bad", [
      found ? said.pub_v_scanned : said.pub_v_scanned_unknown,
      edition(found),
      found?.newest === false ? said.pub_v_old : "",
      found ? said.pub_v_scanned_note : "",
    ]);
  }

  function begin() {
    const input = document.getElementById("check-file");
    const box = document.getElementById("check-row");
    input.addEventListener("change", () => input.files[0] && checkFile(input.files[0]));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      timed(() => checkText(box));
    });
    form.hidden = false;
    outcome.hidden = true;
    scanned();
    globalThis.addEventListener("hashchange", scanned);
    document.documentElement.dataset.ready = "true";
  }

  if (!globalThis.crypto?.subtle) {
    show("bad", [said.pub_verify_insecure]);
    return;
  }
  show("waiting", [said.pub_verify_waiting]);
  const mine = known.editions.filter((each) => each.list === known.list && !each.dossiers);
  Promise.all(mine.slice(0, MOST_AT_ONCE).map(load)).then(begin, () =>
    show("bad", [said.pub_verify_failed]),
  );
})();
