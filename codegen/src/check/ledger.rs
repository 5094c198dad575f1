//! The loss ledger as a gate: every canonical field is bound or has a verdict, and no verdict is idle.

use std::collections::BTreeSet;

use crate::fault::Faults;
use crate::model::canonical::{Canonical, Ty};
use crate::model::dialect::Dialect;
use crate::model::ledger::{Names, What, leads_on};
use crate::model::schema::{Edge, SchemaId, Spot};

/// Finds what a dialect binds, and reports what is neither bound nor in its ledger.
pub fn check(dialect: &mut Dialect, canonical: &Canonical, names: &Names, faults: &Faults) {
    let mut walk = Walk {
        dialect,
        canonical,
        names,
        bound: BTreeSet::new(),
        seen: BTreeSet::new(),
        faults,
    };
    let chat = !walk.dialect.chat.is_empty();
    if walk
        .dialect
        .chat
        .iter()
        .any(|operation| operation.stream.is_some())
    {
        walk.bound.extend(names.number("ChatRequest.stream"));
    }
    let roots = roots(walk.dialect);
    for edge in &roots {
        walk.edge(edge, None);
    }
    let bound = walk.bound;
    dialect.bound = bound;
    let reached = reached(dialect, canonical, names);
    for (number, entry) in names.entries().iter().enumerate() {
        let What::Field(owner, field) = &entry.what else {
            if let What::Kind(union, _) = &entry.what
                && chat
                && reached.contains(union.as_str())
                && !is_said(dialect, names, number, &entry.name)
            {
                missing(dialect, &entry.name, faults);
            }
            continue;
        };
        let structure = owner_of(canonical, owner);
        let covered = canonical
            .members
            .get(owner)
            .and_then(|_| names.number(owner))
            .is_some_and(|kind| {
                dialect.ledger.contains_key(&kind) || !dialect.bound.contains(&kind)
            });
        let reached = owner == "Delta" || reached.contains(structure.as_str());
        let covered = covered
            || crate::model::ledger::PLACE_FIELDS.contains(&(owner.as_str(), field.as_str()));
        let covered = covered || by_fields(dialect, canonical, names, &structure, field);
        if reached
            && !covered
            && !is_said(dialect, names, number, &entry.name)
            && needs(dialect, chat, owner)
        {
            missing(dialect, &entry.name, faults);
        }
    }
}

fn missing(dialect: &Dialect, name: &str, faults: &Faults) {
    faults.add(&dialect.place, format!("{name} is neither bound nor in x-lost; bind it, or say under drop, nearest, refuse or implied what happens to it, and why"));
}

/// A value that is bound, or for which the ledger has a verdict.
fn is_said(dialect: &Dialect, names: &Names, number: usize, name: &str) -> bool {
    let field = names.number(name).unwrap_or(number);
    dialect.bound.contains(&number) || dialect.ledger.contains_key(&field)
}

/// Fields that a dialect without the operation that they are of needn't speak of.
fn needs(dialect: &Dialect, chat: bool, owner: &str) -> bool {
    match owner {
        "ModelsRequest" | "ModelsResponse" | "Model" => dialect.models.is_some(),
        "Error" => dialect.error.as_ref().is_some_and(|e| e.body.is_some()),
        "Delta" => {
            let frames = dialect
                .chat
                .iter()
                .flat_map(|o| o.streams.iter().flat_map(|s| &s.frames));
            frames.into_iter().any(|f| {
                f.holds.iter().any(|h| h == "delta")
                    && f.edge.outer == Spot::Struct("Event".to_owned())
            })
        }
        _ => chat,
    }
}

fn owner_of(canonical: &Canonical, owner: &str) -> String {
    match canonical.members.get(owner) {
        Some((union, _)) => union.clone(),
        None if owner == "PartCommon" => "Part".to_owned(),
        None if owner == "Delta" => "Event".to_owned(),
        None => owner.to_owned(),
    }
}

