//! STAND-IN for generated code: the types of `spec/canonical.yaml`. Replaced by the generated module.
use crate::wire::{Raw, Sealed};
use std::borrow::Cow;

/// One of: system, user, assistant, tool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// `system`
    System,
    /// `user`
    User,
    /// `assistant`
    Assistant,
    /// `tool`
    Tool,
}

impl Role {
    /// Every value, in the order of the spec.
    pub const ALL: &'static [Self] = &[Self::System, Self::User, Self::Assistant, Self::Tool];

    /// The name in the spec.
    pub const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
        }
    }
}

/// One of: auto, default, flex, priority, batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ServiceTier {
    /// `auto`
    Auto,
    /// `default`
    Default,
    /// `flex`
    Flex,
    /// `priority`
    Priority,
    /// `batch`
    Batch,
}

impl ServiceTier {
    /// Every value, in the order of the spec.
    pub const ALL: &'static [Self] = &[
        Self::Auto,
        Self::Default,
        Self::Flex,
        Self::Priority,
        Self::Batch,
    ];

    /// The name in the spec.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Default => "default",
            Self::Flex => "flex",
            Self::Priority => "priority",
            Self::Batch => "batch",
        }
    }
}

/// One of: stop, stop_sequence, length, tool_calls, content_filter, pause, error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FinishReason {
    /// `stop`
    Stop,
    /// `stop_sequence`
    StopSequence,
    /// `length`
    Length,
    /// `tool_calls`
    ToolCalls,
    /// `content_filter`
    ContentFilter,
    /// `pause`
    Pause,
    /// `error`
    Error,
}

impl FinishReason {
    /// Every value, in the order of the spec.
    pub const ALL: &'static [Self] = &[
        Self::Stop,
        Self::StopSequence,
        Self::Length,
        Self::ToolCalls,
        Self::ContentFilter,
        Self::Pause,
        Self::Error,
    ];

    /// The name in the spec.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::StopSequence => "stop_sequence",
            Self::Length => "length",
            Self::ToolCalls => "tool_calls",
            Self::ContentFilter => "content_filter",
            Self::Pause => "pause",
            Self::Error => "error",
        }
    }
}

/// One of: text, image, audio, file, tool_call, tool_result, thinking, refusal, other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartKind {
    /// `text`
    Text,
    /// `image`
    Image,
    /// `audio`
    Audio,
    /// `file`
    File,
    /// `tool_call`
    ToolCall,
    /// `tool_result`
    ToolResult,
    /// `thinking`
    Thinking,
    /// `refusal`
    Refusal,
    /// `other`
    Other,
}

impl PartKind {
    /// Every value, in the order of the spec.
    pub const ALL: &'static [Self] = &[
        Self::Text,
        Self::Image,
        Self::Audio,
        Self::File,
        Self::ToolCall,
        Self::ToolResult,
        Self::Thinking,
        Self::Refusal,
        Self::Other,
    ];

    /// The name in the spec.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Image => "image",
            Self::Audio => "audio",
            Self::File => "file",
            Self::ToolCall => "tool_call",
            Self::ToolResult => "tool_result",
            Self::Thinking => "thinking",
            Self::Refusal => "refusal",
            Self::Other => "other",
        }
    }
}

/// One of: data, text, url, id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// `data`
    Data,
    /// `text`
    Text,
    /// `url`
    Url,
    /// `id`
    Id,
}

impl SourceKind {
    /// Every value, in the order of the spec.
    pub const ALL: &'static [Self] = &[Self::Data, Self::Text, Self::Url, Self::Id];

    /// The name in the spec.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Text => "text",
            Self::Url => "url",
            Self::Id => "id",
        }
    }
}

/// One of: function, custom, hosted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ToolKind {
    /// `function`
    Function,
    /// `custom`
    Custom,
    /// `hosted`
    Hosted,
}

impl ToolKind {
    /// Every value, in the order of the spec.
    pub const ALL: &'static [Self] = &[Self::Function, Self::Custom, Self::Hosted];

