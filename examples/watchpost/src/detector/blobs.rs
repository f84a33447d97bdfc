//! Counts connected bright areas.

use crate::gateway::Frame;

/// The number of areas of at least four connected pixels (4-neighbourhood) brighter than `threshold`; `None` when the
/// frame's pixels are not `width` × `height`.
pub fn count(frame: &Frame, threshold: u8) -> Option<usize> {
    let (width, height) = (frame.width, frame.height);
    if width == 0 || frame.pixels.len() != width.checked_mul(height)?.checked_mul(2)? || !frame.pixels.is_ascii() {
        return None;
    }
    let mut bright = Vec::with_capacity(width * height);
    for at in (0..frame.pixels.len()).step_by(2) {
        bright.push(u8::from_str_radix(&frame.pixels[at..at + 2], 16).ok()? > threshold);
    }
    let mut areas = 0;
    for start in 0..bright.len() {
        if bright[start] && flood(&mut bright, width, start) >= 4 {
            areas += 1;
        }
    }
    Some(areas)
}

/// Darkens the area around `start` and returns its size in pixels.
fn flood(bright: &mut [bool], width: usize, start: usize) -> usize {
    let mut open = vec![start];
    let mut size = 0;
    while let Some(at) = open.pop() {
        if !std::mem::take(&mut bright[at]) {
            continue;
        }
        size += 1;
        let column = at % width;
        let left = (column > 0).then(|| at - 1);
        let right = (column + 1 < width).then_some(at + 1);
        let up = at.checked_sub(width);
        let down = Some(at + width).filter(|below| *below < bright.len());
        open.extend([left, right, up, down].into_iter().flatten());
    }
    size
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gateway::scene::{frame, objects};

    #[test]
    fn finds_what_the_scene_holds() {
        for seed in [1, 7, 42] {
            for number in 0..200 {
                let expected = objects(seed, number).len();
                assert_eq!(count(&frame("a", seed, number, 0), 128), Some(expected), "seed {seed}, frame {number}");
            }
        }
    }

    #[test]
    fn refuses_a_torn_frame() {
        let mut torn = frame("a", 1, 1, 0);
        torn.pixels.pop();
        assert_eq!(count(&torn, 128), None);
    }
}
