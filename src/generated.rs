//! The seam: everything that the compiler makes enters here, and nowhere else.

/// STAND-IN: the loss ledger.
pub mod ledger {
    use crate::canonical::{ChatRequest, ChatResponse, PartKind, Role};
    use crate::error::Fault;
    use crate::table::{Loss, LossKind, Verdict};
    /// A canonical field.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub struct Field(pub u16);
    impl Field {
        /// `ChatRequest.top_k`
        pub const CHAT_REQUEST_TOP_K: Self = Self(0);
        /// `ChatRequest.seed`
        pub const CHAT_REQUEST_SEED: Self = Self(1);
        /// `ChatRequest.tools`
        pub const CHAT_REQUEST_TOOLS: Self = Self(2);
        /// `ChatRequest.tool_choice`
        pub const CHAT_REQUEST_TOOL_CHOICE: Self = Self(3);
        /// `Reasoning.effort`
        pub const REASONING_EFFORT: Self = Self(4);
        /// `Reasoning.budget`
        pub const REASONING_BUDGET: Self = Self(5);
        /// `ToolChoice.names`
        pub const TOOL_CHOICE_NAMES: Self = Self(6);
        /// `Source.text`
        pub const SOURCE_TEXT: Self = Self(7);
        /// `ToolResult.is_error`
        pub const TOOL_RESULT_IS_ERROR: Self = Self(8);
        /// `Tool.custom`
        pub const TOOL_CUSTOM: Self = Self(9);
    }
    /// Verdict by field.
    pub type Table = [Verdict; FIELDS];
    /// Number of fields.
    pub const FIELDS: usize = 200;
    /// Names by field, as a report shows them.
    pub static FIELD_NAMES: [&str; FIELDS] = names();

    /// The field that stands for a whole kind of part.
    pub const fn kind(kind: PartKind) -> Field {
        Field(20 + kind as u16)
    }

    /// The field that stands for a kind of part in the turns of a role, or in a tool's result (`None`).
    pub const fn place(role: Option<Role>, kind: PartKind) -> Field {
        match role {
            None => Field(30 + kind as u16),
            Some(role) => Field(40 + 10 * role as u16 + kind as u16),
        }
    }

    /// Whether the request says something there.
    pub fn present(request: &ChatRequest<'_>, field: Field) -> bool {
        let reasoning = request.reasoning.as_ref();
        match field {
            Field::CHAT_REQUEST_TOP_K => request.top_k.is_some(),
            Field::CHAT_REQUEST_SEED => request.seed.is_some(),
            Field::CHAT_REQUEST_TOOLS => !request.tools.is_empty(),
            Field::REASONING_EFFORT => reasoning.is_some_and(|it| it.effort.is_some()),
            Field::REASONING_BUDGET => reasoning.is_some_and(|it| it.budget.is_some()),
            _ => false,
        }
    }

    /// Leaves out what the table drops, refuses what it refuses.
    pub fn settle_request(
        request: &mut ChatRequest<'_>,
        table: &Table,
        losses: &mut Vec<Loss>,
    ) -> Result<(), Fault> {
        for (place, verdict) in table.iter().enumerate() {
            let field = Field(place as u16);
            match verdict {
                Verdict::Drop if present(request, field) => losses.push(Loss {
                    field: FIELD_NAMES[place].into(),
                    what: LossKind::Dropped,
                }),
                Verdict::Refuse(reason) if present(request, field) => {
                    return Err(Fault::new(*reason).at(FIELD_NAMES[place]));
                }
                _ => continue,
            }
            match field {
                Field::CHAT_REQUEST_TOP_K => request.top_k = None,
                Field::CHAT_REQUEST_SEED => request.seed = None,
                Field::REASONING_EFFORT | Field::REASONING_BUDGET => request.reasoning = None,
                _ => {}
            }
        }
        Ok(())
    }

    /// Leaves out what the table drops.
    pub fn settle_response(
        _response: &mut ChatResponse<'_>,
        _table: &Table,
        _losses: &mut Vec<Loss>,
    ) -> Result<(), Fault> {
        Ok(())
    }

    const fn names() -> [&'static str; FIELDS] {
        let mut names = [""; FIELDS];
        names[0] = "top_k";
        names[1] = "seed";
        names[2] = "tools";
        names[3] = "tool_choice";
        names[4] = "reasoning.effort";
        names[5] = "reasoning.budget";
        names[6] = "tool_choice.names";
        names[7] = "source.text";
        names[8] = "tool_result.is_error";
        names[9] = "tools.custom";
        let mut at = 0;
        while at < PartKind::ALL.len() {
            let name = PartKind::ALL[at].name();
            let mut row = 20;
            while row < 80 {
                names[row + at] = name;
                row += 10;
            }
            at += 1;
        }
        names
    }
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
