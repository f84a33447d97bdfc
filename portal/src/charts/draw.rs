//! One chart on a canvas: grid, axes, lines with gaps, crosshair.

use std::f64::consts::TAU;

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::{
    model::{Board, Line},
    scale::{format, step},
};
use crate::time::brief;

/// A run of samples without a gap: time and value.
type Stretch = Vec<(f64, f64)>;

const LEFT: f64 = 58.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 10.0;
const BOTTOM: f64 = 24.0;

/// What a chart shows now.
pub struct Scene<'a> {
    pub board: &'a Board,
    pub metric: &'a str,
    pub unit: &'a str,
    pub from: f64,
    pub to: f64,
    /// The crosshair, in pixels from the left.
    pub cursor: Option<f64>,
    pub hidden: &'a [i64],
}

/// Colours from the style sheet, read when the theme changes.
pub struct Ink {
    pub text: String,
    pub grid: String,
    pub series: Vec<String>,
}

impl Ink {
    /// Reads the computed colours of `--ink-3`, `--line` and `--series-N`, which follow the theme.
    pub fn read(canvas: &HtmlCanvasElement) -> Self {
        let probe = canvas.parent_element().and_then(|parent| parent.query_selector(".ink-probe").ok().flatten());
        let colour = |name: &str| {
            let probe = probe.as_ref()?.dyn_ref::<web_sys::HtmlElement>()?;
            probe.style().set_property("color", &format!("var({name})")).ok()?;
            leptos::prelude::window().get_computed_style(probe).ok()??.get_property_value("color").ok()
        };
        let read = |name: &str| colour(name).unwrap_or_else(|| "gray".into());
        Self {
            text: read("--ink-3"),
            grid: read("--line"),
            series: (1..=8).map(|at| read(&format!("--series-{at}"))).collect(),
        }
    }
}

/// The colour of a line: its place among all lines of the metric, stable across charts.
pub fn lines_of<'a>(board: &'a Board, metric: &str) -> Vec<&'a Line> {
    board.lines.iter().filter(|line| line.metric == metric).collect()
}

/// Draws; sizes the canvas to the screen's pixels.
pub fn draw(canvas: &HtmlCanvasElement, ink: &Ink, scene: &Scene<'_>) {
    let ratio = leptos::prelude::window().device_pixel_ratio();
    let (width, height) = (f64::from(canvas.client_width()), f64::from(canvas.client_height()));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels")]
    let (real_w, real_h) = ((width * ratio) as u32, (height * ratio) as u32);
    if canvas.width() != real_w || canvas.height() != real_h {
        canvas.set_width(real_w);
        canvas.set_height(real_h);
    }
    let Ok(Some(context)) = canvas.get_context("2d") else { return };
    let pen: CanvasRenderingContext2d = context.unchecked_into();
    let _ = pen.set_transform(ratio, 0.0, 0.0, ratio, 0.0, 0.0);
    pen.clear_rect(0.0, 0.0, width, height);
    let lines = lines_of(scene.board, scene.metric);
    let shown: Vec<(usize, Vec<Stretch>)> = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| !scene.hidden.contains(&line.key))
        .map(|(at, line)| (at, scene.board.stretches(line, scene.from, scene.to)))
        .collect();
    let top = shown.iter().flat_map(|(_, runs)| runs.iter().flatten()).map(|(_, value)| *value).fold(0.0, f64::max);
    let unit = step(if top > 0.0 { top * 1.08 } else { 1.0 }, 4.0, scene.unit);
    let ceiling = ((if top > 0.0 { top * 1.02 } else { 1.0 }) / unit).ceil() * unit;
    let x = |time: f64| LEFT + (time - scene.from) / (scene.to - scene.from).max(1.0) * (width - LEFT - RIGHT);
    let y = |value: f64| height - BOTTOM - value / ceiling * (height - TOP - BOTTOM);
    grid(&pen, ink, scene, (width, height), (unit, ceiling), &y);
    pen.save();
    pen.begin_path();
    pen.rect(LEFT, 0.0, width - LEFT - RIGHT, height);
    pen.clip();
    pen.set_line_width(1.6);
    pen.set_line_join("round");
    for (at, runs) in &shown {
        let colour = &ink.series[at % ink.series.len()];
        pen.set_stroke_style_str(colour);
        pen.set_fill_style_str(colour);
        for run in runs {
            stroke(&pen, run, &x, &y);
        }
    }
    pen.restore();
    if let Some(cursor) = scene.cursor.filter(|cursor| *cursor > LEFT && *cursor < width - RIGHT) {
        pen.set_stroke_style_str(&ink.text);
        pen.set_line_width(1.0);
        pen.begin_path();
        pen.move_to(cursor, TOP);
        pen.line_to(cursor, height - BOTTOM);
        pen.stroke();
    }
}

fn grid(
    pen: &CanvasRenderingContext2d,
    ink: &Ink,
    scene: &Scene<'_>,
    size: (f64, f64),
    axis: (f64, f64),
    y: &dyn Fn(f64) -> f64,
) {
    let ((width, height), (unit, ceiling)) = (size, axis);
    pen.set_font("11px system-ui, sans-serif");
    pen.set_fill_style_str(&ink.text);
    pen.set_stroke_style_str(&ink.grid);
    pen.set_line_width(1.0);
    pen.set_text_align("right");
    pen.set_text_baseline("middle");
    let mut value = 0.0;
    while value <= ceiling + unit / 2.0 {
        let at = y(value).round() + 0.5;
        pen.begin_path();
        pen.move_to(LEFT, at);
        pen.line_to(width - RIGHT, at);
        pen.stroke();
        let _ = pen.fill_text(&format(value, scene.unit), LEFT - 8.0, at);
        value += unit;
    }
    pen.set_text_align("center");
    pen.set_text_baseline("alphabetic");
    for at in 0..=4 {
        let part = f64::from(at) / 4.0;
        let place = LEFT + part * (width - LEFT - RIGHT);
        let ago = (scene.to - scene.from) * (1.0 - part);
        let text = if at == 4 { "now".to_owned() } else { format!("−{}", brief(ago)) };
        pen.set_text_align(if at == 4 {
            "right"
        } else if at == 0 {
            "left"
        } else {
            "center"
        });
        let _ = pen.fill_text(&text, place, height - 7.0);
    }
}

/// At most two points per pixel column: the extremes, so that no peak is lost.
fn stroke(pen: &CanvasRenderingContext2d, run: &[(f64, f64)], x: &dyn Fn(f64) -> f64, y: &dyn Fn(f64) -> f64) {
    pen.begin_path();
    if let [(time, value)] = run {
        let _ = pen.arc(x(*time), y(*value), 1.8, 0.0, TAU);
        return pen.fill();
    }
    let mut column = f64::NEG_INFINITY;
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for (at, (time, value)) in run.iter().enumerate() {
        let place = x(*time);
        if at == 0 {
            pen.move_to(place, y(*value));
        }
        if place.floor() == column {
            (low, high) = (low.min(*value), high.max(*value));
            continue;
        }
        if low.is_finite() && high > low {
            pen.line_to(column, y(low));
            pen.line_to(column, y(high));
        }
        (column, low, high) = (place.floor(), *value, *value);
        pen.line_to(place, y(*value));
    }
    pen.stroke();
}

/// The time under a pixel.
pub fn time_at(canvas: &HtmlCanvasElement, pixel: f64, from: f64, to: f64) -> f64 {
    let width = f64::from(canvas.client_width()) - LEFT - RIGHT;
    from + ((pixel - LEFT) / width.max(1.0)).clamp(0.0, 1.0) * (to - from)
}