    /// The name in the spec.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Custom => "custom",
            Self::Hosted => "hosted",
        }
    }
}

/// One of: text, json, json_schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResponseFormatKind {
    /// `text`
    Text,
    /// `json`
    Json,
    /// `json_schema`
    JsonSchema,
}

impl ResponseFormatKind {
    /// Every value, in the order of the spec.
    pub const ALL: &'static [Self] = &[Self::Text, Self::Json, Self::JsonSchema];

    /// The name in the spec.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::JsonSchema => "json_schema",
        }
    }
}

/// One of: start, open, delta, close, finish, usage, error, done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// `start`
    Start,
    /// `open`
    Open,
    /// `delta`
    Delta,
    /// `close`
    Close,
    /// `finish`
    Finish,
    /// `usage`
    Usage,
    /// `error`
    Error,
    /// `done`
    Done,
}

impl EventKind {
    /// Every value, in the order of the spec.
    pub const ALL: &'static [Self] = &[
        Self::Start,
        Self::Open,
        Self::Delta,
        Self::Close,
        Self::Finish,
        Self::Usage,
        Self::Error,
        Self::Done,
    ];

    /// The name in the spec.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Open => "open",
            Self::Delta => "delta",
            Self::Close => "close",
            Self::Finish => "finish",
            Self::Usage => "usage",
            Self::Error => "error",
            Self::Done => "done",
        }
    }
}

/// One of: low, medium, high.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChatRequestVerbosity {
    /// `low`
    Low,
    /// `medium`
    Medium,
    /// `high`
    High,
}

impl ChatRequestVerbosity {
    /// Every value, in the order of the spec.
    pub const ALL: &'static [Self] = &[Self::Low, Self::Medium, Self::High];

    /// The name in the spec.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// One of: auto, low, high, original.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PartDetail {
    /// `auto`
    Auto,
    /// `low`
    Low,
    /// `high`
    High,
    /// `original`
    Original,
}

impl PartDetail {
    /// Every value, in the order of the spec.
    pub const ALL: &'static [Self] = &[Self::Auto, Self::Low, Self::High, Self::Original];

    /// The name in the spec.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Low => "low",
            Self::High => "high",
            Self::Original => "original",
        }
    }
}

/// One of: 5m, 1h.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CacheTtl {
    /// `5m`
    N5m,
    /// `1h`
    N1h,
}

impl CacheTtl {
    /// Every value, in the order of the spec.
    pub const ALL: &'static [Self] = &[Self::N5m, Self::N1h];

    /// The name in the spec.
    pub const fn name(self) -> &'static str {
        match self {
            Self::N5m => "5m",
            Self::N1h => "1h",
        }
    }
}

/// One of: auto, none, required.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ToolChoiceMode {
    /// `auto`
    Auto,
    /// `none`
    None,
    /// `required`
    Required,
}

impl ToolChoiceMode {
    /// Every value, in the order of the spec.
    pub const ALL: &'static [Self] = &[Self::Auto, Self::None, Self::Required];

    /// The name in the spec.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::None => "none",
            Self::Required => "required",
        }
    }
}

/// One of: none, minimal, low, medium, high, xhigh, max.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReasoningEffort {
    /// `none`
    None,
    /// `minimal`
    Minimal,
    /// `low`
    Low,
    /// `medium`
    Medium,
    /// `high`
    High,
    /// `xhigh`
    Xhigh,
    /// `max`
    Max,
}

impl ReasoningEffort {
    /// Every value, in the order of the spec.
    pub const ALL: &'static [Self] = &[
        Self::None,
        Self::Minimal,
        Self::Low,
        Self::Medium,
        Self::High,
        Self::Xhigh,
        Self::Max,
    ];

    /// The name in the spec.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Xhigh => "xhigh",
            Self::Max => "max",
        }
    }
}

