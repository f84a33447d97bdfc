//! What a camera sees: a noisy dark background with bright objects that drift through. The same seed and number give
//! the same picture, so tests know what the detector must find.

use super::Frame;

pub const WIDTH: usize = 32;
pub const HEIGHT: usize = 24;

/// Edge of an object, in pixels.
const OBJECT: usize = 4;

/// The picture `number` of the film `seed`.
pub fn frame(camera: &str, seed: u64, number: u64, taken_ms: u64) -> Frame {
    let mut pixels = vec![0_u8; WIDTH * HEIGHT];
    let mut noise = seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for pixel in &mut pixels {
        *pixel = (next(&mut noise) % 60) as u8;
    }
    for (left, top) in objects(seed, number) {
        for row in pixels.chunks_mut(WIDTH).skip(top).take(OBJECT) {
            row[left..left + OBJECT].fill(220);
        }
    }
    let pixels = pixels.iter().map(|byte| format!("{byte:02x}")).collect();
    Frame { camera: camera.to_owned(), number, taken_ms, width: WIDTH, height: HEIGHT, pixels }
}

/// Top left corners of the objects in picture `number`: none to three, each in a lane of its own so that they never
/// touch. A scene lasts ten pictures.
pub fn objects(seed: u64, number: u64) -> Vec<(usize, usize)> {
    let mut chance = seed.wrapping_add(number / 10).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let count = next(&mut chance) % 4;
    (0..count)
        .map(|lane| {
            let start = (next(&mut chance) % 16) as usize;
            let drift = (number % 10) as usize;
            (start + drift, lane as usize * (OBJECT + 3) + 1)
        })
        .collect()
}

/// SplitMix64 (Steele, Lea, Flood 2014).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn films_repeat_and_differ() {
        assert_eq!(frame("a", 7, 12, 0).pixels, frame("b", 7, 12, 9).pixels);
        assert_ne!(frame("a", 7, 12, 0).pixels, frame("a", 8, 12, 0).pixels);
        assert_eq!(frame("a", 7, 12, 0).pixels.len(), WIDTH * HEIGHT * 2);
    }

    #[test]
    fn objects_stay_inside() {
        for number in 0..500 {
            for (left, top) in objects(3, number) {
                assert!(left + OBJECT <= WIDTH && top + OBJECT <= HEIGHT, "{left} {top}");
            }
        }
    }
}
