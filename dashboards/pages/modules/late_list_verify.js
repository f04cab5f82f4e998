/**
 * The page that checks files and rows: what lateListProof finds, in words. What it compares with is
 * in the page, or loaded at once when the page is; after that it asks nobody for anything.
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
  const GOOD = ["same", "signed", "content", "row"];

  function tell(result, ms) {
    const { verdict, file, kind, place, faults, counted } = result;
    show(GOOD.includes(verdict) ? "good" : "bad", [
      fill(`pub_v_${verdict}`, { file: file?.name, kind: kindOf(kind), place }),
      ...faults.map(fault),
      edition(result.edition),
      GOOD.includes(verdict) && result.edition?.newest === false ? said.pub_v_old : "",
      counted ? fill("pub_v_counted", counted) : "",
      fill("pub_v_time", { ms: Math.max(1, Math.round(ms)) }),
    ]);
  }

  async function timed(check) {
    const start = performance.now();
    const result = await check();
    if (result) tell(result, performance.now() - start);
    else show("bad", [said.pub_v_unreadable]);
  }

  /** Hashes of rows beside those of files: of the list that the page is of. */
  async function load() {
    const manifests = await Promise.all(
      known.manifests.map(async (address) => {
        const answer = await fetch(address);
        if (!answer.ok) throw new Error(address);
        return answer.json();
      }),
    );
    for (const manifest of manifests) {
      const mine = known.editions.find(
        (each) => each.list === manifest.list && each.edition === manifest.edition,
      );
      if (!mine) continue;
      for (const kind of ["officers", "dossiers", "receptions", "excluded"]) {
        mine[kind] = manifest[kind];
      }
    }
  }

  async function checkFile(file) {
    if (file.size > Number(form.dataset.most)) {
      return show("bad", [fill("pub_v_too_large", { size: Math.round(form.dataset.most / 1e6) })]);
    }
    const bytes = new Uint8Array(await file.arrayBuffer());
    return timed(() => proof.proveFile(bytes, file.name, known.editions));
  }

  /** Of the QR code on a document: the hash of its list stands behind the address. */
  function scanned() {
    const core = location.hash.slice(1);
    if (!/^[0-9a-f]{64}$/.test(core)) return;
    const found = known.editions.find((each) => each.core === core);
    show(found ? "good" : "bad", [
      found ? said.pub_v_scanned : said.pub_v_scanned_unknown,
      edition(found),
      found?.newest === false ? said.pub_v_old : "",
      found ? said.pub_v_scanned_note : "",
    ]);
  }

  function begin() {
    const input = document.getElementById("check-file");
    const row = document.getElementById("check-row");
    input.addEventListener("change", () => input.files[0] && checkFile(input.files[0]));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      timed(() => proof.proveText(row.value, known.editions));
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
  load().then(begin, () => show("bad", [said.pub_verify_failed]));
})();
