//! Charts as SVG. One drawing, laid out in three ways: to fill its container on a page, as a small trend, and as a
//! self-contained picture of a given size.

use crate::chart::{Band, Chart, Form, Mark, Point, Tone};
use crate::look::{Look, Palette, Part};
use crate::scale::Scale;
use pegel_text::clean::cleaned;

/// The texts of a chart for those who cannot see it.
#[derive(Debug, Clone, Copy)]
pub struct Told<'a> {
    /// The prefix of its ids; it must be unique in the document.
    pub id: &'a str,
    pub title: &'a str,
    /// All figures, in words.
    pub text: &'a str,
}

/// A chart that fills its container on a page, coloured by the classes `chart-…`. The labels of the scale stand to its
/// left and the names of periods below, outside of its box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plot {
    pub svg: String,
    /// The labels of the scale, so that the page can make room for them.
    pub scale: Vec<String>,
}

impl Plot {
    /// Draws a chart; `None` if no point has a figure. `write` formats a figure of the scale for the reader's locale.
    pub fn of(chart: &Chart, told: &Told, write: impl Fn(f64) -> String) -> Option<Plot> {
        let drawing = Drawing::of(chart, Area::FULL, Look::Classes("chart"))?;
        let scale: Vec<String> = drawing.scale.ticks.iter().map(|tick| write(*tick)).collect();
        let pieces = drawing.all(&scale).join("\n");
        let (named, words) = told.written();
        Some(Plot { svg: format!("<svg class=\"chart-plot\" {named}>\n{words}\n{pieces}\n</svg>"), scale })
    }
}

/// A small trend of 120 by 32 units without a scale, coloured by the classes `spark-…`. It has a dot for the last point
/// and for points between two gaps, which no line shows. `None` if no point has a figure.
pub fn spark(chart: &Chart, name: &str) -> Option<String> {
    let area = Area { left: 0.0, top: 4.0, width: 120.0, height: 24.0, unit: "" };
    let drawing = Drawing::of(chart, area, Look::Classes("spark"))?;
    let name = escaped(name);
    let head = format!(
        r#"<svg class="spark" viewBox="0 0 120 32" width="120" height="32" role="img" aria-label="{name}"><title>{name}</title>"#
    );
    let pieces = [drawing.marks(), drawing.lines(), drawing.few_dots()].concat();
    Some(format!("{head}{}</svg>", pieces.concat()))
}

/// A chart as a self-contained picture of this width and height in pixels, with its own colours; `None` if no point has
/// a figure.
pub fn picture(
    chart: &Chart,
    told: &Told,
    (width, height): (u16, u16),
    palette: Palette,
    write: impl Fn(f64) -> String,
) -> Option<String> {
    let scale = Scale::of(chart)?;
    let labels: Vec<String> = scale.ticks.iter().map(|tick| write(*tick)).collect();
    let area = Area::within(width, height, &labels, chart);
    let drawing = Drawing { chart, scale, area, look: Look::Colours(palette) };
    let (named, words) = told.written();
    let pieces = drawing.all(&labels).join("\n");
    Some(format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="{FONT}" {named}>
{words}
<rect width="{width}" height="{height}" fill="{}"/>
{pieces}
</svg>
"#,
        palette.paper
    ))
}

impl Told<'_> {
    /// The attributes of the picture, and the elements that they refer to.
    fn written(&self) -> (String, String) {
        let [id, title, text] = [self.id, self.title, self.text].map(escaped);
        (
            format!(r#"role="img" aria-labelledby="{id}-title {id}-text""#),
            format!("<title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-text\">{text}</desc>"),
        )
    }
}

/// The font size of a picture's labels, in pixels.
const FONT: f64 = 12.0;
/// How far above its mark a label stands.
const ABOVE: f64 = 5.0;
/// The space between the scale and its labels.
const GAP: f64 = 10.0;
/// The distance of the names of periods from the chart.
const BELOW: f64 = 20.0;
/// The names of periods that are no longer have room below their place, wherever it is; in characters.
const SHORT: usize = 6;
/// The width of a bar, as a share of its slot.
const BAR: f64 = 0.64;
/// The least height of a bar, as a share of the chart's height, so that figures next to nothing can be seen.
const LEAST_BAR: f64 = 0.004;

/// About as wide is a text, with the digits of common fonts.
#[expect(clippy::cast_precision_loss, reason = "labels are short")]
fn written(text: &str) -> f64 {
    text.chars().count() as f64 * FONT * 0.6
}

/// The box in which a chart is drawn.
#[derive(Debug, Clone, Copy)]
struct Area {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    /// `%` where the size is not known, or nothing.
    unit: &'static str,
}

