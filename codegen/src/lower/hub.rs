//! What a schema of the hub says, before it is a type.

use crate::source::Node;

/// The last word of a reference: the name of the schema it leads to.
pub fn reference(node: &Node<'_>) -> Option<String> {
    node.text("$ref")
        .and_then(|r| r.rsplit('/').next())
        .map(str::to_owned)
}

/// The discriminating field of a union or of a struct with kinds, and the kinds.
pub fn kinds(node: &Node<'_>) -> Option<(String, Vec<String>)> {
    let field = node.get("discriminator")?.text("propertyName")?.to_owned();
    let members = mapping(node);
    if !members.is_empty() {
        return Some((field, members.into_iter().map(|(kind, _)| kind).collect()));
    }
    let values = node
        .get("properties")?
        .get(&field)?
        .get("enum")
        .map(|values| texts(&values))?;
    Some((field, values))
}

pub fn mapping(node: &Node<'_>) -> Vec<(String, String)> {
    let mapping = node.get("discriminator").and_then(|d| d.get("mapping"));
    let entries = mapping.map(|m| m.entries()).unwrap_or_default();
    let member = |target: Node<'_>| {
        target
            .str()
            .and_then(|r| r.rsplit('/').next())
            .map(str::to_owned)
    };
    entries
        .into_iter()
        .filter_map(|(kind, target)| Some((kind.to_owned(), member(target)?)))
        .collect()
}

pub fn texts(node: &Node<'_>) -> Vec<String> {
    node.items()
        .iter()
        .filter_map(|item| item.str().map(str::to_owned))
        .collect()
}

pub fn doc(node: &Node<'_>) -> String {
    node.text("description").unwrap_or_default().to_owned()
}
