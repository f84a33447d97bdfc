//! The points of the charts of one service: columns by time, merged by key and time, bounded.

/// Points that are kept per series.
const KEPT: usize = 3600;

/// One line of a chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub key: i64,
    pub component: String,
    pub cluster: String,
    pub metric: String,
    pub unit: String,
    pub simulated: bool,
    /// Aligned with [`Board::times`]; a NaN is a gap.
    pub values: Vec<f64>,
}

/// A frame of the subscription as the charts see it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// Replaces everything.
    pub whole: bool,
    /// Carries nothing but its lag.
    pub heartbeat: bool,
    pub step_ms: f64,
    pub lag_ms: f64,
    pub source: String,
    pub times: Vec<f64>,
    /// Lines with values aligned with `times`.
    pub lines: Vec<Line>,
}

/// Everything the charts draw.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Board {
    pub times: Vec<f64>,
    pub lines: Vec<Line>,
    pub step_ms: f64,
    pub lag_ms: f64,
    pub source: String,
}

impl Board {
    /// Takes a frame in: the newest point is provisional, so a time that is known is overwritten.
    pub fn take(&mut self, frame: Frame) {
        self.lag_ms = frame.lag_ms;
        if frame.heartbeat {
            return;
        }
        if frame.whole {
            *self = Self { lag_ms: self.lag_ms, ..Self::default() };
        }
        self.step_ms = frame.step_ms.max(1.0);
        self.source = frame.source;
        let rows: Vec<usize> = frame.times.iter().map(|time| self.row(*time)).collect();
        for line in frame.lines {
            let values = line.values;
            let at = self.lines.iter().position(|known| known.key == line.key).unwrap_or_else(|| {
                self.lines.push(Line { values: vec![f64::NAN; self.times.len()], ..line });
                self.lines.len() - 1
            });
            for (row, value) in rows.iter().zip(values) {
                self.lines[at].values[*row] = value;
            }
        }
        let extra = self.times.len().saturating_sub(KEPT);
        if extra > 0 {
            self.times.drain(..extra);
            for line in &mut self.lines {
                line.values.drain(..extra);
            }
        }
    }

    /// The row of a time, made where there is none.
    fn row(&mut self, time: f64) -> usize {
        match self.times.binary_search_by(|known| known.total_cmp(&time)) {
            Ok(row) => row,
            Err(row) => {
                self.times.insert(row, time);
                for line in &mut self.lines {
                    line.values.insert(row, f64::NAN);
                }
                row
            }
        }
    }

    /// The metrics there are, in order of appearance, with their unit.
    pub fn metrics(&self) -> Vec<(String, String)> {
        let mut all: Vec<(String, String)> = Vec::new();
        for line in &self.lines {
            if !all.iter().any(|(metric, _)| *metric == line.metric) {
                all.push((line.metric.clone(), line.unit.clone()));
            }
        }
        all
    }

    /// Stretches of one line inside a time range, broken at gaps: a missing step is a gap too.
    pub fn stretches(&self, line: &Line, from: f64, to: f64) -> Vec<Vec<(f64, f64)>> {
        let start = self.times.partition_point(|time| *time < from).saturating_sub(1);
        let mut all = Vec::new();
        let mut run: Vec<(f64, f64)> = Vec::new();
        for (time, value) in self.times.iter().zip(&line.values).skip(start) {
            if *time > to {
                break;
            }
            let hole = run.last().is_some_and(|(last, _)| time - last > self.step_ms * 2.5);
            if (value.is_nan() || hole) && !run.is_empty() {
                all.push(std::mem::take(&mut run));
            }
            if !value.is_nan() {
                run.push((*time, *value));
            }
        }
        if !run.is_empty() {
            all.push(run);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(whole: bool, times: &[f64], values: &[f64]) -> Frame {
        let line = Line {
            key: 1,
            component: "web".into(),
            cluster: "edge".into(),
            metric: "cpu".into(),
            unit: "m".into(),
            simulated: false,
            values: values.to_vec(),
        };
        Frame { whole, step_ms: 1000.0, lag_ms: 1200.0, times: times.to_vec(), lines: vec![line], ..Frame::default() }
    }

    #[test]
    fn the_newest_point_is_overwritten() {
        let mut board = Board::default();
        board.take(frame(true, &[1000.0, 2000.0], &[1.0, 2.0]));
        board.take(frame(false, &[2000.0, 3000.0], &[5.0, 3.0]));
        assert_eq!(board.times, [1000.0, 2000.0, 3000.0]);
        assert_eq!(board.lines[0].values, [1.0, 5.0, 3.0]);
        assert_eq!(board.metrics(), [("cpu".to_owned(), "m".to_owned())]);
    }

    #[test]
    fn gaps_stay_gaps() {
        let mut board = Board::default();
        board.take(frame(true, &[1000.0, 2000.0, 3000.0, 9000.0], &[1.0, f64::NAN, 3.0, 4.0]));
        let runs = board.stretches(&board.lines[0], 0.0, 10_000.0);
        assert_eq!(runs, [vec![(1000.0, 1.0)], vec![(3000.0, 3.0)], vec![(9000.0, 4.0)]]);
    }

    #[test]
    fn a_series_that_comes_later_has_a_gap_before() {
        let mut board = Board::default();
        board.take(frame(true, &[1000.0], &[1.0]));
        let mut later = frame(false, &[2000.0], &[9.0]);
        later.lines[0].key = 2;
        board.take(later);
        assert!(board.lines[0].values[1].is_nan() && board.lines[1].values[0].is_nan());
        board.take(frame(true, &[5000.0], &[1.0]));
        assert_eq!((board.times.len(), board.lines.len()), (1, 1));
    }
}
