/** The words of the wall, from one message file a language. */
export const LANGUAGES = ["vi", "en"];

/** The messages of a language. Throws if the server does not have them. */
export async function loadMessages(lang) {
  const response = await fetch(`/wall/messages.${lang}.json`);
  if (!response.ok) throw new Error(`messages.${lang}.json: HTTP ${response.status}`);
  return createMessages(await response.json());
}

/** `text("late_by", {n: 3})` fills `{n}`; a missing key shows itself, so that it is found. */
export function createMessages(table) {
  return {
    text: (key, values = {}) =>
      (table[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all),
  };
}