/// One of: invalid_request, authentication, billing, permission, not_found, timeout, conflict, too_large, rate_limit, quota, cancelled, internal, unsupported, upstream_bad, overloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// `invalid_request`
    InvalidRequest,
    /// `authentication`
    Authentication,
    /// `billing`
    Billing,
    /// `permission`
    Permission,
    /// `not_found`
    NotFound,
    /// `timeout`
    Timeout,
    /// `conflict`
    Conflict,
    /// `too_large`
    TooLarge,
    /// `rate_limit`
    RateLimit,
    /// `quota`
    Quota,
    /// `cancelled`
    Cancelled,
    /// `internal`
    Internal,
    /// `unsupported`
    Unsupported,
    /// `upstream_bad`
    UpstreamBad,
    /// `overloaded`
    Overloaded,
}

impl ErrorKind {
    /// Every value, in the order of the spec.
    pub const ALL: &'static [Self] = &[
        Self::InvalidRequest,
        Self::Authentication,
        Self::Billing,
        Self::Permission,
        Self::NotFound,
        Self::Timeout,
        Self::Conflict,
        Self::TooLarge,
        Self::RateLimit,
        Self::Quota,
        Self::Cancelled,
        Self::Internal,
        Self::Unsupported,
        Self::UpstreamBad,
        Self::Overloaded,
    ];

    /// The name in the spec.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::Authentication => "authentication",
            Self::Billing => "billing",
            Self::Permission => "permission",
            Self::NotFound => "not_found",
            Self::Timeout => "timeout",
            Self::Conflict => "conflict",
            Self::TooLarge => "too_large",
            Self::RateLimit => "rate_limit",
            Self::Quota => "quota",
            Self::Cancelled => "cancelled",
            Self::Internal => "internal",
            Self::Unsupported => "unsupported",
            Self::UpstreamBad => "upstream_bad",
            Self::Overloaded => "overloaded",
        }
    }
}

/// One of: chat, embed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ModelOperations {
    /// `chat`
    Chat,
    /// `embed`
    Embed,
}

impl ModelOperations {
    /// Every value, in the order of the spec.
    pub const ALL: &'static [Self] = &[Self::Chat, Self::Embed];

    /// The name in the spec.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Embed => "embed",
        }
    }
}

/// One call of the chat operation.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatRequest<'a> {
    /// The model's name as its provider knows it.
    pub model: Cow<'a, str>,
    /// The conversation so far.
    pub items: Vec<Item<'a>>,
    /// What the model may call.
    pub tools: Vec<Tool<'a>>,
    /// Whether and which tools must be called.
    pub tool_choice: Option<ToolChoice<'a>>,
    /// The form of the answer's text.
    pub response_format: Option<ResponseFormat<'a>>,
    /// How much thinking is asked for.
    pub reasoning: Option<Reasoning>,
    /// Bound on output tokens, thinking included.
    pub max_tokens: Option<i64>,
    /// Divisor of the logits.
    pub temperature: Option<f64>,
    /// Nucleus sampling, 0 to 1.
    pub top_p: Option<f64>,
    /// Sample among this many tokens.
    pub top_k: Option<i64>,
    /// Texts that end the answer.
    pub stop: Vec<Cow<'a, str>>,
    /// Seed of the sampler.
    pub seed: Option<i64>,
    /// Penalty on tokens already there.
    pub presence_penalty: Option<f64>,
    /// Penalty by how often a token is there.
    pub frequency_penalty: Option<f64>,
    /// Multiplicative penalty on repeated tokens.
    pub repetition_penalty: Option<f64>,
    /// Number of candidates.
    pub n: i64,
    /// Log probabilities are wanted.
    pub logprobs: bool,
    /// Alternatives per token.
    pub top_logprobs: Option<i64>,
    /// Bias by token id.
    pub logit_bias: Option<Raw<'a>>,
    /// Length of the answer.
    pub verbosity: Option<ChatRequestVerbosity>,
    /// Predicted output.
    pub prediction: Option<Raw<'a>>,
    /// The end user's opaque id.
    pub user: Option<Cow<'a, str>>,
    /// The caller's own labels.
    pub metadata: Option<Raw<'a>>,
    /// Class of service.
    pub service_tier: Option<ServiceTier>,
    /// Cache up to the last part that can be cached.
    pub cache: Option<Cache>,
    /// Hint that routes to a prompt cache.
    pub cache_key: Option<Cow<'a, str>>,
    /// Handle of a stored prompt.
    pub cached_content: Option<Sealed<'a>>,
    /// A vendor's moderation switches.
    pub safety: Option<Sealed<'a>>,
    /// The provider may keep the exchange.
    pub store: Option<bool>,
    /// The answer is wanted piece by piece.
    pub stream: bool,
    /// A stream shall report usage.
    pub include_usage: bool,
    /// Of two framings of a stream, server-sent events are wanted.
    pub server_sent_events: bool,
}