impl Area {
    /// All of it.
    const FULL: Area = Area { left: 0.0, top: 0.0, width: 100.0, height: 100.0, unit: "%" };

    /// What the labels of the scale and the names below leave of a picture of that size.
    fn within(width: u16, height: u16, labels: &[String], chart: &Chart) -> Area {
        let left = labels.iter().map(|label| written(label)).fold(0.0, f64::max) + 2.0 * GAP;
        // The highest mark may be at the upper edge, with its label above it.
        let is_labelled = chart.marks.iter().any(|mark| !mark.label.is_empty());
        let (top, bottom) = (if is_labelled { FONT + ABOVE } else { FONT }, BELOW + FONT);
        let [width, height] = [width, height].map(f64::from);
        let (width, height) = ((width - left - GAP).max(1.0), (height - top - bottom).max(1.0));
        // The last name stands below the middle of its place, and may be wider than that.
        let name = chart.points.last().map_or(0.0, |last| written(&last.tick));
        let width = width.min((width + GAP - name / 2.0) / (1.0 - chart.middle(0))).max(1.0);
        Area { left, top, width, height, unit: "" }
    }

    fn x(&self, share: f64) -> String {
        self.number(self.left + self.width * share)
    }

    /// `share` counts from below.
    fn y(&self, share: f64) -> String {
        self.number(self.top + self.height * (1.0 - share))
    }

    fn wide(&self, share: f64) -> String {
        self.number(self.width * share)
    }

    fn high(&self, share: f64) -> String {
        self.number(self.height * share)
    }

    fn number(&self, number: f64) -> String {
        format!("{}{}", rounded(number), self.unit)
    }
}

/// A chart with everything needed to draw it.
struct Drawing<'a> {
    chart: &'a Chart,
    scale: Scale,
    area: Area,
    look: Look,
}

