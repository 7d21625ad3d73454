"""Charts: well-formed, escaped, the same numbers in picture, text and table, readable colours, the same bytes."""

from __future__ import annotations

import dataclasses
import datetime
import re
from collections import Counter
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from report_worlds import HOSTILE, sample
from servanda.dossier.contents import Curve, EvidenceRow, Point, Step, Timeline
from servanda.dossier.curves import curves
from servanda.dossier.timelines import timelines
from servanda.model import STATUSES, Agreement, Evidence, Finding, Site
from servanda.report.charts.axes import cut_to, lanes, round_steps, text_width
from servanda.report.charts.curve import LISTED, curve_chart
from servanda.report.charts.look import CHARTS_CSS, PAINT
from servanda.report.charts.matrix import matrix_chart
from servanda.report.charts.timeline import timeline_chart

DAY = datetime.date
SITE = Site("s-1", "Nordend", "x", DAY(2018, 1, 1), DAY(2020, 12, 31))
AGREEMENT = Agreement("a", "p", "Mitte", DAY(2018, 1, 1), DAY(2020, 12, 31), (SITE, dataclasses.replace(SITE, id="s-2", name="Südhafen")))
LANGUAGES = pytest.mark.parametrize("lang", ["de", "en"])


def finding(status: str = "fulfilled", site: str | None = "s-1", label: str = "2019", material: bool = False, **more: object) -> Finding:
    year = 2018 if label == "term" else int(label)
    end = DAY(2020, 12, 31) if label == "term" else DAY(year, 12, 31)
    given = {"kind": "count", "value": 4, "lower": 6, "upper": 12, "open": False, **more}
    return Finding(
        f"p/a/{site}/o/{label}", "o", given.pop("kind"), (), (), "task", "a", site, label, DAY(year, 1, 1), end, status, given.pop("open"), False,
        unit="meetings", material=material, judgements=(), evidence=(), evidence_total=0, missing=(), **given,
    )


def obligation(kind: str = "count"):
    run, _ = sample()
    return next(one for one in run.packs[0].pack.obligations if one.kind == kind)


def row(text: str, day: datetime.date) -> EvidenceRow:
    run, _ = sample()
    vocabulary = run.packs[0].pack.vocabulary
    return EvidenceRow(Evidence(next(iter(vocabulary)), text, text, text, 2), vocabulary[next(iter(vocabulary))], day, {})


POINTS = (("counted", DAY(2019, 3, 1)), ("breaks", DAY(2019, 3, 2)))


def timeline(points=POINTS, findings=None, text: str = "m-1", **more: object) -> Timeline:
    found = (finding("deviation"),) if findings is None else findings
    given = {"start": SITE.start, "end": SITE.end, "vacancies": ((DAY(2019, 5, 1), DAY(2019, 6, 14)),), "site": dataclasses.replace(SITE, name=text), **more}
    return Timeline(obligation(), findings=found, points=tuple(Point(day, part, row(text, day)) for part, day in points), **given)


STEPS = (
    Step(DAY(2018, 2, 1), Decimal("10000.00"), Decimal("0.00"), False), Step(DAY(2018, 5, 3), Decimal("10000.00"), Decimal("12500.50"), False),
    Step(DAY(2019, 1, 15), Decimal("20000.00"), Decimal("12500.50"), False),
)


def curve(steps=STEPS, site=SITE) -> Curve:
    return Curve(obligation("consented"), site, steps, Decimal("2500.50"))


def charts(lang: str, text: str = "Nordend") -> dict[str, str]:
    agreement = dataclasses.replace(AGREEMENT, title=text, sites=tuple(dataclasses.replace(site, name=text) for site in AGREEMENT.sites))
    findings = [finding(status, label=str(2018 + place % 3)) for place, status in enumerate(STATUSES)] + [finding("deviation", None, material=True)]
    return {
        "matrix": matrix_chart(findings, agreement, lang, "one"), "timeline": timeline_chart(timeline(text=text), lang, "two"),
        "curve": curve_chart(curve(site=dataclasses.replace(SITE, name=text)), lang, "three"), "no-matrix": matrix_chart([], None, lang, "four"),
        "no-timeline": timeline_chart(timeline((), (), vacancies=()), lang, "five"), "no-curve": curve_chart(curve((), None), lang, "six"),
        "one-day": timeline_chart(timeline((("counted", SITE.start),), start=SITE.start, end=SITE.start), lang, "seven"),
        "one-step": curve_chart(curve(STEPS[:1], dataclasses.replace(SITE, end=SITE.start)), lang, "eight"),
    }