impl<'a> Default for ChatRequest<'a> {
    fn default() -> Self {
        Self {
            model: Cow::Borrowed(""),
            items: Vec::new(),
            tools: Vec::new(),
            tool_choice: None,
            response_format: None,
            reasoning: None,
            max_tokens: None,
            temperature: None,
            top_p: None,
            top_k: None,
            stop: Vec::new(),
            seed: None,
            presence_penalty: None,
            frequency_penalty: None,
            repetition_penalty: None,
            n: 1,
            logprobs: false,
            top_logprobs: None,
            logit_bias: None,
            verbosity: None,
            prediction: None,
            user: None,
            metadata: None,
            service_tier: None,
            cache: None,
            cache_key: None,
            cached_content: None,
            safety: None,
            store: None,
            stream: false,
            include_usage: false,
            server_sent_events: false,
        }
    }
}

/// One part of one turn; the stored form of a conversation. An item of a tool's result always has role tool.
#[derive(Debug, Clone, PartialEq)]
pub struct Item<'a> {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub part: Part<'a>,
    /// A new turn begins here.
    pub opens: bool,
    /// The participant; held by the item that opens the turn.
    pub name: Option<Cow<'a, str>>,
}

impl<'a> Default for Item<'a> {
    fn default() -> Self {
        Self {
            role: Role::User,
            part: Part::default(),
            opens: false,
            name: None,
        }
    }
}

/// The smallest unit of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub struct Part<'a> {
    /// Which of the fields are in use.
    pub kind: PartKind,
    /// A prompt cache may end after this part.
    pub cache: Option<Cache>,
    /// The provider's proof that it wrote this part.
    pub signature: Option<Sealed<'a>>,
    /// Place among all parts of the candidate.
    pub index: Option<i64>,
    /// Place among the parts that the same wire property holds.
    pub ordinal: Option<i64>,
    /// The text of a text, thinking or refusal part.
    pub text: Option<Cow<'a, str>>,
    /// Sources of the text.
    pub citations: Option<Sealed<'a>>,
    /// Where the bytes are.
    pub source: Option<Source<'a>>,
    /// Resolution at which the model looks.
    pub detail: Option<PartDetail>,
    /// A file's, tool's or result's name.
    pub name: Option<Cow<'a, str>>,
    /// Id of a call; in a result the id of the call it answers.
    pub id: Option<Cow<'a, str>>,
    /// The arguments' JSON text as it came.
    pub arguments: Option<Cow<'a, str>>,
    /// The arguments are free text.
    pub free: bool,
    /// What the tool gave.
    pub parts: Vec<Part<'a>>,
    /// The tool failed.
    pub is_error: bool,
    /// Encrypted thinking.
    pub redacted: Option<Sealed<'a>>,
    /// The part as it came.
    pub raw: Option<Sealed<'a>>,
}

