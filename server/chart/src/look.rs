//! How the pieces of a drawing look: by classes where a style sheet is at hand, by colours of their own where none is.

use crate::chart::Tone;

/// What colours a drawing.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Look {
    /// Classes that begin with this name; the style sheet of the page knows light and dark.
    Classes(&'static str),
    /// Attributes, for mails and exports.
    Colours(Palette),
}

/// A piece of a drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Band,
    Grid,
    Mark,
    MarkLabel,
    Bar,
    Line,
    Dot,
    /// A figure of the scale, or the name of a period.
    Label,
}

/// Colours as SVG writes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// What the picture lies on.
    pub paper: &'static str,
    pub label: &'static str,
    pub grid: &'static str,
    pub line: &'static str,
    pub bar: &'static str,
    pub warning: &'static str,
    pub critical: &'static str,
    pub warning_band: &'static str,
    pub critical_band: &'static str,
}

impl Palette {
    /// Dark on white, as the pages are by day and what is printed always is.
    pub const LIGHT: Palette = Palette {
        paper: "#ffffff",
        label: "#51636d",
        grid: "#dde4e6",
        line: "#0d5c75",
        bar: "#2a7690",
        warning: "#8f5600",
        critical: "#b3211c",
        warning_band: "#fdf0d5",
        critical_band: "#fce6e3",
    };

    fn tone(&self, tone: Tone, plain: &'static str) -> &'static str {
        match tone {
            Tone::Plain => plain,
            Tone::Warning => self.warning,
            Tone::Critical => self.critical,
        }
    }

    fn band(&self, tone: Tone) -> &'static str {
        match tone {
            Tone::Plain => self.grid,
            Tone::Warning => self.warning_band,
            Tone::Critical => self.critical_band,
        }
    }

    fn attributes(&self, part: Part, tone: Tone, hollow: bool) -> String {
        let Palette { paper, label, grid, line, bar, .. } = *self;
        match part {
            Part::Band => format!(r#"fill="{}" fill-opacity="0.55""#, self.band(tone)),
            Part::Grid => format!(r#"stroke="{grid}""#),
            Part::Mark => {
                format!(r#"stroke="{}" stroke-width="1.5" stroke-dasharray="5 4""#, self.tone(tone, label))
            }
            Part::MarkLabel => {
                let ink = self.tone(tone, label);
                format!(r#"fill="{ink}" font-weight="600" stroke="{paper}" stroke-width="3" paint-order="stroke""#)
            }
            Part::Bar if hollow => {
                format!(r#"fill="{paper}" stroke="{}" stroke-width="1.5""#, self.tone(tone, bar))
            }
            Part::Bar => format!(r#"fill="{}""#, self.tone(tone, bar)),
            Part::Line => format!(
                r#"fill="none" stroke="{line}" stroke-width="2.25" stroke-linejoin="round" stroke-linecap="round""#
            ),
            Part::Dot => {
                let ink = self.tone(tone, line);
                let (fill, stroke) = if hollow { (paper, ink) } else { (ink, paper) };
                format!(r#"fill="{fill}" stroke="{stroke}" stroke-width="2""#)
            }
            Part::Label => format!(r#"fill="{label}""#),
        }
    }
}

impl Look {
    /// The attributes of a piece.
    pub(crate) fn of(&self, part: Part, tone: Tone, hollow: bool) -> String {
        match self {
            Look::Colours(palette) => palette.attributes(part, tone, hollow),
            Look::Classes(prefix) => {
                let class = match part {
                    Part::Band => "band",
                    Part::Grid => "grid",
                    Part::Mark => "mark",
                    Part::MarkLabel => "mark-label",
                    Part::Bar => "bar",
                    Part::Line => "line",
                    Part::Dot => "dot",
                    Part::Label => "label",
                };
                let tone = match tone {
                    Tone::Plain => "",
                    Tone::Warning => " at-warning",
                    Tone::Critical => " at-critical",
                };
                format!(r#"class="{prefix}-{class}{tone}{}""#, if hollow { " hollow" } else { "" })
            }
        }
    }
}
