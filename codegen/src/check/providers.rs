//! Providers among each other.

use crate::fault::Faults;
use crate::model::provider::Provider;

/// Reports an id that two providers have.
pub fn check(providers: &[Provider], faults: &Faults) {
    for (i, provider) in providers.iter().enumerate() {
        let same = providers[..i].iter().find(|first| first.id == provider.id);
        if let Some(first) = same {
            let what = format!(
                "the id '{}' is already that of {}",
                provider.id, first.place
            );
            faults.add(&provider.place.child("id"), what);
        }
    }
}
