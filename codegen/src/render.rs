//! Tokens to text: formatted, with a line between items and a head that says where it came from.

use proc_macro2::TokenStream;

/// One generated module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// File name without `.rs`.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Formats a module. Panics if the tokens aren't Rust: that is a bug of this crate, not of the YAML.
pub fn module(name: &str, entry: &str, tokens: TokenStream) -> Module {
    let file = match syn::parse2::<syn::File>(tokens.clone()) {
        Ok(file) => file,
        Err(error) => {
            panic!("the compiler made a module '{name}' that isn't Rust: {error}\n{tokens}")
        }
    };
    let mut text = format!("// Made from {entry} by codegen. Do not edit: edit the spec.\n\n");
    for item in file.items {
        let one = syn::File {
            shebang: None,
            attrs: Vec::new(),
            items: vec![item],
        };
        for line in prettyplease::unparse(&one).lines() {
            text.push_str(&spaced(line));
            text.push('\n');
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    Module {
        name: name.to_owned(),
        text,
    }
}

/// Documentation as people write it: with a space before the text.
fn spaced(line: &str) -> String {
    let start = line.len() - line.trim_start().len();
    match line[start..].strip_prefix("///") {
        Some(text) if !text.starts_with([' ', '/']) && !text.is_empty() => {
            format!("{}/// {text}", &line[..start])
        }
        _ => line.to_owned(),
    }
}
