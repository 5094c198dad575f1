//! The seam: everything that the compiler makes enters here, and nowhere else.

/// STAND-IN: the loss ledger.
pub mod ledger {
    use crate::canonical::{ChatRequest, ChatResponse, PartKind, Role};
    use crate::error::Fault;
    use crate::table::{Loss, Verdict};
    /// A canonical field.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
        /// `Tool.function`
        pub const TOOL_FUNCTION: Self = Self(10);
        /// `Tool.hosted`
        pub const TOOL_HOSTED: Self = Self(11);
        /// `ResponseFormat.text`
        pub const RESPONSE_FORMAT_TEXT: Self = Self(12);
        /// `ResponseFormat.json`
        pub const RESPONSE_FORMAT_JSON: Self = Self(13);
        /// `ResponseFormat.json_schema`
        pub const RESPONSE_FORMAT_JSON_SCHEMA: Self = Self(14);
        /// `ChatResponse.service_tier`
        pub const CHAT_RESPONSE_SERVICE_TIER: Self = Self(15);

        /// The name that reports use.
        pub fn name(self) -> &'static str {
            FIELD_NAMES
                .get(usize::from(self.0))
                .copied()
                .unwrap_or_default()
        }
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
            None | Some(Role::Tool) => Field(30 + kind as u16),
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

    /// Carries verdicts out: drops and reports, or refuses.
    pub fn settle_request(
        request: &mut ChatRequest<'_>,
        table: &Table,
        losses: &mut Vec<Loss>,
    ) -> Result<(), Fault> {
        use crate::dialect::settle::falls;
        if request.top_k.is_some() && falls(table, Field::CHAT_REQUEST_TOP_K, losses)? {
            request.top_k = None;
        }
        if request.seed.is_some() && falls(table, Field::CHAT_REQUEST_SEED, losses)? {
            request.seed = None;
        }
        if let Some(reasoning) = &mut request.reasoning {
            if reasoning.effort.is_some() && falls(table, Field::REASONING_EFFORT, losses)? {
                reasoning.effort = None;
            }
            if reasoning.budget.is_some() && falls(table, Field::REASONING_BUDGET, losses)? {
                reasoning.budget = None;
            }
        }
        Ok(())
    }

    /// The same for a reply.
    pub fn settle_response(
        response: &mut ChatResponse<'_>,
        table: &Table,
        losses: &mut Vec<Loss>,
    ) -> Result<(), Fault> {
        use crate::dialect::settle::falls;
        let field = Field::CHAT_RESPONSE_SERVICE_TIER;
        if response.service_tier.is_some() && falls(table, field, losses)? {
            response.service_tier = None;
        }
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
        names[9] = "custom";
        names[11] = "hosted";
        names[13] = "json";
        names[14] = "json_schema";
        names[15] = "service_tier";
        let rows: [(usize, [&str; 9]); 5] = [
            (
                20,
                [
                    "text",
                    "image",
                    "audio",
                    "file",
                    "tool_call",
                    "tool_result",
                    "thinking",
                    "refusal",
                    "other",
                ],
            ),
            (
                30,
                [
                    "result.text",
                    "result.image",
                    "result.audio",
                    "result.file",
                    "",
                    "",
                    "",
                    "",
                    "",
                ],
            ),
            (
                40,
                ["system.text", "system.image", "", "", "", "", "", "", ""],
            ),
            (50, ["user.text", "user.image", "", "", "", "", "", "", ""]),
            (
                60,
                [
                    "assistant.text",
                    "assistant.image",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                ],
            ),
        ];
        let mut row = 0;
        while row < rows.len() {
            let mut at = 0;
            while at < 9 {
                names[rows[row].0 + at] = rows[row].1[at];
                at += 1;
            }
            row += 1;
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