impl<'a> Default for Part<'a> {
    fn default() -> Self {
        Self {
            kind: PartKind::Text,
            cache: None,
            signature: None,
            index: None,
            ordinal: None,
            text: None,
            citations: None,
            source: None,
            detail: None,
            name: None,
            id: None,
            arguments: None,
            free: false,
            parts: Vec::new(),
            is_error: false,
            redacted: None,
            raw: None,
        }
    }
}

/// Where bytes are: base64 as it came, plain text of a text file, a link, or a provider's own handle.
#[derive(Debug, Clone, PartialEq)]
pub struct Source<'a> {
    /// Which of the fields are in use.
    pub kind: SourceKind,
    /// The medium's type.
    pub media_type: Option<Cow<'a, str>>,
    /// The bytes.
    pub data: Option<Cow<'a, str>>,
    /// The text.
    pub text: Option<Cow<'a, str>>,
    /// The link.
    pub url: Option<Cow<'a, str>>,
    /// The handle.
    pub id: Option<Sealed<'a>>,
}

impl<'a> Default for Source<'a> {
    fn default() -> Self {
        Self {
            kind: SourceKind::Data,
            media_type: None,
            data: None,
            text: None,
            url: None,
            id: None,
        }
    }
}

/// A mark up to which a prompt may be cached.
#[derive(Debug, Clone, PartialEq)]
pub struct Cache {
    /// How long.
    pub ttl: CacheTtl,
}

impl Default for Cache {
    fn default() -> Self {
        Self { ttl: CacheTtl::N5m }
    }
}

/// Something the model may call.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool<'a> {
    /// Which of the fields are in use.
    pub kind: ToolKind,
    /// Its name.
    pub name: Option<Cow<'a, str>>,
    /// What it does.
    pub description: Option<Cow<'a, str>>,
    /// JSON Schema of its arguments.
    pub schema: Option<Raw<'a>>,
    /// Arguments must follow the schema.
    pub strict: bool,
    /// A prompt cache may end after this tool.
    pub cache: Option<Cache>,
    /// The form of a custom tool's free text.
    pub format: Option<Raw<'a>>,
    /// A hosted tool as it came.
    pub raw: Option<Sealed<'a>>,
}

impl<'a> Default for Tool<'a> {
    fn default() -> Self {
        Self {
            kind: ToolKind::Function,
            name: None,
            description: None,
            schema: None,
            strict: false,
            cache: None,
            format: None,
            raw: None,
        }
    }
}

/// A named tool is `required` with one name; an allowed set is `auto` or `required` with names.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolChoice<'a> {
    /// Whether tools are called.
    pub mode: ToolChoiceMode,
    /// The tools that may be called; none named means all.
    pub names: Vec<Cow<'a, str>>,
    /// Several calls at once are welcome.
    pub parallel: bool,
}

impl<'a> Default for ToolChoice<'a> {
    fn default() -> Self {
        Self {
            mode: ToolChoiceMode::Auto,
            names: Vec::new(),
            parallel: true,
        }
    }
}

/// The form of the answer's text.
#[derive(Debug, Clone, PartialEq)]
pub struct ResponseFormat<'a> {
    /// Which of the fields are in use.
    pub kind: ResponseFormatKind,
    /// JSON Schema of the answer.
    pub schema: Option<Raw<'a>>,
    /// The schema's name.
    pub name: Cow<'a, str>,
    /// The answer must follow the schema.
    pub strict: bool,
    /// What the schema is for.
    pub description: Option<Cow<'a, str>>,
}

impl<'a> Default for ResponseFormat<'a> {
    fn default() -> Self {
        Self {
            kind: ResponseFormatKind::Text,
            schema: None,
            name: Cow::Borrowed("response"),
            strict: false,
            description: None,
        }
    }
}

/// How much thinking is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Reasoning {
    /// In words.
    pub effort: Option<ReasoningEffort>,
    /// In tokens.
    pub budget: Option<i64>,
    /// The caller wants to see thinking text.
    pub show: Option<bool>,
}