/// A field that leads to a struct is said if every field of that struct is.
fn by_fields(
    dialect: &Dialect,
    canonical: &Canonical,
    names: &Names,
    owner: &str,
    field: &str,
) -> bool {
    let found = canonical.get(owner).and_then(|s| s.field(field));
    let Some(target) = found
        .and_then(|f| leads_on(&f.ty))
        .and_then(|name| canonical.get(name))
    else {
        return false;
    };
    let mut numbers = target
        .fields
        .iter()
        .filter_map(|f| names.number(&format!("{}.{}", target.name, f.name)))
        .peekable();
    numbers.peek().is_some()
        && numbers.all(|n| dialect.bound.contains(&n) || dialect.ledger.contains_key(&n))
}

/// Structs that some bound field leads to; what hangs on an unbound one needs no verdicts.
fn reached(dialect: &Dialect, canonical: &Canonical, names: &Names) -> BTreeSet<String> {
    let mut reached: BTreeSet<String> = [
        "ChatRequest",
        "ChatResponse",
        "Error",
        "ModelsRequest",
        "ModelsResponse",
        "Item",
        "Turn",
        "Part",
    ]
    .map(str::to_owned)
    .into();
    loop {
        let mut next = Vec::new();
        for s in canonical
            .structs
            .iter()
            .filter(|s| reached.contains(&s.name))
        {
            for field in &s.fields {
                let Some(target) = leads_on(&field.ty) else {
                    continue;
                };
                let numbers = field
                    .owners
                    .iter()
                    .filter_map(|owner| names.number(&format!("{owner}.{}", field.name)));
                let open = numbers.clone().count() == 0
                    || numbers.into_iter().any(|n| {
                        dialect.bound.contains(&n)
                            && !matches!(
                                dialect.ledger.get(&n),
                                Some(
                                    crate::model::dialect::Loss::Drop(_)
                                        | crate::model::dialect::Loss::Refuse(_)
                                )
                            )
                    });
                if open && !reached.contains(target) {
                    next.push(target.to_owned());
                }
            }
        }
        if next.is_empty() {
            return reached;
        }
        reached.extend(next);
    }
}

fn roots(dialect: &Dialect) -> Vec<Edge> {
    let mut roots = Vec::new();
    for operation in dialect.chat.iter().chain(&dialect.models) {
        roots.extend(operation.request.clone());
        roots.extend(operation.response.clone());
        roots.extend(operation.parameters.iter().map(|p| p.edge.clone()));
        roots.extend(
            operation
                .streams
                .iter()
                .flat_map(|s| s.frames.iter().map(|f| f.edge.clone())),
        );
    }
    if let Some(error) = &dialect.error {
        roots.extend(error.body.clone());
        roots.extend(error.headers.iter().map(|h| h.edge.clone()));
    }
    roots
}

struct Walk<'w> {
    dialect: &'w Dialect,
    canonical: &'w Canonical,
    names: &'w Names,
    bound: BTreeSet<usize>,
    seen: BTreeSet<(SchemaId, Option<String>)>,
    faults: &'w Faults,
}

