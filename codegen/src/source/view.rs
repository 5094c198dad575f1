//! A schema as its reader sees it: what stands beside a `$ref` lies over what the reference leads to.

use super::{Node, Place};

/// A schema in layers, the nearest first.
#[derive(Debug, Clone)]
pub struct View<'s> {
    layers: Vec<Node<'s>>,
}

impl<'s> View<'s> {
    /// The schema at this node, with what it refers to beneath.
    pub fn new(node: Node<'s>) -> Self {
        let mut layers = vec![node];
        for _ in 0..32 {
            let last = &layers[layers.len() - 1];
            if last.text("$ref").is_none() {
                break;
            }
            // What `follow` skips on the way is a plain reference without siblings of its own.
            let next = last.follow_once();
            match next {
                Some(next) => layers.push(next),
                None => break,
            }
        }
        Self { layers }
    }

    /// What the reference leads to, if this layer only points there and says this key, and what it leads to says that.
    pub fn beneath(&self, own: &str, theirs: &str) -> Option<View<'s>> {
        let (first, rest) = self.layers.split_first()?;
        let says = first.get(own).is_some()
            && first.get(theirs).is_none()
            && rest.iter().any(|node| node.get(theirs).is_some());
        says.then(|| View {
            layers: rest.to_vec(),
        })
    }

    /// Where it stands: the nearest layer's place.
    pub fn place(&self) -> &Place {
        &self.layers[0].place
    }

    /// Places of the layers that say something besides these keys: what tells this content from another.
    pub fn identity(&self, besides: &[&str]) -> Vec<Place> {
        let speaks =
            |node: &&Node<'s>| node.entries().iter().any(|(key, _)| !besides.contains(key));
        self.layers
            .iter()
            .filter(speaks)
            .map(|node| node.place.clone())
            .collect()
    }

    /// The nearest value of this key.
    pub fn get(&self, key: &str) -> Option<Node<'s>> {
        self.layers.iter().find_map(|node| node.get(key))
    }

    /// What the nearest layer itself says.
    pub fn own_entries(&self) -> Vec<(&'s str, Node<'s>)> {
        self.layers[0].entries()
    }

    /// The nearest text of this key.
    pub fn text(&self, key: &str) -> Option<&'s str> {
        self.get(key).and_then(|node| node.str())
    }

    /// Whether the nearest value of this key is `true`.
    pub fn flag(&self, key: &str) -> bool {
        self.get(key)
            .is_some_and(|node| node.value == &serde_json::Value::Bool(true))
    }

    /// Texts of this list in all layers.
    pub fn all_texts(&self, key: &str) -> Vec<String> {
        let lists = self.layers.iter().filter_map(|node| node.get(key));
        lists
            .flat_map(|list| {
                list.items()
                    .into_iter()
                    .filter_map(|item| item.str().map(str::to_owned))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    /// Properties of all layers: a property that several layers name is a schema in layers too.
    pub fn properties(&self) -> Vec<(String, View<'s>)> {
        let mut found: Vec<(String, View<'s>)> = Vec::new();
        for layer in self.layers.iter().rev() {
            for (name, node) in layer
                .get("properties")
                .map(|p| p.entries())
                .unwrap_or_default()
            {
                let view = View::new(node);
                match found.iter_mut().find(|(known, _)| known == name) {
                    Some((_, below)) => {
                        let mut layers = view.layers;
                        layers.append(&mut below.layers);
                        below.layers = layers;
                    }
                    None => found.push((name.to_owned(), view)),
                }
            }
        }
        found
    }

    /// The nearest list under one of these keys, each element with its references followed.
    pub fn list(&self, keys: &[&str]) -> Vec<View<'s>> {
        let list = self
            .layers
            .iter()
            .find_map(|node| keys.iter().find_map(|key| node.get(key)));
        list.map(|list| list.items())
            .unwrap_or_default()
            .into_iter()
            .map(View::new)
            .collect()
    }
}