impl Default for Reasoning {
    fn default() -> Self {
        Self {
            effort: None,
            budget: None,
            show: None,
        }
    }
}

/// The answer to one call, or a fragment of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ChatResponse<'a> {
    /// The provider's id of the answer.
    pub id: Cow<'a, str>,
    /// Id of the provider that answered.
    pub provider: Option<Cow<'a, str>>,
    /// The model that answered.
    pub model: Cow<'a, str>,
    /// Seconds since 1970.
    pub created: i64,
    /// The alternatives.
    pub candidates: Vec<Candidate<'a>>,
    /// Tokens used.
    pub usage: Option<Usage>,
    /// Class of service given.
    pub service_tier: Option<ServiceTier>,
}

impl<'a> Default for ChatResponse<'a> {
    fn default() -> Self {
        Self {
            id: Cow::Borrowed(""),
            provider: None,
            model: Cow::Borrowed(""),
            created: 0,
            candidates: Vec::new(),
            usage: None,
            service_tier: None,
        }
    }
}

/// One alternative.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate<'a> {
    /// Its place.
    pub index: i64,
    /// Always assistant; in a stream only the start holds it.
    pub role: Option<Role>,
    /// What was said.
    pub parts: Vec<Part<'a>>,
    /// Why it ended.
    pub finish: Option<FinishReason>,
    /// The stop text that was met.
    pub stop_text: Option<Cow<'a, str>>,
    /// Log probabilities of the text's tokens.
    pub logprobs: Vec<Logprob<'a>>,
}

impl<'a> Default for Candidate<'a> {
    fn default() -> Self {
        Self {
            index: 0,
            role: None,
            parts: Vec::new(),
            finish: None,
            stop_text: None,
            logprobs: Vec::new(),
        }
    }
}

/// Log probability of one token.
#[derive(Debug, Clone, PartialEq)]
pub struct Logprob<'a> {
    /// The token.
    pub token: Option<Cow<'a, str>>,
    /// Its log probability.
    pub logprob: Option<f64>,
    /// Its bytes.
    pub bytes: Vec<i64>,
    /// The likeliest alternatives.
    pub top: Vec<Logprob<'a>>,
}

impl<'a> Default for Logprob<'a> {
    fn default() -> Self {
        Self {
            token: None,
            logprob: None,
            bytes: Vec::new(),
            top: Vec::new(),
        }
    }
}

/// Every report replaces the fields that it names. Input holds cached, cache_write and tool_input; output holds reasoning.
#[derive(Debug, Clone, PartialEq)]
pub struct Usage {
    /// All input tokens.
    pub input: Option<i64>,
    /// Input tokens read from a cache.
    pub cached: Option<i64>,
    /// Input tokens written to a cache.
    pub cache_write: Option<i64>,
    /// Input tokens of hosted tools.
    pub tool_input: Option<i64>,
    /// All output tokens.
    pub output: Option<i64>,
    /// Output tokens of thinking.
    pub reasoning: Option<i64>,
    /// All tokens.
    pub total: Option<i64>,
}

impl Default for Usage {
    fn default() -> Self {
        Self {
            input: None,
            cached: None,
            cache_write: None,
            tool_input: None,
            output: None,
            reasoning: None,
            total: None,
        }
    }
}

/// One step of a streamed answer. What a delta names is appended to the open part; everything else is set.
#[derive(Debug, Clone, PartialEq)]
pub struct Event<'a> {
    /// Which of the fields are in use.
    pub event: EventKind,
    /// The answer as far as known.
    pub response: Option<Box<ChatResponse<'a>>>,
    /// The candidate.
    pub candidate: i64,
    /// Place of the part among all parts of its candidate.
    pub index: Option<i64>,
    /// Place of the part among those of its own family of frames.
    pub ordinal: Option<i64>,
    /// Kind of the part.
    pub kind: Option<PartKind>,
    /// The head of a part; what a delta names is empty.
    pub part: Option<Box<Part<'a>>>,
    /// More text.
    pub text: Option<Cow<'a, str>>,
    /// More of the arguments' JSON text.
    pub arguments: Option<Cow<'a, str>>,
    /// The signature.
    pub signature: Option<Sealed<'a>>,
    /// Of the tokens of this text.
    pub logprobs: Vec<Logprob<'a>>,
    /// Why it ended.
    pub finish: Option<FinishReason>,
    /// The stop text that was met.
    pub stop_text: Option<Cow<'a, str>>,
    /// Tokens used so far.
    pub usage: Option<Usage>,
    /// What went wrong.
    pub error: Option<Box<Error<'a>>>,
}