impl Walk<'_> {
    /// `kind`: what a case on the way said of the struct around.
    fn edge(&mut self, edge: &Edge, kind: Option<&str>) {
        if edge.deprecated {
            return;
        }
        let mut kind = kind.map(str::to_owned);
        for case in &edge.cases {
            let Some(last) = case.path.steps.last() else {
                continue;
            };
            let union = self
                .canonical
                .get(&last.owner)
                .and_then(|s| s.kind.as_ref())
                .filter(|k| k.field == last.field);
            let value = case.texts().next().unwrap_or_default();
            match union {
                Some(union) => {
                    let member = union
                        .members
                        .iter()
                        .find(|(k, _)| k == value)
                        .map(|(_, member)| member.clone());
                    let name = member.unwrap_or_else(|| format!("{}.{value}", last.owner));
                    self.bound.extend(self.names.number(&name));
                    if case.path.steps.len() == 1 {
                        kind = Some(value.to_owned());
                    }
                }
                None => self.field(&last.owner, &last.field, kind.as_deref(), edge),
            }
            for step in &case.path.steps[..case.path.steps.len() - 1] {
                self.field(&step.owner, &step.field, None, edge);
            }
        }
        if let Some(path) = &edge.bind {
            for (i, step) in path.steps.iter().enumerate() {
                let kind = kind.as_deref().filter(|_| i == 0);
                self.field(&step.owner, &step.field, kind, edge);
                // The field that only one kind has says the kind.
                let single = self.names.number(&format!("{}.{}", step.owner, step.field));
                self.bound.extend(single);
            }
            kind = None;
        }
        self.content(edge.content, kind.as_deref());
    }

    fn content(&mut self, id: SchemaId, kind: Option<&str>) {
        if !self.seen.insert((id, kind.map(str::to_owned))) {
            return;
        }
        let dialect = self.dialect;
        let schema = &dialect.schemas[id];
        if schema.codec == Some(crate::model::schema::Codec::DataUrl) {
            for name in ["Source.data", "Source.url", "Source.media_type"] {
                self.bound.extend(self.names.number(name));
            }
        }
        if let Some(part) = &schema.part {
            self.field("Part", "text", Some(&part.kind), &stand_in(schema));
            let members = self
                .canonical
                .get("Part")
                .and_then(|s| s.kind.as_ref())
                .map(|k| k.members.clone())
                .unwrap_or_default();
            let member = members
                .iter()
                .find(|(k, _)| *k == part.kind)
                .and_then(|(_, m)| self.names.number(m));
            self.bound.extend(member);
        }
        for property in &schema.properties {
            self.edge(&property.edge, kind);
        }
        for variant in &schema.variants {
            self.edge(variant, kind);
        }
        if let Some(items) = &schema.items {
            let kept = kind.filter(|_| schema.spot == items.outer);
            self.edge(items, kept);
        }
    }

    /// Notes that a field has a place; a field that the kind around doesn't have is a fault.
    fn field(&mut self, owner: &str, field: &str, kind: Option<&str>, edge: &Edge) {
        let Some(structure) = self.canonical.get(owner) else {
            return;
        };
        let Some(found) = structure.field(field) else {
            return;
        };
        let member = kind.and_then(|kind| {
            structure
                .kind
                .as_ref()?
                .members
                .iter()
                .find(|(k, _)| k == kind)
                .map(|(_, m)| m.clone())
        });
        let Some(member) = member else {
            for declarer in &found.owners {
                self.bound
                    .extend(self.names.number(&format!("{declarer}.{field}")));
            }
            return;
        };
        let own = self.names.number(&format!("{member}.{field}"));
        let shared = found
            .owners
            .iter()
            .find(|o| !self.canonical.members.contains_key(*o));
        match (own, shared) {
            (Some(number), _) if found.owners.contains(&member) => drop(self.bound.insert(number)),
            (_, Some(shared)) => self
                .bound
                .extend(self.names.number(&format!("{shared}.{field}"))),
            _ => {
                let has: Vec<&str> = structure
                    .fields
                    .iter()
                    .filter(|f| f.owners.contains(&member))
                    .map(|f| f.name.as_str())
                    .collect();
                self.faults.add(
                    &edge.place,
                    format!(
                        "x-bind: a {} has no '{field}'; it has: {}",
                        kind.unwrap_or_default(),
                        has.join(", ")
                    ),
                );
            }
        }
        let _ = Ty::Raw;
    }
}

fn stand_in(schema: &crate::model::schema::Schema) -> Edge {
    Edge {
        place: schema.place.clone(),
        outer: Spot::Nothing,
        cases: Vec::new(),
        bind: None,
        only: None,
        deprecated: false,
        read_only: false,
        expr: None,
        content: 0,
    }
}
