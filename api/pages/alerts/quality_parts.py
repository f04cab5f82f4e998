"""The quality of alerting as tiles and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.inbox.quality import REMINDER, AlertQuality, Answered, Load
from api.pages.dossiers.amounts import Written
from api.pages.parts.figure import FigureTile, help_of
from api.pages.parts.table import DataRow, DataTable, TableCell, TableColumn
from api.viewer import Viewer

MOST_RULES = 10
MOST_LOADS = 20
_ENOUGH = 90.0  # percent answered in time below which the figure is marked


@dataclass(frozen=True)
class QualityWriter:
    """For one reader."""

    viewer: Viewer
    say: Written

    def tiles(self, found: AlertQuality) -> tuple[FigureTile, ...]:
        """Five figures, each with what it was made of."""
        words, whole = self.say.words, found.whole
        number, decimal = words.number, words.decimal
        share = whole.in_time_share
        budget = self.viewer.view.context.alert_settings("", "").budget
        return (
            FigureTile(
                words("quality_groups"), decimal(found.groups_a_day),
                notes=(words("quality_budget", n=budget),), help=help_of(words, "quality_groups"),
            ),
            FigureTile(
                words("quality_in_time"), decimal(share), unit="%" if share is not None else "",
                tone="late" if share is not None and share < _ENOUGH else "neutral",
                shape="below" if share is not None and share < _ENOUGH else "",
                notes=(words("quality_of", n=number(whole.in_time), all=number(whole.judged)),),
                help=help_of(words, "quality_in_time"),
            ),
            FigureTile(
                words("quality_to_take"), self.amount(whole.to_take),
                notes=(words("quality_taken", n=number(whole.taken)),),
                help=help_of(words, "quality_to_take"),
            ),
            FigureTile(
                words("quality_to_end"), self.amount(whole.to_end),
                notes=(words("quality_ended", n=number(whole.ended)),),
                help=help_of(words, "quality_to_end"),
            ),
            FigureTile(
                words("quality_retracted"), decimal(whole.retracted_share),
                unit="%" if whole.retracted_share is not None else "",
                notes=(words("quality_of", n=number(whole.retracted), all=number(whole.raised)),),
                help=help_of(words, "quality_retracted"),
            ),
        )  # fmt: skip

    def amount(self, length: int | None) -> str:
        """Working time, "–" for none."""
        return "–" if length is None else self.say.amount(length)

    def rule_name(self, rule: str) -> str:
        """A rule in words."""
        kind, _, level = rule.partition("_") if rule.startswith("escalation_") else (rule, "", "")
        words = self.say.words
        return words("inbox_level", n=level) if level else words(f"inbox_kind_{kind}")

    def receiver(self, load: Load) -> str:
        """An officer by name, else the mailbox by the first digits of what stands for it."""
        labels = self.viewer.labels
        if load.receiver in labels.names.officers:
            return labels.officer(load.receiver)
        return self.say.words("quality_mailbox", id=load.receiver[:8])

    def unit(self, load: Load) -> str:
        """An officer's own, else that of the alerts; "" of several."""
        officers = self.viewer.view.context.reference.officers
        own = next((each.unit for each in officers if each.id == load.receiver), "")
        unit = own or load.unit
        return self.viewer.labels.unit(unit) if unit else ""

    def rules(self, found: AlertQuality) -> DataTable:
        """What raises most."""
        words = self.say.words
        heads = ("raised", "in_time_share", "to_take", "to_end", "retracted_share")
        return DataTable(
            caption=words("quality_rules"),
            columns=(
                TableColumn(words("quality_rule"), phone="lead"),
                *(TableColumn(words(f"quality_head_{each}"), number=True) for each in heads),
            ),
            rows=tuple(self._rule_rows(found.rules)),
            note=words("quality_cut") if found.cut else "",
        )

    def _rule_rows(self, rules: Sequence[tuple[str, Answered]]) -> Iterator[DataRow]:
        for rule, of in rules[:MOST_RULES]:
            yield DataRow((TableCell(self.rule_name(rule)), *self._cells(of, rule)))
        rest = sum(of.raised for _, of in rules[MOST_RULES:])
        if rest:
            text = self.say.words("quality_other_rules", n=len(rules) - MOST_RULES)
            cells = (TableCell(text), TableCell(self.say.words.number(rest)))
            yield DataRow((*cells, *(TableCell("–") for _ in range(4))), "rest")

    def _cells(self, of: Answered, rule: str) -> Iterator[TableCell]:
        """Nobody has to answer a reminder."""
        decimal = self.say.words.decimal
        yield TableCell(self.say.words.number(of.raised))
        yield TableCell(decimal(None if rule == REMINDER else of.in_time_share))
        yield TableCell(self.amount(of.to_take))
        yield TableCell(self.amount(of.to_end))
        yield TableCell(decimal(of.retracted_share))

    def loads(self, found: AlertQuality) -> DataTable:
        """Who gets most; days over the budget first."""
        words = self.say.words
        shown = found.loads[:MOST_LOADS]
        heads = ("days", "groups", "median", "most", "over")
        rest = len(found.loads) - len(shown)
        return DataTable(
            caption=words("quality_loads"),
            columns=(
                TableColumn(words("quality_receiver"), phone="lead"),
                TableColumn(words("unit")),
                *(TableColumn(words(f"quality_head_{each}"), number=True) for each in heads),
            ),
            rows=tuple(self._load_row(load) for load in shown),
            note=words("quality_more_loads", n=words.number(rest)) if rest else "",
        )

    def _load_row(self, load: Load) -> DataRow:
        number, decimal = self.say.words.number, self.say.words.decimal
        return DataRow(
            (
                TableCell(self.receiver(load)),
                TableCell(self.unit(load) or self.say.words("quality_units")),
                TableCell(number(load.days)),
                TableCell(number(load.groups)),
                TableCell(decimal(load.median)),
                TableCell(number(load.most)),
                TableCell(number(load.over), shape="owed" if load.over else ""),
            )
        )