impl<'a> Default for Event<'a> {
    fn default() -> Self {
        Self {
            event: EventKind::Start,
            response: None,
            candidate: 0,
            index: None,
            ordinal: None,
            kind: None,
            part: None,
            text: None,
            arguments: None,
            signature: None,
            logprobs: Vec::new(),
            finish: None,
            stop_text: None,
            usage: None,
            error: None,
        }
    }
}

/// What went wrong, in terms of every dialect.
#[derive(Debug, Clone, PartialEq)]
pub struct Error<'a> {
    /// What it is.
    pub kind: ErrorKind,
    /// The HTTP status; a dialect overrides single kinds under its `responses`.
    pub status: Option<i64>,
    /// For people.
    pub message: Option<Cow<'a, str>>,
    /// For programs.
    pub code: Option<Cow<'a, str>>,
    /// The field at fault.
    pub param: Option<Cow<'a, str>>,
    /// Seconds to wait.
    pub retry_after: Option<f64>,
    /// The request's id.
    pub request_id: Option<Cow<'a, str>>,
}

impl<'a> Default for Error<'a> {
    fn default() -> Self {
        Self {
            kind: ErrorKind::Internal,
            status: None,
            message: None,
            code: None,
            param: None,
            retry_after: None,
            request_id: None,
        }
    }
}

/// One page of a list of models.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelsRequest<'a> {
    /// `next` of the page before.
    pub after: Option<Cow<'a, str>>,
    /// Models a page.
    pub limit: Option<i64>,
    /// The page, from 1, for dialects that count pages.
    pub page: Option<i64>,
}

impl<'a> Default for ModelsRequest<'a> {
    fn default() -> Self {
        Self {
            after: None,
            limit: None,
            page: None,
        }
    }
}

/// One page of models. Another is asked for while `more`, or where it is unbound while `next` is there.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelsResponse<'a> {
    /// Id of the provider that listed them.
    pub provider: Option<Cow<'a, str>>,
    /// The models.
    pub models: Vec<Model<'a>>,
    /// Where the next page begins.
    pub next: Option<Cow<'a, str>>,
    /// There is another page.
    pub more: Option<bool>,
    /// Models on all pages.
    pub total: Option<i64>,
}

impl<'a> Default for ModelsResponse<'a> {
    fn default() -> Self {
        Self {
            provider: None,
            models: Vec::new(),
            next: None,
            more: None,
            total: None,
        }
    }
}

/// A model that a provider lists.
#[derive(Debug, Clone, PartialEq)]
pub struct Model<'a> {
    /// What a request names it by.
    pub id: Cow<'a, str>,
    /// What people call it.
    pub name: Option<Cow<'a, str>>,
    /// Seconds since 1970.
    pub created: Option<i64>,
    /// Who made it.
    pub owner: Option<Cow<'a, str>>,
    /// Input tokens it takes.
    pub context: Option<i64>,
    /// Output tokens it gives.
    pub max_output: Option<i64>,
    /// What it can do; none named means unknown.
    pub operations: Vec<ModelOperations>,
}

impl<'a> Default for Model<'a> {
    fn default() -> Self {
        Self {
            id: Cow::Borrowed(""),
            name: None,
            created: None,
            owner: None,
            context: None,
            max_output: None,
            operations: Vec::new(),
        }
    }
}
