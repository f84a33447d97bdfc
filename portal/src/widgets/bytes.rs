//! Amounts in the units Kubernetes uses.

/// Bytes as `10Gi`; the API hands them over as a float because GraphQL integers have 32 bits.
pub fn bytes(amount: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be in range")]
    let whole = if amount.is_finite() && amount > 0.0 { amount.min(9e15) as u64 } else { 0 };
    hypo_shared::quantity::format_bytes(whole)
}