impl Drawing<'_> {
    fn of(chart: &Chart, area: Area, look: Look) -> Option<Drawing<'_>> {
        Some(Drawing { chart, scale: Scale::of(chart)?, area, look })
    }

    /// All elements, from back to front. `labels` are the formatted figures of the scale.
    fn all(&self, labels: &[String]) -> Vec<String> {
        let figures = match self.chart.form {
            Form::Bars => self.bars(),
            Form::Line => [self.lines(), self.dots()].concat(),
        };
        let behind = [self.bands(), self.grid(labels), self.marks()].concat();
        [behind, figures, self.mark_labels(), self.names()].concat()
    }

    fn bands(&self) -> Vec<String> {
        let band = |band: &Band| {
            let from = band.from.map_or(0.0, |from| self.scale.share(from));
            let to = band.to.map_or(1.0, |to| self.scale.share(to));
            let (x, width, y) = (self.area.x(0.0), self.area.wide(1.0), self.area.y(to));
            let (height, look) = (self.area.high(to - from), self.look.of(Part::Band, band.tone, false));
            format!(r#"<rect {look} x="{x}" width="{width}" y="{y}" height="{height}"/>"#)
        };
        self.chart.bands.iter().map(band).collect()
    }

    fn grid(&self, labels: &[String]) -> Vec<String> {
        let look = self.look.of(Part::Label, Tone::Plain, false);
        let label = |(tick, label): (&f64, &String)| {
            let (x, y, label) = (self.area.x(0.0), self.area.y(self.scale.share(*tick)), escaped(label));
            format!(r#"<text {look} x="{x}" y="{y}" dx="-{GAP}" dy="4" text-anchor="end">{label}</text>"#)
        };
        let lines = self.scale.ticks.iter().map(|tick| self.across(*tick, Part::Grid, Tone::Plain));
        lines.chain(self.scale.ticks.iter().zip(labels).map(label)).collect()
    }

    fn marks(&self) -> Vec<String> {
        self.chart.marks.iter().map(|mark| self.across(mark.level, Part::Mark, mark.tone)).collect()
    }

    /// A line from side to side.
    fn across(&self, figure: f64, part: Part, tone: Tone) -> String {
        let (left, right, y) = (self.area.x(0.0), self.area.x(1.0), self.area.y(self.scale.share(figure)));
        format!(r#"<line {} x1="{left}" x2="{right}" y1="{y}" y2="{y}"/>"#, self.look.of(part, tone, false))
    }

    fn mark_labels(&self) -> Vec<String> {
        let label = |mark: &Mark| {
            let (x, y) = (self.area.x(0.0), self.area.y(self.scale.share(mark.level)));
            let look = self.look.of(Part::MarkLabel, mark.tone, false);
            format!(r#"<text {look} x="{x}" y="{y}" dx="4" dy="-{ABOVE}">{}</text>"#, escaped(&mark.label))
        };
        self.chart.marks.iter().filter(|mark| !mark.label.is_empty()).map(label).collect()
    }

    fn bars(&self) -> Vec<String> {
        let places = self.chart.middle(0) * 2.0;
        let bar = |(place, point, figure): (usize, &Point, f64)| {
            let (from, to) = self.scale.bar(figure);
            let (x, width) = (self.area.x(self.chart.middle(place) - places * BAR / 2.0), self.area.wide(places * BAR));
            let (y, height) = (self.area.y(to), self.area.high((to - from).max(LEAST_BAR)));
            let (look, name) = (self.look.of(Part::Bar, point.tone, point.provisional), escaped(&point.name));
            format!(r#"<rect {look} x="{x}" width="{width}" y="{y}" height="{height}"><title>{name}</title></rect>"#)
        };
        self.chart.figures().map(bar).collect()
    }

    /// A path through each stretch without a gap.
    fn lines(&self) -> Vec<String> {
        let look = self.look.of(Part::Line, Tone::Plain, false);
        // Paths take no percentages: they get a box of their own, whose scaling does not distort the stroke.
        let boxed = self.area.unit == "%";
        let area = Area { unit: "", ..self.area };
        let at = |(place, figure): &(usize, f64)| {
            format!("{},{}", area.x(self.chart.middle(*place)), area.y(self.scale.share(*figure)))
        };
        let path = |run: &Vec<(usize, f64)>| {
            let way = run.iter().map(at).collect::<Vec<_>>().join("L");
            format!(r#"<path {look} d="M{way}"/>"#)
        };
        let runs = self.chart.runs();
        let paths: Vec<String> = runs.iter().filter(|run| run.len() > 1).map(path).collect();
        if !boxed || paths.is_empty() {
            return paths;
        }
        let head = r#"<svg viewBox="0 0 100 100" preserveAspectRatio="none" width="100%" height="100%">"#;
        vec![format!("{head}{}</svg>", paths.concat())]
    }

    fn dots(&self) -> Vec<String> {
        let dot = |(place, point, figure): (usize, &Point, f64)| {
            let name = escaped(&point.name);
            self.dot((place, figure), 4.0, point, &format!("><title>{name}</title></circle>"))
        };
        self.chart.figures().map(dot).collect()
    }

    /// The dots that a small trend shows.
    fn few_dots(&self) -> Vec<String> {
        let last = self.chart.points.len() - 1;
        let shown = self.chart.runs().into_iter().filter_map(|run| match run.as_slice() {
            [.., end] if end.0 == last => Some((*end, 3.2)),
            [alone] => Some((*alone, 2.3)),
            _ => None,
        });
        shown.map(|(end, radius)| self.dot(end, radius, &self.chart.points[end.0], "/>")).collect()
    }

    fn dot(&self, (place, figure): (usize, f64), radius: f64, point: &Point, rest: &str) -> String {
        let (x, y) = (self.area.x(self.chart.middle(place)), self.area.y(self.scale.share(figure)));
        let look = self.look.of(Part::Dot, point.tone, point.provisional);
        // A hollow dot is larger by its outline.
        let radius = if point.provisional { radius - 0.8 } else { radius };
        format!(r#"<circle {look} cx="{x}" cy="{y}" r="{radius}"{rest}"#)
    }

    /// The names of periods, grouped so that a narrow page can leave some out.
    fn names(&self) -> Vec<String> {
        let look = self.look.of(Part::Label, Tone::Plain, false);
        let last = self.chart.points.len() - 1;
        let name = |(place, point): (usize, &Point)| {
            let (x, y, name) = (self.area.x(self.chart.middle(place)), self.area.y(0.0), escaped(&point.tick));
            // A long name at the edge would leave the picture.
            let is_at_the_edge = place == last && point.tick.chars().count() > SHORT;
            let anchor = if is_at_the_edge { "end" } else { "middle" };
            format!(r#"<text {look} x="{x}" y="{y}" dy="{BELOW}" text-anchor="{anchor}">{name}</text>"#)
        };
        let points = self.chart.points.iter().enumerate().filter(|(_, point)| !point.tick.is_empty());
        let names = points.map(name).collect::<String>();
        if names.is_empty() { Vec::new() } else { vec![format!(r#"<g class="chart-names">{names}</g>"#)] }
    }
}

/// Rounded to hundredths, without −0.
fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0 + 0.0
}

/// A text escaped for XML elements and attributes.
fn escaped(text: &str) -> String {
    let text = cleaned(text);
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests;
