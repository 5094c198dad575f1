//! A provider of a few lines of YAML is a provider of the gateway: with settings, documents and every route.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use codegen::compile::{self, Model};
use codegen::docs;

const ACME: &str = "\
id: acme
url: https://api.acme.example/{REGION}
auth_type: query
auth_name: api_key
extra_headers: {x-acme-version: '3'}
endpoints:
  list: {method: GET, endpoint: /v1/models, schema: {$ref: '../dialects/openai-chat.yaml#/paths/~1v1~1models/get'}}
  generate: {method: POST, endpoint: '/v1/{model}/chat', schema: {$ref: '../dialects/openai-chat.yaml#/paths/~1v1~1chat~1completions/post'}}
";

/// The spec in a folder of its own, with a provider more.
fn with_provider(name: &str, text: &str) -> PathBuf {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    copy(&project.join("spec"), &folder);
    fs::write(folder.join("providers/acme.yaml"), text).unwrap();
    let entry = folder.join("openapi.yaml");
    let spec = fs::read_to_string(&entry).unwrap();
    let spec = spec.replacen("llamacpp, lmstudio]", "llamacpp, lmstudio, acme]", 1);
    let last = "        lmstudio: {$ref: providers/lmstudio.yaml}\n";
    let spec = spec.replacen(
        last,
        &format!("{last}        acme: {{$ref: providers/acme.yaml}}\n"),
        1,
    );
    fs::write(&entry, spec).unwrap();
    entry
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry
            .map(|entry| (entry.path(), entry.file_name()))
            .unwrap();
        match path.is_dir() {
            true => copy(&path, &to.join(name)),
            false => fs::copy(&path, to.join(name)).map(|_| ()).unwrap(),
        }
    }
}

fn compiled(entry: &Path) -> Model {
    compile::model(entry).unwrap_or_else(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        panic!("{}", faults.join("\n"))
    })
}

#[test]
fn a_provider_is_a_few_lines() {
    assert!(ACME.lines().count() < 10);
    let model = compiled(&with_provider("acme", ACME));
    let ids: Vec<&str> = model
        .providers
        .iter()
        .map(|provider| &*provider.id)
        .collect();
    assert_eq!(ids.last(), Some(&"acme"));

    let modules = compile::modules(&model);
    let text = |name: &str| {
        let module = modules.iter().find(|module| module.name == name);
        module.unwrap().text.split_whitespace().collect::<String>()
    };
    let providers = text("providers");
    let (_, row) = providers.split_once(r#"id:"acme""#).unwrap();
    for said in [
        r#"url:"https://api.acme.example/{REGION}""#,
        r#"key:"ACME""#,
        r#"Scheme::Query("api_key")"#,
        r#"extra_headers:&[("x-acme-version","3")]"#,
        r#"method:"GET",path:"/v1/models""#,
        r#"method:"POST",path:"/v1/{model}/chat""#,
        "openai_chat::DIALECT",
    ] {
        assert!(row.contains(said), "{said} isn't in {row}");
    }
    let settings = text("settings");
    for name in ["ACME_API_URL", "ACME_API_KEY", "ACME_REGION"] {
        assert!(settings.contains(name), "{name}");
        for (path, document) in docs::FILES {
            assert!(
                document(&model.settings).contains(name),
                "{name} isn't in {path}"
            );
        }
    }
}

/// A dialect that no provider of the spec has to speak is one that any may.
#[test]
fn a_provider_may_speak_any_dialect() {
    let other = "openai-responses.yaml#/paths/~1v1~1responses/post";
    let text = ACME
        .replace(
            "openai-chat.yaml#/paths/~1v1~1chat~1completions/post",
            other,
        )
        .replace("/v1/{model}/chat", "/v1/responses");
    assert_ne!(text, ACME);
    let model = compiled(&with_provider("speaks", &text));
    let modules = compile::modules(&model);
    let providers = modules.iter().find(|module| module.name == "providers");
    let text: String = providers.unwrap().text.split_whitespace().collect();
    let (_, row) = text.split_once(r#"id:"acme""#).unwrap();
    for said in [
        r#"method:"POST",path:"/v1/responses""#,
        "openai_responses::DIALECT",
    ] {
        assert!(row.contains(said), "{said} isn't in {row}");
    }
}

#[test]
fn its_mistakes_are_told_with_their_places() {
    for (from, to, said) in [
        ("auth_type: query", "auth_type: basic", "auth_type"),
        ("auth_name: api_key\n", "", "auth_name"),
        ("url: https://api.acme.example/{REGION}\n", "", "url"),
        ("id: acme", "id: other", "other"),
        ("method: POST", "method: SEND", "SEND"),
        ("chat~1completions", "chat~1nothing", "nothing"),
    ] {
        let wrong = ACME.replacen(from, to, 1);
        assert_ne!(wrong, ACME, "{from}");
        let entry = with_provider("wrong", &wrong);
        let faults = compile::model(&entry).err();
        let Some(faults) = faults else {
            panic!("{from:?} as {to:?} is taken");
        };
        let told: Vec<String> = faults.iter().map(ToString::to_string).collect();
        let found = told
            .iter()
            .any(|fault| fault.contains("acme.yaml") && fault.contains(said));
        assert!(found, "{to:?}: {told:#?}");
    }
}