def tables(text: str) -> list[list[list[str]]]:
    return [[[cell.text or "" for cell in line] for line in table.iter("tr")] for table in ElementTree.fromstring(text).iter("table")]


@LANGUAGES
def test_figures_are_well_formed_and_their_ids_hold(lang: str) -> None:
    page = ElementTree.fromstring(f"<div>{''.join(charts(lang).values())}</div>")
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    for element in page.iter():
        assert not {name for name in element.attrib if name == "style" or name.startswith("on")}
        assert set((element.get("aria-labelledby") or "").split()) <= set(ids)
        assert element.tag not in ("script", "style", "a", "image", "foreignObject", "use")
        assert all(name.startswith("ch") for name in (element.get("class") or "").split())
        for value in element.attrib.values():
            assert set(re.findall(r"url\(#(.*?)\)", value)) <= set(ids) and "//" not in value
    for figure in page:
        (picture,) = (one for one in figure.iter("svg") if one.get("role") == "img")
        title, says = picture.get("aria-labelledby").split()
        assert [child.get("id") for child in picture][:2] == [title, says] and picture.find("title").text and len(picture.find("desc").text) > 20
        for table in figure.iter("table"):
            assert table.find("caption").text and {cell.get("scope") for cell in table.find("thead").iter("th")} == {"col"}
            assert {cell.get("scope") for cell in table.find("tbody").iter("th")} <= {"row"}
        assert all(one.get("tabindex") == "0" and one.get("aria-labelledby") for one in figure.iter("div") if one.get("class") == "ch-scroll")


@LANGUAGES
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_only_text(text: str, lang: str) -> None:
    plain = {name: [element.tag for element in ElementTree.fromstring(chart).iter()] for name, chart in charts(lang).items()}
    for name, chart in charts(lang, text).items():
        tags = [element.tag for element in ElementTree.fromstring(chart).iter()]
        # A long name takes a second line; nothing else may change.
        assert Counter(tags) - Counter(plain[name]) <= Counter({"text": 2}), name
        assert not re.search("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]", chart), name


def test_a_matrix_counts_what_it_was_given() -> None:
    run, report = sample()
    for agreement in run.packs[0].agreements:
        findings = [one for one in report["findings"] if one["agreement"] == agreement.id]
        chart = matrix_chart([one for one in run.findings if one.agreement == agreement.id], agreement, "en", "m")
        ((head, *lines),) = tables(chart)
        assert [line[0] for line in lines] == [*(site.name for site in agreement.sites), "Agreement as a whole"]
        for line, site in zip(lines, [*(site.id for site in agreement.sites), None], strict=True):
            for column, cell in zip(head[1:], line[1:], strict=True):
                there = [
                    one for one in findings
                    if one["site"] == site and column == ("Term" if one["period"]["label"] == "term" else one["period"]["from"][:4])
                ]
                said = {words: int(count) for count, words in re.findall(r"(\d+) ([a-z][a-z ]*)", cell)}
                assert said.get("duties", 0) + said.get("duty", 0) == len(there)
                assert said.get("possibly material deviation", 0) == sum(one["material"] for one in there)
                assert said.get("deviation", 0) == sum(one["status"] == "deviation" and not one["material"] for one in there)
                for status, words in (("undetermined", "undetermined"), ("fulfilled", "fulfilled"), ("pending", "pending"), ("waived", "waived")):
                    assert said.get(words, 0) == sum(one["status"] == status for one in there)


def test_a_cell_shows_the_worst_and_counts_all_that_is_bad() -> None:
    findings = [finding(), finding("deviation"), finding("deviation"), finding("deviation", material=True), finding("undetermined"), finding("not_applicable")]
    chart = ElementTree.fromstring(matrix_chart(findings, AGREEMENT, "de", "m"))
    (cell,) = (group for group in chart.iter("g") if group.find("rect") is not None and group.find("rect").get("class") != "ch-none")
    assert cell.find("rect").get("class") == "ch-material"
    assert [text.text for text in cell.iter("text")] == ["1", "2", "1", "1 von 5 erfüllt"]
    says = chart.find(".//desc").text
    assert "2019: in 1 von 1 Zeilen Abweichungen, davon in 1 möglicherweise wesentliche (Nordend 3); in 1 nicht Feststellbares." in says


def test_unknown_is_never_drawn_as_kept() -> None:
    for status in set(STATUSES) - {"fulfilled"}:
        chart = matrix_chart([finding(status), finding()], AGREEMENT, "en", "m")
        assert 'class="ch-fulfilled"' not in chart or status == "not_applicable", status
        assert f'class="ch-{status}"' in chart or status == "not_applicable"


