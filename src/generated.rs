//! The seam: everything that the compiler makes enters here, and nowhere else.

/// STAND-IN: the loss ledger.
pub mod ledger {
    use crate::table::Verdict;
    /// A canonical field.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Field(pub u16);
    /// Verdict by field.
    pub type Table = [Verdict; FIELDS];
    /// Number of fields.
    pub const FIELDS: usize = 200;
}

/// STAND-IN: the provider and route tables.
pub mod providers {
    /// In the order of the spec.
    pub static PROVIDERS: &[crate::table::Provider] = &[];
}

/// STAND-IN: the route table.
pub mod routes {
    /// In the order of the spec.
    pub static ROUTES: &[crate::table::Route] = &[];
}

/// STAND-IN: what the environment says; the text is what the compiler makes of the spec.
#[path = "generated_settings.rs"]
pub mod settings;
