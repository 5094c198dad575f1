//! A method and a path to a row of the route table.
//!
//! A handful of templates, tried from the most literal to the least; a trie would be more code than it saves.

use std::cmp::Reverse;

use hyper::{HeaderMap, Method};

use crate::provider::escape;
use crate::table::Route;

/// The route table, ready to be asked.
#[derive(Debug)]
pub struct Router {
    templates: Vec<Template>,
    /// Those without parameters, by the lengths of their paths: no template is more literal for a path that is one.
    fixed: Vec<Vec<&'static Route>>,
}

/// A route and the values of its path's parameters: percent-decoded, but for a last `{path}`.
#[derive(Debug)]
pub struct Found {
    /// The row of the table.
    pub route: &'static Route,
    /// Values by the parameters' names.
    pub values: Vec<(&'static str, String)>,
}

/// Why there is no route.
#[derive(Debug, PartialEq, Eq)]
pub enum Unmatched {
    /// No template fits.
    Path,
    /// Templates fit, but only for these methods.
    Method(Vec<&'static str>),
}

#[derive(Debug)]
struct Template {
    route: &'static Route,
    /// What every path that fits begins with, after its slash.
    prefix: &'static str,
    segments: Vec<Segment>,
}

#[derive(Debug)]
enum Segment {
    Literal(&'static str),
    Value {
        before: &'static str,
        name: &'static str,
        after: &'static str,
    },
    /// The same of all that is left of the path.
    Span {
        before: &'static str,
        name: &'static str,
        after: &'static str,
    },
    /// All that is left of the path, as it came.
    Rest(&'static str),
}

const ANY: &str = "*";
const REST: &str = "{path}";

impl Router {
    /// Reads the templates once.
    pub fn new(routes: &'static [Route]) -> Self {
        let mut templates: Vec<_> = routes.iter().map(Template::new).collect();
        templates.sort_by_key(|template| Reverse(template.literals()));
        let mut fixed = Vec::new();
        for template in templates.iter().filter(|template| template.is_fixed()) {
            let path = template.route.path;
            if fixed.len() <= path.len() {
                fixed.resize_with(path.len() + 1, Vec::new);
            }
            fixed[path.len()].push(template.route);
        }
        Self { templates, fixed }
    }

    /// The route of a request.
    pub fn find(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
    ) -> Result<Found, Unmatched> {
        let mut fixed = self.fixed.get(path.len()).into_iter().flatten().copied();
        let meant = |route: &&'static Route| {
            route.path == path && admits(route, method) && is_meant(route, headers)
        };
        if let Some(route) = fixed.find(meant) {
            return Ok(Found {
                route,
                values: Vec::new(),
            });
        }
        let mut allowed = Vec::new();
        for template in self.templates.iter().filter(|template| template.fits(path)) {
            if admits(template.route, method) && is_meant(template.route, headers) {
                return Ok(Found {
                    route: template.route,
                    values: template.values(path),
                });
            }
            allowed.extend(template.methods());
        }
        match allowed.is_empty() {
            true => Err(Unmatched::Path),
            false => Err(Unmatched::Method(allowed)),
        }
    }
}

impl Template {
    fn new(route: &'static Route) -> Self {
        let path = route.path.strip_prefix('/').unwrap_or(route.path);
        let count = path.split('/').count();
        let segments = path.split('/').enumerate();
        Self {
            route,
            prefix: path.split('{').next().unwrap_or_default(),
            segments: segments
                .map(|(at, text)| Segment::new(text, at + 1 == count, route.spans))
                .collect(),
        }
    }

    fn literals(&self) -> usize {
        let literal = |segment: &&Segment| matches!(segment, Segment::Literal(_));
        self.segments.iter().filter(literal).count()
    }

    fn is_fixed(&self) -> bool {
        self.route.path.starts_with('/') && self.literals() == self.segments.len()
    }

    fn fits(&self, path: &str) -> bool {
        let Some(mut rest) = path.strip_prefix('/') else {
            return false;
        };
        if !rest.starts_with(self.prefix) {
            return false;
        }
        let last = self.segments.len() - 1;
        for (at, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Rest(_) => return true,
                Segment::Span { .. } => return segment.fits(rest),
                _ => {}
            }
            let (head, tail) = match rest.split_once('/') {
                Some((head, tail)) if at < last => (head, tail),
                None if at == last => (rest, ""),
                _ => return false,
            };
            if !segment.fits(head) {
                return false;
            }
            rest = tail;
        }
        true
    }

    /// Only asked of a path that fits.
    fn values(&self, path: &str) -> Vec<(&'static str, String)> {
        let mut values = Vec::new();
        let mut rest = path.strip_prefix('/').unwrap_or(path);
        for segment in &self.segments {
            if let Segment::Rest(name) = segment {
                values.push((*name, rest.to_owned()));
                break;
            }
            let (head, tail) = match segment {
                Segment::Span { .. } => (rest, ""),
                _ => rest.split_once('/').unwrap_or((rest, "")),
            };
            if let Some((name, value)) = segment.value(head) {
                // What isn't UTF-8 is the name of nothing; as it came it is at least an honest one.
                let value = escape::decode(value).unwrap_or_else(|| value.to_owned());
                values.push((name, value));
            }
            rest = tail;
        }
        values
    }

    fn methods(&self) -> impl Iterator<Item = &'static str> {
        let methods: &[_] = match self.route.method {
            ANY => &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
            "GET" => &["GET", "HEAD"],
            _ => std::slice::from_ref(&self.route.method),
        };
        methods.iter().copied()
    }
}

/// A caller may ask for the head of whatever it may get. `*` is without the two methods that would show a provider's
/// credential or make the gateway a tunnel.
fn admits(route: &Route, method: &Method) -> bool {
    match route.method {
        ANY => !matches!(*method, Method::TRACE | Method::CONNECT),
        "GET" => matches!(*method, Method::GET | Method::HEAD),
        other => method == other,
    }
}

fn is_meant(route: &Route, headers: &HeaderMap) -> bool {
    let header = route.header;
    header.is_none_or(|header| headers.contains_key(header))
}

impl Segment {
    fn new(text: &'static str, last: bool, spans: Option<&'static str>) -> Self {
        if last && text == REST {
            return Self::Rest("path");
        }
        let value = text.split_once('{').and_then(|(before, text)| {
            let (name, after) = text.split_once('}')?;
            Some(match last && spans == Some(name) {
                true => Self::Span {
                    before,
                    name,
                    after,
                },
                false => Self::Value {
                    before,
                    name,
                    after,
                },
            })
        });
        value.unwrap_or(Self::Literal(text))
    }

    fn fits(&self, segment: &str) -> bool {
        match self {
            Self::Literal(text) => segment == *text,
            _ => self
                .value(segment)
                .is_some_and(|(_, value)| !value.is_empty()),
        }
    }

    fn value<'s>(&self, segment: &'s str) -> Option<(&'static str, &'s str)> {
        match self {
            Self::Value {
                before,
                name,
                after,
            }
            | Self::Span {
                before,
                name,
                after,
            } => {
                let value = segment.strip_prefix(before)?.strip_suffix(after)?;
                Some((*name, value))
            }
            _ => None,
        }
    }
}