@LANGUAGES
def test_a_timeline_draws_every_record_and_says_its_numbers(lang: str) -> None:
    days = [DAY(2019, 1, 1) + datetime.timedelta(place * 20) for place in range(18)]
    points = [(("counted", "absent", "unknown")[place % 3], day) for place, day in enumerate(days)]
    chart = ElementTree.fromstring(timeline_chart(timeline(points), lang, "t"))
    picture = next(one for one in chart.iter("svg") if one.get("role") == "img")
    drawn = Counter(element.get("class") for element in picture.iter())
    assert (drawn["ch-point-counted"], drawn["ch-point-breaks"], drawn["ch-point-other"], drawn["ch-vacancy"]) == (6, 6, 6, 1)
    texts = [text.text for text in picture.iter("text")]
    assert {"45 days" if lang == "en" else "45 Tage", "4 of 6–12" if lang == "en" else "4 von 6–12", "2018", "2019", "2020"} <= set(texts)
    (windows, records) = tables(timeline_chart(timeline(points), lang, "t"))
    assert windows[1][3:5] == ["4", "6–12"] and len(records) == 1 + 18 + 1
    assert records[1][0] == ("2019-01-01" if lang == "en" else "01.01.2019")
    says = picture.find("desc").text
    assert ("2019: 4, agreed 6–12, deviation." if lang == "en" else "2019: 4, vereinbart 6–12, Abweichung.") in says and "6 " in says


def test_a_crowd_of_records_is_counted_not_piled_up() -> None:
    chart = ElementTree.fromstring(timeline_chart(timeline([("counted", DAY(2019, 1, 1))] * 700), "de", "t"))
    picture = next(one for one in chart.iter("svg") if one.get("role") == "img")
    drawn = sum(element.get("class") == "ch-point-counted" for element in picture.iter())
    assert "+" + str(700 - drawn) in [text.text for text in picture.iter("text")] and int(picture.get("height")) < 400
    assert tables(ElementTree.tostring(chart, encoding="unicode"))[1][-1][1:3] == ["", "und 201 weitere"]


def test_nothing_in_a_timeline_lies_over_anything_else() -> None:
    share = {"kind": "attended", "value": Decimal("0.6667"), "lower": Decimal("0.8"), "upper": None}
    years = tuple(finding("deviation", label=str(year), **share) for year in range(2008, 2021))
    spans = tuple((DAY(2018, 3, day), DAY(2018, 3, day)) for day in range(1, 28, 3))
    many = [(part, DAY(2018, 3, day)) for day in range(1, 28) for part in ("counted", "breaks")]
    chart = ElementTree.fromstring(timeline_chart(timeline(many, years, start=DAY(2008, 1, 1), vacancies=spans), "de", "t"))
    picture = next(one for one in chart.iter("svg") if one.get("role") == "img")
    boxes = []
    for text in picture.iter("text"):
        wide, x, y = text_width(text.text), float(text.get("x")), float(text.get("y"))
        left = x - wide / 2 if text.get("text-anchor") == "middle" else x
        boxes.append((left, y - 10, left + wide, y))
        assert left >= 0 and left + wide <= 860 and y <= int(picture.get("height"))
    boxes += [(float(c.get("cx")) - 4, float(c.get("cy")) - 4, float(c.get("cx")) + 4, float(c.get("cy")) + 4) for c in picture.iter("circle")]
    for place, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[:place]:
            assert left >= other[2] or other[0] >= right or top >= other[3] or other[1] >= bottom


def test_a_curve_says_when_more_was_spent_than_approved() -> None:
    chart = curve_chart(curve(), "de", "c")
    picture = ElementTree.fromstring(chart).find(".//svg")
    assert picture.find("desc").text == (
        "Am 15.01.2019: 20.000,00 € bewilligt, 12.500,50 € ausgegeben. "
        "Mehr ausgegeben als bewilligt: vom 03.05.2018 bis 14.01.2019 um bis zu 2.500,50 €."
    )
    (over,) = (element for element in picture.iter("rect") if element.get("fill") == "url(#c-over)")
    heights = {step.spent: None for step in STEPS}
    line = next(element.get("d") for element in picture.iter("path") if element.get("class") == "ch-spent")
    assert f"V{over.get('y')} " in line and heights
    assert tables(chart)[0][2] == ["03.05.2018", "10.000,00 €", "12.500,50 €", "2.500,50 €"]
    assert "2.500,50 €" in chart and {"0 €", "20.000 €"} <= {text.text for text in picture.iter("text")}


