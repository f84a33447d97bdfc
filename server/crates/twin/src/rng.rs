//! Seeded generation of names and uids: the same seed and history give the same names.

/// SplitMix64.
#[derive(Clone, Debug)]
pub struct Rng(u64);

/// Kubernetes' alphabet for generated names: no vowels, nothing that looks alike.
const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";

impl Rng {
    /// A generator for a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A random version-4 uid.
    pub fn uid(&mut self) -> String {
        let bytes = (u128::from(self.next()) << 64 | u128::from(self.next())).to_be_bytes();
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// Five characters for `generateName`.
    pub fn suffix(&mut self) -> String {
        encode(self.next(), 5)
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// A stable number for a text (FNV-1a, mixed).
pub fn hash(text: &str) -> u64 {
    mix(text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)))
}

/// A number in the name alphabet.
pub fn encode(mut number: u64, length: usize) -> String {
    let size = ALPHABET.len() as u64;
    (0..length)
        .map(|_| {
            let index = usize::try_from(number % size).expect("smaller than the alphabet");
            number /= size;
            char::from(ALPHABET[index])
        })
        .collect()
}
