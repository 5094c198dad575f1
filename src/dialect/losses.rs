//! What could not be said as it was, for those who asked.

use crate::table::{Loss, LossKind};

/// The losses in order, each once.
pub fn tidy(mut losses: Vec<Loss>) -> Vec<Loss> {
    losses.sort();
    losses.dedup();
    losses
}

/// The names of what was lost in this way, as a header's value: `logit_bias,top_k`. `None` if nothing was.
pub fn header(losses: &[Loss], what: LossKind) -> Option<String> {
    if losses.is_empty() {
        return None;
    }
    let lost = losses.iter().filter(|loss| loss.what == what);
    let mut names: Vec<&str> = lost.map(|loss| loss.field.as_ref()).collect();
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then(|| names.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;
    use LossKind::{Dropped, Nearest};

    #[test]
    fn each_once() {
        let losses: Vec<_> = [
            ("top_k", Dropped),
            ("image", Nearest),
            ("top_k", Dropped),
            ("logit_bias", Dropped),
        ]
        .map(|(field, what)| Loss {
            field: field.into(),
            what,
        })
        .into();
        assert_eq!(
            header(&losses, Dropped).as_deref(),
            Some("logit_bias,top_k")
        );
        assert_eq!(header(&losses, Nearest).as_deref(), Some("image"));
        assert_eq!(header(&[], Dropped), None);
        assert_eq!(tidy(losses).len(), 3);
    }
}