def test_a_consent_without_an_amount_is_said_beside_what_it_approves() -> None:
    steps = tuple(dataclasses.replace(step, unlimited=True, approved=max(step.approved, step.spent)) for step in STEPS)
    chart = curve_chart(curve(steps), "en", "c")
    assert "At no time was more spent than approved." in chart and 'fill="url(#c-over)"' not in chart
    assert "On 2019-01-15: EUR 20,000.00 approved, EUR 12,500.50 spent. At least one measure then has a consent without an amount." in chart
    assert [line[1] for line in tables(chart)[0][1:]] == [f"EUR {sum_} (consent without an amount)" for sum_ in ("10,000.00", "12,500.50", "20,000.00")]


@given(st.decimals(-10**12, 10**12, places=2), st.decimals(-10**12, 10**12, places=2))
def test_round_steps_hold_the_amounts(one: Decimal, two: Decimal) -> None:
    low, high = min(one, two), max(one, two)
    steps = round_steps(low, high)
    assert steps[0] <= low and high <= steps[-1] and 0 in steps and 2 <= len(steps) <= 12
    assert len({after - before for before, after in zip(steps, steps[1:], strict=False)}) == 1


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 80)), max_size=40))
def test_lanes_keep_stretches_apart(raw: list[tuple[int, int]]) -> None:
    spans = [(start, start + length) for start, length in sorted(raw)]
    chosen = lanes(spans, 3)
    for place, (start, _) in enumerate(spans):
        assert all(chosen[place] != chosen[other] or spans[other][1] + 3 <= start for other in range(place))


@given(st.text(max_size=80), st.integers(8, 200))
def test_cut_text_fits(text: str, width: int) -> None:
    assert text_width(cut_to(text, width)) <= width or cut_to(text, width) == "…"


@LANGUAGES
def test_every_timeline_and_curve_of_the_sample_is_drawn(lang: str) -> None:
    run, _ = sample()
    drawn = []
    for agreement in (None, *(one.id for one in run.packs[0].agreements)):
        for number, line in enumerate(timelines(run, agreement)):
            chart = timeline_chart(line, lang, f"{agreement}-t-{number}")
            windows, *records = tables(chart)
            assert len(windows) == 1 + len(line.findings) and sum(len(rows) - 1 for rows in records) == len(line.points) + len(line.vacancies)
            drawn.append(chart)
        for number, one in enumerate(curves(run, agreement)):
            chart = curve_chart(one, lang, f"{agreement}-c-{number}")
            assert len(tables(chart)[0]) == 1 + min(len(one.steps), LISTED + 1)
            drawn.append(chart)
    page = ElementTree.fromstring(f"<div>{''.join(drawn)}</div>")
    ids = [element.get("id") for element in page.iter() if element.get("id")]
    assert len(ids) == len(set(ids)) and len(drawn) > 100


def test_the_same_data_gives_the_same_bytes() -> None:
    assert charts("de") == charts("de")


def _luminance(colour: str) -> float:
    parts = [int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("place", [0, 1, 2], ids=["light", "dark", "print"])
def test_colours_can_be_told_from_their_ground(place: int) -> None:
    """WCAG 2.1, 1.4.3 (text 4.5:1) and 1.4.11 (graphics 3:1)."""
    blocks = [dict(re.findall(r"--ch-([\w-]+): (#[0-9a-f]{6})", block)) for block in re.findall(r"\.chart \{ (--[^}]*)\}", CHARTS_CSS)][:3]
    colours = blocks[place]
    assert all(block.keys() == blocks[0].keys() for block in blocks)

    def contrast(one: str, two: str) -> float:
        high, low = sorted((_luminance(colours[one]), _luminance(colours[two])), reverse=True)
        return (high + 0.05) / (low + 0.05)

    grounds = ["paper", *(name for name in colours if name.endswith("-ground"))]
    for ground in grounds:
        assert contrast("text", ground) >= 4.5 and contrast("muted", ground) >= 4.5, ground
    for name in ("deviation", "undetermined", "unmet", "pending", "fulfilled", "neutral", "vacancy", "over"):
        assert contrast(name, f"{name}-ground") >= 4.5 and contrast(name, "paper") >= 4.5, name
    for name in ("approved", "spent", "axis", "material"):
        assert contrast(name, "paper") >= (3 if name == "axis" else 4.5), name
    assert contrast("material-ink", "material") >= 4.5


def test_elements_carry_the_light_colours_of_their_class() -> None:
    assert PAINT["ch-mark-deviation"] == {"stroke": "#b42318", "stroke-width": "2.2", "fill": "none"}
    for chart in charts("de").values():
        for element in ElementTree.fromstring(chart).iter():
            look = element.get("class")
            if look in PAINT and element.get("fill", "").startswith("#"):
                assert element.get("fill") == PAINT[look]["fill"]
