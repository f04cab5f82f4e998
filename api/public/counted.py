"""How a list is counted, in the words of whoever reads it."""

from __future__ import annotations

from api.public.printing import Printer, month_text


def counted_of(printer: Printer) -> tuple[tuple[str, str], ...]:
    """How it is counted: what is meant, and by which rule."""
    words, core = printer.words, printer.opened.core
    limits = core.thresholds
    return (
        (words("pub_how_late"), words("pub_how_late_text", month=month_text(core.month))),
        (words("pub_how_total"), words("pub_how_total_text")),
        (words("pub_how_days"), words("pub_how_days_text")),
        (words("pub_how_whose"), words("pub_how_whose_text", method=core.method)),
        (words("pub_how_units"), words("pub_how_units_text")),
        (words("pub_how_few"), words("pub_how_few_text", rate=limits.rate_from,
                                     officer=limits.officer_from, unit=limits.unit_from)),
        (words("pub_how_excluded"), words("pub_how_excluded_text",
                                          n=printer.number(core.whole.excluded))),
        (words("pub_how_zero"), words("pub_how_zero_text", n=printer.number(core.whole.zero))),
        (words("pub_how_receptions"), words("pub_how_receptions_text",
                                            n=printer.number(core.whole.late_receptions))),
        (words("pub_how_repeated"), words("pub_how_repeated_text",
                                          n=printer.number(core.whole.repeated))),
        (words("pub_how_known"), words("pub_how_known_text", at=printer.minute(core.watermark),
                                       as_of=printer.minute(core.as_of))),
        (words("pub_how_rules"), words("pub_how_rules_text", rules=", ".join(core.rules) or "–",
                                       calendars=", ".join(core.calendars) or "–",
                                       reference=core.reference[:12])),
        (words("pub_how_names"), words(f"pub_names_{core.names}")),
    )  # fmt: skip
