/** Numbers, times and dates as the reader's language writes them. */
const LOCALES = { vi: "vi-VN", en: "en-GB" };
const NARROW = "\u202f";

/** Formatters of one language; times are shown in `timeZone` (IANA name). */
export function createFormat(lang, timeZone) {
  const locale = LOCALES[lang];
  const integer = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
  const compact = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
  const decimals = [0, 1, 2].map(
    (digits) =>
      new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
  const time = new Intl.DateTimeFormat("en-GB", {
    timeZone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
  });
  const minute = new Intl.DateTimeFormat("en-GB", {
    timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
  });
  const date = new Intl.DateTimeFormat("en-GB", {
    timeZone, day: "2-digit", month: "2-digit", year: "numeric",
  });
  const weekday = new Intl.DateTimeFormat(locale, { timeZone, weekday: "long" });

  return {
    lang,
    integer: (value) => (value == null ? "–" : integer.format(value)),
    /** 1795472 -> "1,8 Tr" (vi) or "1.8m" (en). */
    compact: (value) => compact.format(value),
    decimal: (value, digits) => (value == null ? "–" : decimals[digits].format(value)),
    /** 96.82 -> "96,82 %" (vi) or "96.82%" (en). */
    percent: (value, digits = 1) =>
      value == null ? "–" : decimals[digits].format(value) + (lang === "vi" ? `${NARROW}%` : "%"),
    percentSign: lang === "vi" ? `${NARROW}%` : "%",
    time: (ms) => time.format(ms),
    minute: (ms) => minute.format(ms),
    date: (ms) => date.format(ms),
    weekday: (ms) => {
      const name = weekday.format(ms);
      return name.charAt(0).toUpperCase() + name.slice(1);
    },
  };
}

/** Largest precision that never rounds a missed target up to a met one: 97.996 stays "97,99". */
export function floorTo(value, digits) {
  if (value == null) return null;
  const scale = 10 ** digits;
  return Math.floor(value * scale + 1e-9) / scale;
}

/** A span of real time in words: seconds, then minutes, then hours. */
export function span(ms, messages, format) {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return messages.text("seconds", { n: format.integer(seconds) });
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return messages.text("minutes", { n: format.integer(minutes) });
  return messages.text("hours", { n: format.integer(Math.round(minutes / 60)) });
}
