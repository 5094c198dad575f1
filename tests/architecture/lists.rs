//! What is allowed, as lists. A new entry says in review what changed in the shape of the project.

/// Folders and files of `src`, lowest first. One may import only from groups before its own.
pub const ORDER: &[&[&str]] = &[
    &["error", "scan"],
    &["codec", "env", "wire"],
    // One unit: tables are stated in canonical types, and what is generated fills the tables.
    &["generated", "table", "canonical"],
    &["config"],
    &["observe"],
    &["dialect", "provider", "server"],
    &["stream", "upstream"],
    &["auth"],
    &["route", "mock"],
    &["app"],
    &["main"],
];

/// Groups whose members may import each other.
pub const UNITS: &[&str] = &["generated", "table", "canonical"];

/// Stages of the compiler: what each may know besides faults, names and places.
pub const STAGES: &[(&str, &[&str])] = &[
    ("source", &["source"]),
    ("model", &["model"]),
    ("lower", &["lower", "model", "source"]),
    ("check", &["check", "model"]),
    ("emit", &["emit", "model"]),
];

/// Known to every stage.
pub const SHARED: &[&str] = &["fault", "names"];

/// Vendors and their formats. "openapi" is another word.
pub const VENDORS: &str =
    "(?i)anthropic|openai|gemini|google|cohere|ollama|groq|cloudflare|mistral|deepseek";

/// Packages that the project uses itself, each with its reason.
pub const DEPENDENCIES: &[(&str, &[(&str, &str)])] = &[
    (
        "dependencies",
        &[
            ("base64", "binary data in JSON"),
            (
                "bytes",
                "pieces of a body that are shared instead of copied",
            ),
            ("clap", "the command line"),
            ("futures-util", "providers are asked at the same time"),
            ("http-body-util", "bodies of hyper"),
            (
                "httparse",
                "heads of replies, on connections that cost a stream less than hyper's",
            ),
            ("hyper", "HTTP/1.1 and HTTP/2, both sides"),
            ("hyper-rustls", "TLS to providers"),
            (
                "hyper-util",
                "tokio for hyper, TCP connections to providers",
            ),
            ("itoa", "numbers of log lines"),
            ("jsonwebtoken", "tokens of an issuer"),
            ("memchr", "bodies are looked over many bytes at a time"),
            ("opentelemetry", "traces"),
            (
                "opentelemetry-http",
                "traces are sent by our own HTTP client",
            ),
            ("opentelemetry-otlp", "how traces are sent"),
            ("opentelemetry_sdk", "how traces are gathered"),
            ("prometheus-client", "metrics"),
            ("regex-lite", "patterns of the spec, without large tables"),
            ("rustls", "TLS"),
            ("serde", "JSON"),
            ("serde_json", "JSON"),
            ("time", "dates of the wire"),
            (
                "tikv-jemallocator",
                "gives memory back after large bodies, and little is lost among many connections",
            ),
            ("tokio", "the runtime"),
            ("tokio-rustls", "TLS to clients"),
            ("tower-service", "the trait by which hyper-rustls connects"),
            ("tracing", "logs"),
            (
                "wide",
                "texts are looked at sixteen bytes at a time, without unsafe code",
            ),
        ],
    ),
    (
        "dev-dependencies",
        &[
            ("codegen", "the compiler is tested through the spec"),
            (
                "divan",
                "times of the dialects' steps, in groups made from the tables",
            ),
            ("inference-gateway-sdk", "the published client of this API"),
            (
                "jsonschema",
                "what is sent is held against the schemas of the spec",
            ),
            ("opentelemetry-proto", "what an OTLP receiver is sent"),
            ("proptest", "laws over generated conversations"),
            ("prost", "reads it"),
            ("rcgen", "certificates for tests"),
            ("serde_yaml", "the spec as plain YAML"),
            (
                "tracing-subscriber",
                "our log lines are held against its own",
            ),
        ],
    ),
    ("build-dependencies", &[("codegen", "the compiler")]),
];

/// Packages of the compiler.
pub const CODEGEN_DEPENDENCIES: &[(&str, &[(&str, &str)])] = &[(
    "dependencies",
    &[
        ("prettyplease", "tokens to text"),
        ("proc-macro2", "tokens"),
        ("quote", "tokens"),
        ("regex-lite", "patterns of the spec must compile"),
        ("serde", "JSON"),
        ("serde_json", "the tree behind the YAML"),
        ("serde_yaml", "YAML; stays out of the gateway's binary"),
        ("syn", "text to tokens and back"),
    ],
)];

/// What may stand beside each other at the top.
pub const TOP: &[&str] = &[
    ".ci",
    ".dockerignore",
    ".github",
    ".gitignore",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "Makefile",
    "README.md",
    "benches",
    "build.rs",
    "clippy.toml",
    "codegen",
    "deploy",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "spec",
    "src",
    "tests",
];

pub const LONGEST_FILE: usize = 500;
